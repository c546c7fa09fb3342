/* SPDX-License-Identifier: Apache-2.0 */
/* One cell of the report a line, so that a spreadsheet can filter it. RFC
 * 4180; a text that a spreadsheet would take for a formula gets a ' in
 * front. */
#include <inttypes.h>
#include <string.h>

#include "reports/nightly/night.h"
#include "reports/nightly/report.h"
#include "reports/out/csv.h"

struct place {
	const struct doc *d;
	FILE *f;
	const char *section, *item;
	char row[24];
};

static void put_line(const struct place *p, const char *column,
    const char *value, bool number, const struct doc_item *i)
{
	const char *cells[] = {p->section, p->item, p->row, column};
	char url[1100] = "";

	for (size_t c = 0; c < sizeof(cells) / sizeof(cells[0]); c++) {
		csv_cell(p->f, cells[c], true);
		putc(',', p->f);
	}
	csv_cell(p->f, value, !number);
	putc(',', p->f);
	csv_cell(p->f, i && i->command ? i->command : "", true);
	putc(',', p->f);
	if (i && i->link)
		snprintf(url, sizeof(url), "%s%s",
		    p->d->console ? p->d->console : "", i->link);
	csv_cell(p->f, url, true);
	fputs("\r\n", p->f);
}

static void put_number(const struct place *p, const char *column, int64_t v,
    const struct doc_item *i)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, v);
	put_line(p, column, text, true, i);
}

static void put_value(struct place *p, const struct doc_item *i)
{
	char text[32];

	p->item = i->key;
	put_line(p, "name", i->text, false, NULL);
	if (i->hidden)
		put_line(p, "value", doc_number_text(i, text), false, i);
	else
		put_number(p, "value", i->value, i);
	if (!doc_has_median(i))
		return;
	put_number(p, "median_7d", night_median(i->series), NULL);
	for (int k = 1; k < ZONE_DAYS; k++) {
		char column[24];

		snprintf(column, sizeof(column), "days_before_%d", k);
		put_number(p, column, i->series[k], NULL);
	}
}

static void put_bar(const struct place *p, const char *column,
    const struct doc_item *i, int series, size_t bar)
{
	char text[32];

	if (i->bar_hidden[bar])
		put_line(
		    p, column, doc_bar_text(i, series, bar, text), false, NULL);
	else
		put_number(p, column, i->bars[series][bar], NULL);
}

static void put_bars(struct place *p, const struct doc_item *i)
{
	p->item = i->key;
	for (size_t b = 0; b < i->n_cells; b++) {
		snprintf(p->row, sizeof(p->row), "%zu", b + 1);
		put_line(p, "label", i->cells[b], false, NULL);
		put_bar(p, "value", i, 0, b);
		if (i->kind == DOC_COLUMNS)
			put_bar(p, "value_2", i, 1, b);
	}
	p->row[0] = '\0';
}

static void put_row(
    struct place *p, const struct doc_item *table, const struct doc_item *i)
{
	for (size_t c = 0; table && c < i->n_cells && c < table->n_cells; c++)
		put_line(
		    p, table->keys[c], i->cells[c], false, c == 0 ? i : NULL);
}

void report_print_csv(const struct doc *d, bool bom, FILE *f)
{
	struct place p = {.d = d, .f = f, .section = "", .item = ""};
	const struct doc_item *table = NULL;
	size_t row = 0;

	if (bom)
		fputs("\xef\xbb\xbf", f);
	fputs("section,item,row,column,value,command,console\r\n", f);
	put_line(&p, "date", d->date, false, NULL);
	put_line(&p, "zone", d->zone, false, NULL);
	put_line(&p, "verdict", d->verdict, false, NULL);
	for (size_t k = 0; k < d->n; k++) {
		const struct doc_item *i = &d->items[k];

		switch (i->kind) {
		case DOC_SECTION:
			p.section = i->key;
			break;
		case DOC_VALUE:
			put_value(&p, i);
			break;
		case DOC_FACT:
			p.item = i->key;
			put_line(&p, "text", i->fact, false, i);
			break;
		case DOC_TABLE:
			table = i;
			row = 0;
			break;
		case DOC_ROW:
			p.item = table ? table->key : "";
			snprintf(p.row, sizeof(p.row), "%zu", ++row);
			put_row(&p, table, i);
			p.row[0] = '\0';
			break;
		case DOC_BARS:
		case DOC_COLUMNS:
			put_bars(&p, i);
			break;
		case DOC_WORDS:
		case DOC_HEADING:
		case DOC_COMMAND:
			break;
		}
	}
}
