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
    [OUT_JSON] = &out_writer_json,
    [OUT_JSONL] = &out_writer_jsonl,
    [OUT_CSV] = &out_writer_csv,
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

void out_row(struct out *o, const struct out_value *v)
{
	o->writer->row(o, v);
	o->rows++;
}

void out_end(struct out *o, int64_t total)
{
	o->writer->end(o, total);
}

void out_one(struct out *o, const struct out_value *v)
{
	o->writer->one(o, v);
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
