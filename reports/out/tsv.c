/* SPDX-License-Identifier: Apache-2.0 */
/* Tab-separated with a header line, for cut(1) and awk(1): one line a row,
 * whatever a text holds. And the first column alone. */
#include <stdlib.h>

#include "reports/out/text.h"
#include "reports/out/writer.h"

static void write_safe(struct out *o, const char *s)
{
	char *text = text_safe_dup(s);

	if (text)
		fputs(text, o->f);
	o->failed |= !text;
	free(text);
}

static void write_head(struct out *o)
{
	if (o->headed)
		return;
	for (size_t i = 0; i < o->n; i++)
		fprintf(o->f, "%s%s", i > 0 ? "\t" : "", o->columns[i].name);
	putc('\n', o->f);
	o->headed = true;
}

static void tsv_row(struct out *o, const struct out_value *v)
{
	char buf[32];

	write_head(o);
	for (size_t i = 0; i < o->n; i++) {
		if (i > 0)
			putc('\t', o->f);
		write_safe(o, out_plain(&o->columns[i], &v[i], buf));
	}
	putc('\n', o->f);
}

static void tsv_end(struct out *o, int64_t total)
{
	(void)total;
	write_head(o);
}

static void ids_row(struct out *o, const struct out_value *v)
{
	char buf[32];

	write_safe(o, out_plain(&o->columns[0], &v[0], buf));
	putc('\n', o->f);
}

static void ids_end(struct out *o, int64_t total)
{
	(void)o;
	(void)total;
}

const struct out_writer out_writer_tsv = {"tsv", tsv_row, tsv_end, tsv_row};
const struct out_writer out_writer_ids = {"ids", ids_row, ids_end, ids_row};
