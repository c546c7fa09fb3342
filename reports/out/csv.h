/* SPDX-License-Identifier: Apache-2.0 */
/* Cells of RFC 4180. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

/* foreign: control characters become \xNN as in a table, and what a
 * spreadsheet would take for a formula gets a ' in front. */
void csv_cell(FILE *f, const char *s, bool foreign);
