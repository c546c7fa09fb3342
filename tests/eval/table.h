/* SPDX-License-Identifier: Apache-2.0 */
/* One table, as aligned text or as markdown. */
#pragma once

#include <stdint.h>
#include <stdio.h>

#define TABLE_COLUMNS 16
#define TABLE_CELL    100

enum table_style { TABLE_TEXT, TABLE_MARKDOWN };

struct table {
	FILE *out;
	enum table_style style;
	int n, width[TABLE_COLUMNS];
	char cell[TABLE_COLUMNS][TABLE_CELL];
	int filled;
};

/* Titles by '|'; the first column is aligned to the left. */
void table_begin(
    struct table *t, FILE *out, enum table_style style, const char *titles);
/* The next cell of the row; the last one prints it. */
void table_text(struct table *t, const char *text);
void table_count(struct table *t, uint64_t n);
void table_number(struct table *t, double v, int decimals);
void table_seconds(struct table *t, double s);
