/* SPDX-License-Identifier: Apache-2.0 */
/* What two policies cost in wrong blocks, by the run length of the score. */
#pragma once

#include "reports/cli/cli.h"

/* A line on the error stream for each class: expected wrong blocks a day under
 * the policy of the log and under this one, for the customers of the budget.
 * The labels are those of the log's honest customers, or assumed where there
 * are too few (docs/DETECTION.md). The exit code. */
int policy_wrong_say(struct cli *c, const struct conf *other);
