/* SPDX-License-Identifier: Apache-2.0 */
/* A report before it is text, HTML, CSV or JSON: sections of words, numbers,
 * facts, tables and charts. All forms print the same document, so that what
 * is hidden in one is hidden in all. Texts are made safe when they come in:
 * no control character, no mark that turns the direction, whole UTF-8. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reports/nightly/message.h"
#include "reports/nightly/zone.h"

#define DOC_CELLS_MAX 10
#define DOC_BARS_MAX  24
#define DOC_PARTS_MAX 16

enum doc_kind {
	DOC_SECTION,
	DOC_WORDS,
	DOC_HEADING, /* over what follows, within a section */
	DOC_VALUE,
	DOC_FACT,    /* a name and words */
	DOC_COMMAND, /* of what stands before it */
	DOC_TABLE,   /* names of columns; rows follow */
	DOC_ROW,
	DOC_BARS,
	DOC_COLUMNS
};

struct doc_item {
	enum doc_kind kind;
	char key[96]; /* snake_case; the same in every language */
	char *text;   /* words, name */
	char *fact;
	char *command; /* what reproduces it; NULL: none is shown */
	char *link;    /* "#/queue?...": the console's; NULL: none */
	int64_t value;
	bool hidden; /* a small count; nobody may see value and series */
	bool has_series;
	int64_t series[ZONE_DAYS]; /* this day first */
	char *cells[DOC_BARS_MAX];
	const char *keys[DOC_CELLS_MAX]; /* of a table's columns */
	size_t n_cells;
	int64_t bars[2][DOC_BARS_MAX];
	bool bar_hidden[DOC_BARS_MAX];
};
struct doc {
	enum language language;
	bool outside; /* the version for outside */
	bool failed;  /* no memory: it is not whole */
	char date[12], zone[TIMEZONE_NAME_BYTES], since[24], until[24];
	char *title, *provider, *verdict, *console;
	struct doc_item *items;
	size_t n, cap;
	int n_sections;
};
struct doc_recipe {
	char command[768]; /* "": none */
	char link[512];
};
struct doc_number {
	const char *key, *name;
	int64_t value;
	const int64_t *series; /* of ZONE_DAYS; NULL: none */
	const struct doc_recipe *recipe;
};
struct doc_column {
	const char *key;
	enum message name;
};

void doc_init(struct doc *d, enum language language, bool outside);
void doc_free(struct doc *d);
/* A copy that is safe; NULL stays NULL. */
char *doc_copy(struct doc *d, const char *s);
void doc_section(struct doc *d, const char *key, enum message title);
void doc_words(struct doc *d, const char *text);
/* The sentence of m with its texts. */
void doc_say(struct doc *d, enum message m, const char *const *args, size_t n);
void doc_heading(struct doc *d, enum message m);
/* A count; small ones are hidden outside. */
void doc_value(struct doc *d, const struct doc_number *v);
void doc_fact(struct doc *d, const char *key, const char *name,
    const char *fact, const struct doc_recipe *recipe);
void doc_command(struct doc *d, const struct doc_recipe *recipe);
void doc_table(
    struct doc *d, const char *key, const struct doc_column *columns, size_t n);
void doc_row(struct doc *d, const char *const *cells, size_t n,
    const struct doc_recipe *recipe);
/* Labels and values, as they are to stand. */
void doc_bars(struct doc *d, const char *key, enum message title,
    const char *const *labels, const int64_t *values, size_t n);
/* Two series over days. */
void doc_columns(struct doc *d, const char *key, enum message title,
    const char *const *labels, const int64_t *a, const int64_t *b, size_t n);
/* doc_hide.c. Nobody outside may see the number of this item. */
void doc_hide(struct doc *d, size_t at);
/* Outside, of numbers that add up to something that is shown: so many more are
 * hidden that the sum does not give one of them away. */
void doc_hide_parts(struct doc *d, const size_t *at, size_t n);
/* All numbers from item first on. */
void doc_hide_range(struct doc *d, size_t first);
/* Outside, the part when the rest of its whole is small. */
void doc_hide_rest(struct doc *d, size_t part, int64_t rest);
/* Whether a number of this key is hidden. */
bool doc_hides(const struct doc *d, const char *key);
/* The chart that was added last hides what is hidden of the numbers from item
 * first on, by their names. */
void doc_hide_bars(struct doc *d, size_t first);
bool doc_is_small(const struct doc *d, int64_t n);
/* "1,234", or "<5". Returns buf. */
const char *doc_count(const struct doc *d, int64_t n, char buf[static 32]);
const char *doc_number_text(const struct doc_item *i, char buf[static 32]);
const char *doc_bar_text(
    const struct doc_item *i, int series, size_t bar, char buf[static 32]);
/* Whether median and change may be told. */
bool doc_has_median(const struct doc_item *i);
