/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4180. A text that a spreadsheet would take for a formula gets a ' in
 * front: what bots send must not run on the analyst's machine. */
#include <string.h>

#include "reports/out/writer.h"

static void write_cell(FILE *f, const char *s, bool foreign)
{
	bool formula = foreign && *s != '\0' && strchr("=+-@\t\r", *s);

	if (!formula && !strpbrk(s, ",\"\r\n")) {
		fputs(s, f);
		return;
	}
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
		write_cell(o->f, out_plain(c, &v[i], buf),
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
