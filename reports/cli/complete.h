/* SPDX-License-Identifier: Apache-2.0 */
/* Completion of a line that is being typed, and the shells' scripts for it. */
#pragma once

#include "reports/cli/cli.h"

/* The hidden verb __complete. Never fails: an empty offer will do. */
int complete_words(struct cli *c, int n, char **words);
