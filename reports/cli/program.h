/* SPDX-License-Identifier: Apache-2.0 */
/* Where the other programs are: beside this one, else on PATH. */
#pragma once

#include <limits.h>

#include "reports/cli/cli.h"

/* The path, or the bare name for a search on PATH. Returns buf. */
const char *program_find(const char *name, char buf[static PATH_MAX]);
/* That program goes on in our place, with our words; returns, with the exit
 * code, when it cannot be started. */
int program_hand_on(struct cli *c, const char *name, char **argv);
/* It is we who carry it out; what we start may hand on again. */
void program_is_last(void);
