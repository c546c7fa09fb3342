/* SPDX-License-Identifier: Apache-2.0 */
/* The row of the audit log that a verb which changes something writes. */
#pragma once

#include "reports/cli/cli.h"
#include "store/rows.h"

/* --operator; else who called sudo, where we are root; else the login. */
void audit_operator(const struct cli *c, char name[static ROW_ID_LEN]);
/* Whether --reason, --ticket and --operator fit where they are kept, for
 * verbs to which a reason may be given. CLI_OK, or CLI_USAGE: said. */
int audit_check(struct cli *c);
/* --reason and --ticket in one text. CLI_OK, or CLI_USAGE: said what is
 * wrong. */
int audit_reason(struct cli *c, char buf[static ROW_TEXT_LEN]);
/* A row of now, by this operator, with --reason; the caller adds detail and
 * outcome, and calls write_audit() in the transaction of the change. */
void audit_fill(
    const struct cli *c, struct audit *a, const char *verb, const char *object);
/* What was asked for was refused (CLI_REFUSED): a row of its own. Returns
 * code, also when the row could not be written, which is said. */
int audit_refused(struct cli *c, const char *verb, const char *object,
    const char *why, int code);
