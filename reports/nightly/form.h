/* SPDX-License-Identifier: Apache-2.0 */
/* A night as text of 72 columns and as JSON; each number has the command
 * that reproduces it. */
#pragma once

#include <stdio.h>

#include "reports/nightly/night.h"

#define NIGHT_COMMAND_BYTES 512

void night_print_text(const struct night *n, FILE *f);
void night_print_json(const struct night *n, FILE *f);
/* The command line behind a number. Returns buf. */
const char *night_command(const struct night *n, enum night_number number,
    char buf[static NIGHT_COMMAND_BYTES]);
