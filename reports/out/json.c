/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "reports/out/writer.h"

static void write_words(struct jsonw *j, const char *words)
{
	jsonw_array_begin(j);
	while (*words != '\0') {
		size_t n = strcspn(words, " ");

		jsonw_stringn(j, words, n);
		words += n;
		words += strspn(words, " ");
	}
	jsonw_array_end(j);
}

static void write_value(
    struct jsonw *j, const struct out_column *c, const struct out_value *v)
{
	char buf[32];

	switch (c->type) {
	case OUT_TEXT:
		jsonw_string(j, v->text);
		break;
	case OUT_WORDS:
		write_words(j, v->text);
		break;
	case OUT_NUMBER:
		jsonw_int(j, v->number);
		break;
	case OUT_FLAG:
		jsonw_bool(j, v->number != 0);
		break;
	case OUT_TIME:
		jsonw_string(j, out_plain(c, v, buf));
		break;
	}
}

void out_json_object(struct jsonw *j, const struct out_column *columns,
    size_t n, const struct out_value *v)
{
	jsonw_object_begin(j);
	for (size_t i = 0; i < n; i++) {
		jsonw_key(j, columns[i].name);
		if (out_is_null(&columns[i], &v[i]))
			jsonw_null(j);
		else
			write_value(j, &columns[i], &v[i]);
	}
	jsonw_object_end(j);
}

static void begin_list(struct out *o)
{
	jsonw_object_begin(&o->json);
	jsonw_key(&o->json, "items");
	jsonw_array_begin(&o->json);
}

static void json_list_row(struct out *o, const struct out_value *v)
{
	if (o->rows == 0)
		begin_list(o);
	out_json_object(&o->json, o->columns, o->n, v);
}

static void json_list_end(struct out *o, int64_t total)
{
	if (o->rows == 0)
		begin_list(o);
	jsonw_array_end(&o->json);
	jsonw_key(&o->json, "next_cursor");
	if (o->next_cursor[0] != '\0')
		jsonw_string(&o->json, o->next_cursor);
	else
		jsonw_null(&o->json);
	jsonw_key(&o->json, "total");
	if (total < 0)
		jsonw_null(&o->json);
	else
		jsonw_int(&o->json, total);
	jsonw_object_end(&o->json);
	jsonw_newline(&o->json);
}

static void json_line(struct out *o, const struct out_value *v)
{
	out_json_object(&o->json, o->columns, o->n, v);
	jsonw_newline(&o->json);
}

static void jsonl_end(struct out *o, int64_t total)
{
	(void)o;
	(void)total;
}

const struct out_writer out_writer_json = {
    "json", json_list_row, json_list_end, json_line};
const struct out_writer out_writer_jsonl = {
    "jsonl", json_line, jsonl_end, json_line};
