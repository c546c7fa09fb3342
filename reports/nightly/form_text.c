/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "reports/nightly/night.h"
#include "reports/nightly/page.h"
#include "reports/nightly/report.h"

#define HEAD_CELLS  3 /* that begin a row */
#define SHORT_BYTES 40

static void print_value(const struct doc *d, const struct doc_item *i, FILE *f)
{
	char number[32], median[32], change[32], text[MESSAGE_BYTES];
	const char *args[] = {median, change};
	int64_t m;

	page_value(f, i->text, doc_number_text(i, number));
	if (!doc_has_median(i))
		return;
	m = night_median(i->series);
	snprintf(median, sizeof(median), "%" PRId64, m);
	snprintf(change, sizeof(change), "%+" PRId64, i->value - m);
	page_words(f, 4, "%s",
	    message_fill(text, message(d->language, MSG_MEDIAN_LINE), args, 2));
}

/* "name: text", or the text alone. */
static void append(char *line, size_t size, const char *between,
    const char *name, const char *text)
{
	size_t at = strlen(line);

	snprintf(line + at, size - at, "%s%s%s%s", at > 0 ? between : "", name,
	    text ? ": " : "", text ? text : "");
}

static void flush(char *line, FILE *f)
{
	if (line[0] != '\0')
		page_words(f, 4, "%s", line);
	line[0] = '\0';
}

/* A table's row in words: columns do not fit into 72. */
static void print_row(
    const struct doc_item *table, const struct doc_item *i, FILE *f)
{
	char line[2 * MESSAGE_BYTES] = "";

	for (size_t c = 0; c < i->n_cells && c < HEAD_CELLS; c++)
		append(line, sizeof(line), ", ", i->cells[c], NULL);
	page_words(f, 2, "%s", line);
	line[0] = '\0';
	/* Short ones share lines, in their order. */
	for (size_t c = HEAD_CELLS; table && c < i->n_cells; c++) {
		if (strlen(i->cells[c]) > SHORT_BYTES) {
			flush(line, f);
			append(line, sizeof(line), "", table->cells[c],
			    i->cells[c]);
			flush(line, f);
			continue;
		}
		append(line, sizeof(line), "; ", table->cells[c], i->cells[c]);
	}
	flush(line, f);
}

static void print_heads(const struct doc_item *table, FILE *f)
{
	char line[MESSAGE_BYTES] = "";

	for (size_t c = 0; c < table->n_cells && c < HEAD_CELLS; c++)
		append(line, sizeof(line), ", ", table->cells[c], NULL);
	page_words(f, 2, "(%s)", line);
}

/* Of both series over the days; bars have their numbers elsewhere. */
static void print_columns(
    const struct doc *d, const struct doc_item *i, FILE *f)
{
	char a[32], b[32];

	page_words(f, 2, "%s:", i->text);
	for (size_t c = 0; c < i->n_cells; c++)
		page_words(f, 4, "%s  %s %s, %s %s", i->cells[c],
		    message(d->language, MSG_SERIES_OPENED),
		    doc_bar_text(i, 0, c, a),
		    message(d->language, MSG_SERIES_BLOCKS),
		    doc_bar_text(i, 1, c, b));
}

static void print_item(const struct doc *d, const struct doc_item *i,
    const struct doc_item *table, FILE *f)
{
	switch (i->kind) {
	case DOC_SECTION:
		page_head(f, i->text);
		break;
	case DOC_WORDS:
	case DOC_HEADING:
		page_words(f, 2, "%s", i->text);
		break;
	case DOC_VALUE:
		print_value(d, i, f);
		break;
	case DOC_FACT:
		page_words(f, 2, "%s: %s", i->text, i->fact);
		break;
	case DOC_TABLE:
		print_heads(i, f);
		break;
	case DOC_ROW:
		print_row(table, i, f);
		break;
	case DOC_COLUMNS:
		print_columns(d, i, f);
		break;
	case DOC_BARS:
	case DOC_COMMAND:
		break;
	}
	if (i->command)
		page_command(f, i->command);
}

void report_print_text(const struct doc *d, FILE *f)
{
	const struct doc_item *table = NULL;

	page_words(f, 0, "Sekisho: %s%s%s", d->title, d->provider ? ", " : "",
	    d->provider ? d->provider : "");
	for (size_t i = 0; i < d->n; i++) {
		if (d->items[i].kind == DOC_TABLE)
			table = &d->items[i];
		print_item(d, &d->items[i], table, f);
	}
}
