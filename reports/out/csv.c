/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4180. A text that a spreadsheet would take for a formula gets a ' in
 * front: what bots send must not run on the analyst's machine. */
#include "reports/out/csv.h"

#include <stdlib.h>
#include <string.h>

#include "reports/out/text.h"
#include "reports/out/writer.h"

/* Also the full-width forms, which some spreadsheets read as these. */
static bool is_formula(const char *s)
{
	static const char *const wide[] = {
	    "\uff1d", "\uff0b", "\uff0d", "\uff20"};

	s += strspn(s, " ");
	if (*s != '\0' && strchr("=+-@", *s))
		return true;
	for (size_t i = 0; i < sizeof(wide) / sizeof(wide[0]); i++)
		if (strncmp(s, wide[i], strlen(wide[i])) == 0)
			return true;
	return false;
}

static void put_quoted(FILE *f, const char *s, bool formula)
{
	putc('"', f);
	if (formula)
		putc('\'', f);
	for (; *s != '\0'; s++) {
		if (*s == '"')
			putc('"', f);
		putc(*s, f);
	}
	putc('"', f);
}

void csv_cell(FILE *f, const char *s, bool foreign)
{
	char *safe = foreign ? text_safe_dup(s) : NULL;
	const char *text = foreign ? safe : s;
	bool formula = foreign && text && is_formula(text);

	if (!text)
		return;
	if (formula || strpbrk(text, ",\"\r\n"))
		put_quoted(f, text, formula);
	else
		fputs(text, f);
	free(safe);
}

static void write_head(struct out *o)
{
	if (o->headed)
		return;
	for (size_t i = 0; i < o->n; i++)
		fprintf(o->f, "%s%s", i > 0 ? "," : "", o->columns[i].name);
	fputs("\r\n", o->f);
	o->headed = true;
}

static void csv_row(struct out *o, const struct out_value *v)
{
	char buf[32];

	write_head(o);
	for (size_t i = 0; i < o->n; i++) {
		const struct out_column *c = &o->columns[i];

		if (i > 0)
			putc(',', o->f);
		csv_cell(o->f, out_plain(c, &v[i], buf),
		    c->type == OUT_TEXT || c->type == OUT_WORDS);
	}
	fputs("\r\n", o->f);
}

static void csv_end(struct out *o, int64_t total)
{
	(void)total;
	write_head(o);
}

const struct out_writer out_writer_csv = {"csv", csv_row, csv_end, csv_row};
