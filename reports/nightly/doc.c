/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/doc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "reports/nightly/night.h"
#include "reports/out/text.h"

void doc_init(struct doc *d, enum language language, bool outside)
{
	memset(d, 0, sizeof(*d));
	d->language = language;
	d->outside = outside;
}

void doc_free(struct doc *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->items[i].text);
		free(d->items[i].fact);
		free(d->items[i].command);
		free(d->items[i].link);
		for (size_t c = 0; c < d->items[i].n_cells; c++)
			free(d->items[i].cells[c]);
	}
	free(d->items);
	free(d->title);
	free(d->provider);
	free(d->verdict);
	free(d->console);
	memset(d, 0, sizeof(*d));
}

char *doc_copy(struct doc *d, const char *s)
{
	char *text = s ? text_safe_dup(s) : NULL;

	d->failed |= s && !text;
	return text;
}

/* NULL: no memory. */
static struct doc_item *add(
    struct doc *d, enum doc_kind kind, const char *key, const char *text)
{
	struct doc_item *i;

	if (!ROOM_FOR_ONE(d->items, d->n, d->cap)) {
		d->failed = true;
		return NULL;
	}
	i = &d->items[d->n++];
	memset(i, 0, sizeof(*i));
	i->kind = kind;
	i->text = doc_copy(d, text);
	(void)text_safe(key ? key : "", i->key, sizeof(i->key));
	return i;
}

/* Outside nobody has the store. */
static void set_recipe(
    struct doc *d, struct doc_item *i, const struct doc_recipe *r)
{
	if (!r || d->outside)
		return;
	if (r->command[0] != '\0')
		i->command = doc_copy(d, r->command);
	if (r->link[0] != '\0')
		i->link = doc_copy(d, r->link);
}

void doc_section(struct doc *d, const char *key, enum message title)
{
	char text[256];

	snprintf(text, sizeof(text), "%d %s", ++d->n_sections,
	    message(d->language, title));
	add(d, DOC_SECTION, key, text);
}

void doc_words(struct doc *d, const char *text)
{
	add(d, DOC_WORDS, NULL, text);
}

void doc_say(struct doc *d, enum message m, const char *const *args, size_t n)
{
	char text[MESSAGE_BYTES];

	doc_words(d, message_fill(text, message(d->language, m), args, n));
}

void doc_heading(struct doc *d, enum message m)
{
	add(d, DOC_HEADING, NULL, message(d->language, m));
}

bool doc_is_small(const struct doc *d, int64_t n)
{
	return d->outside && n > 0 && n < NIGHT_SMALL;
}

void doc_value(struct doc *d, const struct doc_number *v)
{
	struct doc_item *i = add(d, DOC_VALUE, v->key, v->name);

	if (!i)
		return;
	i->value = v->value;
	i->hidden = doc_is_small(d, v->value);
	set_recipe(d, i, v->recipe);
	if (!v->series || i->hidden)
		return;
	/* The change against a median would tell what a day hides. */
	for (int k = 0; k < ZONE_DAYS; k++)
		if (doc_is_small(d, v->series[k]))
			return;
	i->has_series = true;
	memcpy(i->series, v->series, sizeof(i->series));
}

void doc_fact(struct doc *d, const char *key, const char *name,
    const char *fact, const struct doc_recipe *recipe)
{
	struct doc_item *i = add(d, DOC_FACT, key, name);

	if (!i)
		return;
	i->fact = doc_copy(d, fact);
	set_recipe(d, i, recipe);
}

void doc_command(struct doc *d, const struct doc_recipe *recipe)
{
	struct doc_item *i;

	if (d->outside)
		return;
	i = add(d, DOC_COMMAND, NULL, NULL);
	if (i)
		set_recipe(d, i, recipe);
}

static void add_cells(
    struct doc *d, struct doc_item *i, const char *const *cells, size_t n)
{
	for (size_t c = 0; i && c < n; c++)
		i->cells[i->n_cells++] = doc_copy(d, cells[c]);
}

void doc_table(
    struct doc *d, const char *key, const struct doc_column *columns, size_t n)
{
	struct doc_item *i = add(d, DOC_TABLE, key, NULL);

	for (size_t c = 0; i && c < n && c < DOC_CELLS_MAX; c++) {
		const char *name = message(d->language, columns[c].name);

		i->keys[c] = columns[c].key;
		add_cells(d, i, &name, 1);
	}
}

void doc_row(struct doc *d, const char *const *cells, size_t n,
    const struct doc_recipe *recipe)
{
	struct doc_item *i = add(d, DOC_ROW, NULL, NULL);

	if (!i)
		return;
	add_cells(d, i, cells, n < DOC_CELLS_MAX ? n : DOC_CELLS_MAX);
	set_recipe(d, i, recipe);
}

void doc_bars(struct doc *d, const char *key, enum message title,
    const char *const *labels, const int64_t *values, size_t n)
{
	struct doc_item *i = add(d, DOC_BARS, key, message(d->language, title));

	if (!i)
		return;
	n = n < DOC_BARS_MAX ? n : DOC_BARS_MAX;
	add_cells(d, i, labels, n);
	for (size_t b = 0; b < n; b++) {
		i->bars[0][b] = values[b];
		i->bar_hidden[b] = doc_is_small(d, values[b]);
	}
}

void doc_columns(struct doc *d, const char *key, enum message title,
    const char *const *labels, const int64_t *a, const int64_t *b, size_t n)
{
	struct doc_item *i;

	/* Heights can be measured. */
	for (size_t k = 0; k < n; k++)
		if (doc_is_small(d, a[k]) || doc_is_small(d, b[k]))
			return;
	i = add(d, DOC_COLUMNS, key, message(d->language, title));
	if (!i)
		return;
	n = n < DOC_BARS_MAX ? n : DOC_BARS_MAX;
	add_cells(d, i, labels, n);
	memcpy(i->bars[0], a, n * sizeof(*a));
	memcpy(i->bars[1], b, n * sizeof(*b));
}

const char *doc_count(const struct doc *d, int64_t n, char buf[static 32])
{
	if (!doc_is_small(d, n))
		return text_grouped(n, buf);
	snprintf(buf, 32, "<%d", NIGHT_SMALL);
	return buf;
}

const char *doc_number_text(const struct doc_item *i, char buf[static 32])
{
	if (!i->hidden)
		return text_grouped(i->value, buf);
	/* One that was hidden to hide another may be larger. */
	snprintf(buf, 32, i->value < NIGHT_SMALL ? "<%d" : "*", NIGHT_SMALL);
	return buf;
}

const char *doc_bar_text(
    const struct doc_item *i, int series, size_t bar, char buf[static 32])
{
	if (!i->bar_hidden[bar])
		return text_grouped(i->bars[series][bar], buf);
	snprintf(buf, 32, i->bars[series][bar] < NIGHT_SMALL ? "<%d" : "*",
	    NIGHT_SMALL);
	return buf;
}

bool doc_has_median(const struct doc_item *i)
{
	return i->kind == DOC_VALUE && i->has_series && !i->hidden;
}
