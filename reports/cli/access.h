/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of the verbs that say who may use the HTTP server. */
#pragma once

#include "reports/cli/cli.h"
#include "store/rows.h"

/* A name of a token or an operator: one word. The exit code; said what is
 * wrong. */
int access_name(struct cli *c, const char *text, char name[static ROW_ID_LEN]);
/* --scope, which must be there. The exit code. */
int access_scopes(struct cli *c, int64_t *scopes);
/* A row of the audit log, in the transaction of the change. 0, or -1. */
int access_audit(
    struct cli *c, const char *verb, const char *object, const char *detail);
/* Who made, changed or ended it, when and why, out of the audit log, the
 * oldest first: "TIME NAME VERB: REASON; ..." The verbs are those of the noun.
 * What does not fit is left out, the newest first. 0, or -1. */
#define ACCESS_ACTIONS_BYTES 8192
int access_actions(struct db *db, const char *noun, const char *object,
    char buf[static ACCESS_ACTIONS_BYTES]);
