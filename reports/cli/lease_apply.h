/* SPDX-License-Identifier: Apache-2.0 */
/* Hands lines about leases in and has them taken: by the analyzer, or here
 * when no other process applies the log. */
#pragma once

#include "analyzer/identity/lease_event.h"
#include "reports/cli/cli.h"

struct lease_batch {
	int64_t first, last; /* ids of what was handed in; 0: nothing was */
	int64_t n, refused;
};

/* One more line of the batch, in c's open transaction. The exit code. */
int lease_batch_add(
    struct cli *c, struct lease_batch *b, const struct lease_event *e);
/* The row of the audit log, in c's open transaction: so many lines of the
 * batch were handed in. The exit code. */
int lease_batch_audit(struct cli *c, const struct lease_batch *b,
    const char *verb, const char *object);
/* Waits until all are answered, and counts b->refused. The exit code;
 * CLI_UNREACHABLE: some still wait. */
int lease_batch_apply(struct cli *c, struct lease_batch *b);
