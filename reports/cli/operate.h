/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of block, allow, release and the allow list. */
#pragma once

#include "reports/cli/cli.h"
#include "store/rows.h"

/* More customers than this in one command need --yes. */
#define OPERATE_CAP 25

/* What is said of one target; NULL: what the options say. */
struct operate_line {
	const char *target, *ttl, *reason;
};

/* "24h", "2026-12-31" or "permanent" (0). 0, or -1: it is none of them. */
int operate_until(const char *ttl, int64_t now_us, int64_t *until_us);
/* The action that is asked for one target; opens the store when it is not.
 * The exit code; what is wrong has been said. */
int operate_fill(
    struct cli *c, enum op_verb verb, const char *target, struct op_action *a);
/* Several targets, those of standard input ("-"), or --dry-run: a row and an
 * outcome for each. */
int operate_many(struct cli *c, enum op_verb verb);
int operate_lines(struct cli *c, enum op_verb verb,
    const struct operate_line *lines, size_t n);
