/* SPDX-License-Identifier: Apache-2.0 */
/* Asks sekisho-hooks to do something, and waits until it has. */
#pragma once

#include "reports/cli/cli.h"
#include "store/rows.h"

/* Fills actor and time, writes the row of r->verb, waits; r has the result.
 * 0, or the exit code: CLI_UNREACHABLE when nobody has taken it. c->db is open
 * for writing. */
int ask_hooks(struct cli *c, struct hook_request *r);
/* The same for who cannot wait that long: r->done_us stays 0 where nobody
 * has taken it yet. */
int ask_hooks_briefly(struct cli *c, struct hook_request *r, int64_t wait_us);
