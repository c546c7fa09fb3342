/* SPDX-License-Identifier: Apache-2.0 */
/* Columns for people. On a terminal the last column is cut at its edge;
 * elsewhere nothing is cut. */
#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>

#include "reports/out/text.h"
#include "reports/out/writer.h"

/* Rows are kept until their widths are known; no more than these. */
#define PART_ROWS 5000
#define NO_EDGE   16384

/* Seconds will do for eyes. */
static const char *shown(
    const struct out_column *c, const struct out_value *v, char buf[static 32])
{
	const char *s = out_plain(c, v, buf);

	if (c->type == OUT_TIME && strlen(s) == 27)
		memcpy(buf + 19, "Z", 2);
	return s;
}

static int add_columns(struct out *o)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct out_column *c = &o->columns[i];
		char name[64];
		int flags = 0;

		if (c->place == OUT_WIDE)
			continue;
		if (c->type == OUT_NUMBER)
			flags |= SCOLS_FL_RIGHT;
		if (c->place == OUT_LAST && o->tty)
			flags |= SCOLS_FL_TRUNC;
		snprintf(name, sizeof(name), "%s", c->name);
		for (char *p = name; *p != '\0'; p++)
			*p = (char)(*p == '_'                ? ' '
				    : *p >= 'a' && *p <= 'z' ? *p - 32
							     : *p);
		if (!scols_table_new_column(
			o->table, name, c->place == OUT_LAST ? 0.3 : 0, flags))
			return -1;
	}
	return 0;
}

static int begin_part(struct out *o)
{
	o->table = scols_new_table();
	if (!o->table)
		return -1;
	scols_table_set_stream(o->table, o->f);
	/* Made safe already; without it, it would escape our escapes. */
	scols_table_enable_noencoding(o->table, 1);
	scols_table_enable_noheadings(o->table, o->headed);
	scols_table_set_column_separator(o->table, "  ");
	if (!o->tty) {
		scols_table_set_termforce(o->table, SCOLS_TERMFORCE_ALWAYS);
		scols_table_set_termwidth(o->table, NO_EDGE);
		scols_table_enable_minout(o->table, 1);
	}
	return add_columns(o);
}

static void end_part(struct out *o)
{
	if (!o->table)
		return;
	if (scols_print_table(o->table) != 0)
		o->failed = true;
	scols_unref_table(o->table);
	o->table = NULL;
	o->headed = true;
}

static void table_row(struct out *o, const struct out_value *v)
{
	struct libscols_line *line;
	size_t at = 0;
	char buf[32];

	if (o->rows > 0 && o->rows % PART_ROWS == 0)
		end_part(o);
	if (!o->table && begin_part(o) != 0) {
		o->failed = true;
		return;
	}
	line = scols_table_new_line(o->table, NULL);
	for (size_t i = 0; line && i < o->n; i++) {
		const struct out_column *c = &o->columns[i];
		char *text;

		if (c->place == OUT_WIDE)
			continue;
		text = text_safe_dup(
		    out_is_null(c, &v[i]) ? "-" : shown(c, &v[i], buf));
		if (!text || scols_line_refer_data(line, at++, text) != 0)
			o->failed = true;
	}
	o->failed |= !line;
}

static void table_end(struct out *o, int64_t total)
{
	(void)total;
	end_part(o);
	if (o->rows == 0)
		fputs("nothing found\n", o->f);
}

static void table_one(struct out *o, const struct out_value *v)
{
	char buf[32];

	for (size_t i = 0; i < o->n; i++) {
		const struct out_column *c = &o->columns[i];
		char *text = text_safe_dup(
		    out_is_null(c, &v[i]) ? "-" : shown(c, &v[i], buf));

		if (text)
			fprintf(o->f, "%-14s %s\n", c->name, text);
		o->failed |= !text;
		free(text);
	}
}

const struct out_writer out_writer_table = {
    "table", table_row, table_end, table_one};
