/* SPDX-License-Identifier: Apache-2.0 */
/* Columns for people. On a terminal the last column is cut at its edge;
 * elsewhere nothing is cut. */
#include <libsmartcols/libsmartcols.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

static bool in_table(const struct out *o, size_t i)
{
	return o->wide || o->columns[i].place != OUT_WIDE;
}

/* Words of our own vocabulary only: no foreign text chooses a colour. */
static const char *color_of(const struct out_column *c, const char *text)
{
	static const struct {
		const char *column, *text, *color;
	} colors[] = {
	    {"state", "open", "yellow"},
	    {"state", "dead", "red"},
	    {"state", "degraded", "red"},
	    {"state", "closed", "darkgray"},
	    {"action", "block", "red"},
	    {"action", "allow", "green"},
	    {"port25", "closed", "red"},
	    {"port25", "open", "green"},
	    {"outcome", "refused", "yellow"},
	    {"outcome", "failed", "red"},
	};

	for (size_t i = 0; i < sizeof(colors) / sizeof(colors[0]); i++)
		if (strcmp(colors[i].column, c->name) == 0 &&
		    strcmp(colors[i].text, text) == 0)
			return colors[i].color;
	return NULL;
}

static int add_columns(struct out *o)
{
	for (size_t i = 0; i < o->n; i++) {
		const struct out_column *c = &o->columns[i];
		struct libscols_column *column;
		char name[64];
		int flags = 0;

		if (!in_table(o, i))
			continue;
		if (c->type == OUT_NUMBER)
			flags |= SCOLS_FL_RIGHT;
		if (c->place == OUT_LAST && o->tty && !o->wide)
			flags |= SCOLS_FL_TRUNC;
		snprintf(name, sizeof(name), "%s", c->name);
		for (char *p = name; *p != '\0'; p++)
			*p = (char)(*p == '_'                ? ' '
				    : *p >= 'a' && *p <= 'z' ? *p - 32
							     : *p);
		column = scols_table_new_column(
		    o->table, name, c->place == OUT_LAST ? 0.3 : 0, flags);
		if (!column)
			return -1;
		if (o->color)
			scols_cell_set_color(
			    scols_column_get_header(column), "bold");
	}
	return 0;
}

/* The stream may be a pager's pipe: the terminal is asked itself. */
static size_t terminal_columns(void)
{
	const char *given = getenv("COLUMNS");
	struct winsize w = {0};
	long n = given ? strtol(given, NULL, 10) : 0;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0)
		return w.ws_col;
	return n > 0 && n <= NO_EDGE ? (size_t)n : 80;
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
	scols_table_enable_colors(o->table, o->color);
	scols_table_set_termforce(o->table, SCOLS_TERMFORCE_ALWAYS);
	scols_table_set_termwidth(
	    o->table, o->tty && !o->wide ? terminal_columns() : NO_EDGE);
	if (!o->tty || o->wide)
		scols_table_enable_minout(o->table, 1);
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

		if (!in_table(o, i))
			continue;
		text = text_safe_dup(
		    out_is_null(c, &v[i]) ? "-" : shown(c, &v[i], buf));
		if (text && o->color && color_of(c, text))
			scols_cell_set_color(
			    scols_line_get_cell(line, at), color_of(c, text));
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
const struct out_writer out_writer_wide = {
    "wide", table_row, table_end, table_one};
