/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define LEAST_WIDTH 7
#define FIRST_WIDTH 14

static void print_row(const struct table *t)
{
	for (int i = 0; i < t->n; i++) {
		if (t->style == TABLE_MARKDOWN)
			fprintf(t->out, "| %s ", t->cell[i]);
		else if (i == 0)
			fprintf(t->out, "%-*s", t->width[i], t->cell[i]);
		else
			fprintf(t->out, "  %*s", t->width[i], t->cell[i]);
	}
	fputs(t->style == TABLE_MARKDOWN ? "|\n" : "\n", t->out);
}

void table_text(struct table *t, const char *text)
{
	snprintf(t->cell[t->filled], TABLE_CELL, "%s", text);
	if (++t->filled < t->n)
		return;
	print_row(t);
	t->filled = 0;
}

void table_begin(
    struct table *t, FILE *out, enum table_style style, const char *titles)
{
	const char *end;

	memset(t, 0, sizeof(*t));
	t->out = out;
	t->style = style;
	t->n = TABLE_COLUMNS; /* prints nothing yet */
	for (int i = 0; i < TABLE_COLUMNS - 1; i++) {
		int len;

		end = strchrnul(titles, '|');
		len = (int)(end - titles);
		snprintf(t->cell[i], TABLE_CELL, "%.*s", len, titles);
		t->width[i] = i == 0 ? FIRST_WIDTH : LEAST_WIDTH;
		if (len > t->width[i])
			t->width[i] = len;
		t->n = i + 1;
		if (*end == '\0')
			break;
		titles = end + 1;
	}
	print_row(t);
	for (int i = 0; style == TABLE_MARKDOWN && i < t->n; i++)
		fputs("|---", out);
	if (style == TABLE_MARKDOWN)
		fputs("|\n", out);
}

void table_count(struct table *t, uint64_t n)
{
	char text[TABLE_CELL];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	table_text(t, text);
}

void table_number(struct table *t, double v, int decimals)
{
	char text[TABLE_CELL];

	snprintf(text, sizeof(text), "%.*f", decimals, v);
	table_text(t, isnan(v) ? "-" : text);
}

void table_seconds(struct table *t, double s)
{
	char text[TABLE_CELL];

	if (isnan(s))
		snprintf(text, sizeof(text), "-");
	else if (s < 120)
		snprintf(text, sizeof(text), "%.1f s", s);
	else if (s < 7200)
		snprintf(text, sizeof(text), "%.1f min", s / 60);
	else if (s < 172800)
		snprintf(text, sizeof(text), "%.1f h", s / 3600);
	else
		snprintf(text, sizeof(text), "%.1f d", s / 86400);
	table_text(t, text);
}
