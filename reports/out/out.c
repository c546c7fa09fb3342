/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/out/out.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "reports/out/writer.h"

static const struct out_writer *const writers[OUT_FORMAT_COUNT] = {
    [OUT_TABLE] = &out_writer_table,
    [OUT_TABLE_WIDE] = &out_writer_wide,
    [OUT_JSON] = &out_writer_json,
    [OUT_JSONL] = &out_writer_jsonl,
    [OUT_CSV] = &out_writer_csv,
    [OUT_TSV] = &out_writer_tsv,
    [OUT_IDS] = &out_writer_ids,
};

int out_format_parse(const char *name)
{
	for (int i = 0; i < OUT_FORMAT_COUNT; i++)
		if (strcmp(writers[i]->name, name) == 0)
			return i;
	return -1;
}

const char *out_format_name(enum out_format f)
{
	return writers[f]->name;
}

struct out *out_new(FILE *f, enum out_format format, bool tty,
    const struct out_column *columns, size_t n)
{
	struct out *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	assert(n <= OUT_COLUMNS_MAX);
	o->f = f;
	o->writer = writers[format];
	o->columns = columns;
	o->n = n;
	o->tty = tty;
	o->wide = format == OUT_TABLE_WIDE;
	jsonw_init(&o->json, f);
	return o;
}

int out_free(struct out *o)
{
	bool failed;

	if (!o)
		return 0;
	failed =
	    fflush(o->f) != 0 || ferror(o->f) || o->failed || o->json.failed;
	jsonw_free(&o->json);
	free(o);
	return failed ? -1 : 0;
}

int out_select(
    struct out *o, const char *names, const char **bad, size_t *bad_len)
{
	size_t n = 0;

	while (*names != '\0') {
		size_t len = strcspn(names, ","), i = 0;

		while (i < o->n &&
		       (strlen(o->columns[i].name) != len ||
			   memcmp(o->columns[i].name, names, len) != 0))
			i++;
		if (i == o->n || n == OUT_COLUMNS_MAX) {
			*bad = names;
			*bad_len = len;
			return -1;
		}
		o->chosen[n] = o->columns[i];
		if (o->chosen[n].place == OUT_WIDE)
			o->chosen[n].place = OUT_NARROW;
		o->from[n++] = i;
		names += len;
		if (*names == ',')
			names++;
	}
	if (n > 0) {
		o->columns = o->chosen;
		o->n = n;
	}
	return 0;
}

void out_color(struct out *o, bool on)
{
	o->color = on;
}

void out_next_cursor(struct out *o, const char *cursor)
{
	snprintf(
	    o->next_cursor, sizeof(o->next_cursor), "%s", cursor ? cursor : "");
}

static const struct out_value *selected(const struct out *o,
    const struct out_value *v, struct out_value mine[static OUT_COLUMNS_MAX])
{
	if (o->columns != o->chosen)
		return v;
	for (size_t i = 0; i < o->n; i++)
		mine[i] = v[o->from[i]];
	return mine;
}

void out_row(struct out *o, const struct out_value *v)
{
	struct out_value mine[OUT_COLUMNS_MAX];

	o->writer->row(o, selected(o, v, mine));
	o->rows++;
}

int64_t out_rows(const struct out *o)
{
	return o->rows;
}

void out_end(struct out *o, int64_t total)
{
	o->writer->end(o, total);
}

void out_one(struct out *o, const struct out_value *v)
{
	struct out_value mine[OUT_COLUMNS_MAX];

	o->writer->one(o, selected(o, v, mine));
}

struct out_value out_text(const char *s)
{
	return (struct out_value){.text = s, .absent = s == NULL};
}

struct out_value out_number(int64_t n)
{
	return (struct out_value){.number = n};
}

struct out_value out_absent(void)
{
	return (struct out_value){.absent = true};
}

bool out_is_null(const struct out_column *c, const struct out_value *v)
{
	return v->absent || (c->type == OUT_TIME && v->number == 0);
}

const char *out_plain(
    const struct out_column *c, const struct out_value *v, char buf[static 32])
{
	if (out_is_null(c, v))
		return "";
	switch (c->type) {
	case OUT_TEXT:
	case OUT_WORDS:
		return v->text;
	case OUT_NUMBER:
		snprintf(buf, 32, "%" PRId64, v->number);
		return buf;
	case OUT_FLAG:
		return v->number ? "true" : "false";
	case OUT_TIME:
		return clock_format(v->number, buf);
	}
	return "";
}
