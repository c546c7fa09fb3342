/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/jsonw.h"
#include "reports/nightly/night.h"
#include "reports/nightly/report.h"

static void put_recipe(
    const struct doc *d, struct jsonw *j, const struct doc_item *i)
{
	if (d->outside)
		return;
	jsonw_kstring(j, "command", i->command);
	jsonw_kstring(j, "console", i->link);
}

static void put_value(
    const struct doc *d, struct jsonw *j, const struct doc_item *i)
{
	jsonw_key(j, i->key);
	jsonw_object_begin(j);
	jsonw_kstring(j, "name", i->text);
	jsonw_key(j, "value");
	if (i->hidden)
		jsonw_null(j);
	else
		jsonw_int(j, i->value);
	jsonw_kbool(j, "hidden", i->hidden);
	jsonw_key(j, "median_7d");
	if (doc_has_median(i))
		jsonw_int(j, night_median(i->series));
	else
		jsonw_null(j);
	jsonw_key(j, "days_before");
	if (doc_has_median(i)) {
		jsonw_array_begin(j);
		for (int k = 1; k < ZONE_DAYS; k++)
			jsonw_int(j, i->series[k]);
		jsonw_array_end(j);
	} else {
		jsonw_null(j);
	}
	put_recipe(d, j, i);
	jsonw_object_end(j);
}

static void put_fact(
    const struct doc *d, struct jsonw *j, const struct doc_item *i)
{
	jsonw_key(j, i->key);
	jsonw_object_begin(j);
	jsonw_kstring(j, "name", i->text);
	jsonw_kstring(j, "text", i->fact);
	put_recipe(d, j, i);
	jsonw_object_end(j);
}

/* The rows that follow a table. */
static void put_table(
    const struct doc *d, struct jsonw *j, const struct doc_item *table)
{
	const struct doc_item *end = d->items + d->n;

	jsonw_key(j, table->key);
	jsonw_array_begin(j);
	for (const struct doc_item *i = table + 1;
	     i < end && i->kind == DOC_ROW; i++) {
		jsonw_object_begin(j);
		for (size_t c = 0; c < table->n_cells; c++)
			jsonw_kstring(j, table->keys[c],
			    c < i->n_cells ? i->cells[c] : NULL);
		put_recipe(d, j, i);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
}

static void put_chart(struct jsonw *j, const struct doc_item *i)
{
	int series = i->kind == DOC_COLUMNS ? 2 : 1;

	jsonw_key(j, i->key);
	jsonw_object_begin(j);
	jsonw_kstring(j, "name", i->text);
	jsonw_key(j, "bars");
	jsonw_array_begin(j);
	for (size_t b = 0; b < i->n_cells; b++) {
		jsonw_object_begin(j);
		jsonw_kstring(j, "label", i->cells[b]);
		jsonw_key(j, "values");
		jsonw_array_begin(j);
		for (int s = 0; s < series; s++) {
			if (i->bar_hidden[b])
				jsonw_null(j);
			else
				jsonw_int(j, i->bars[s][b]);
		}
		jsonw_array_end(j);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
	jsonw_object_end(j);
}

/* Items of a section that go under one key, in the order they have. */
static void put_group(const struct doc *d, struct jsonw *j, const char *group,
    size_t first, size_t end, enum doc_kind kind, enum doc_kind other)
{
	bool list = kind == DOC_WORDS;

	jsonw_key(j, group);
	if (list)
		jsonw_array_begin(j);
	else
		jsonw_object_begin(j);
	for (size_t k = first; k < end; k++) {
		const struct doc_item *i = &d->items[k];

		if (i->kind != kind && i->kind != other)
			continue;
		if (kind == DOC_VALUE)
			put_value(d, j, i);
		else if (kind == DOC_FACT)
			put_fact(d, j, i);
		else if (kind == DOC_TABLE)
			put_table(d, j, i);
		else if (kind == DOC_BARS)
			put_chart(j, i);
		else
			jsonw_string(j, i->text);
	}
	if (list)
		jsonw_array_end(j);
	else
		jsonw_object_end(j);
}

static void put_section(
    const struct doc *d, struct jsonw *j, size_t at, int number)
{
	const struct doc_item *s = &d->items[at];
	size_t end = at + 1;

	while (end < d->n && d->items[end].kind != DOC_SECTION)
		end++;
	jsonw_key(j, s->key);
	jsonw_object_begin(j);
	jsonw_kint(j, "number", number);
	jsonw_kstring(j, "title", s->text);
	put_group(d, j, "words", at + 1, end, DOC_WORDS, DOC_WORDS);
	put_group(d, j, "values", at + 1, end, DOC_VALUE, DOC_VALUE);
	put_group(d, j, "facts", at + 1, end, DOC_FACT, DOC_FACT);
	put_group(d, j, "tables", at + 1, end, DOC_TABLE, DOC_TABLE);
	put_group(d, j, "charts", at + 1, end, DOC_BARS, DOC_COLUMNS);
	jsonw_object_end(j);
}

void report_print_json(const struct doc *d, FILE *f)
{
	struct jsonw j;
	int number = 0;

	jsonw_init(&j, f);
	jsonw_object_begin(&j);
	jsonw_kstring(&j, "report", "nightly");
	jsonw_kint(&j, "schema", REPORT_SCHEMA);
	jsonw_kstring(&j, "audience", d->outside ? "public" : "inside");
	jsonw_kstring(&j, "date", d->date);
	jsonw_kstring(&j, "zone", d->zone);
	jsonw_kstring(&j, "since", d->since);
	jsonw_kstring(&j, "until", d->until);
	jsonw_kstring(&j, "language", language_name(d->language));
	jsonw_kstring(&j, "provider", d->provider);
	jsonw_kstring(&j, "title", d->title);
	jsonw_kstring(&j, "verdict", d->verdict);
	if (!d->outside)
		jsonw_kstring(&j, "console_url", d->console);
	jsonw_key(&j, "sections");
	jsonw_object_begin(&j);
	for (size_t i = 0; i < d->n; i++)
		if (d->items[i].kind == DOC_SECTION)
			put_section(d, &j, i, ++number);
	jsonw_object_end(&j);
	jsonw_object_end(&j);
	jsonw_newline(&j);
	jsonw_free(&j);
}
