/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of block, allow and release. */
#pragma once

#include "reports/cli/cli.h"
#include "store/rows.h"

/* More customers than this in one command need --yes. */
#define OPERATE_CAP 25

/* The action that is asked for one target; opens the store when it is not.
 * The exit code; what is wrong has been said. */
int operate_fill(
    struct cli *c, enum op_verb verb, const char *target, struct op_action *a);
/* Several targets, those of standard input ("-"), or --dry-run: a row and an
 * outcome for each. */
int operate_many(struct cli *c, enum op_verb verb);
