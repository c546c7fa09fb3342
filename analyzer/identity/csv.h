/* SPDX-License-Identifier: Apache-2.0 */
/* One line of CSV (RFC 4180). */
#pragma once

#define CSV_FIELDS_MAX 32

/* Splits the line in place; "" inside quotes is one quote. The number of
 * fields, of which the first CSV_FIELDS_MAX are given; -1: a quote is not
 * closed, or something stands behind one. */
int csv_split(char *line, char *fields[CSV_FIELDS_MAX]);
