/* SPDX-License-Identifier: Apache-2.0 */
/* Private to reports/out/: the forms. */
#pragma once

#include "reports/out/object.h"

struct libscols_table;

struct out {
	FILE *f;
	const struct out_writer *writer;
	const struct out_column *columns;
	size_t n;
	bool tty, failed;
	int64_t rows;
	struct out_column chosen[OUT_COLUMNS_MAX]; /* of out_select() */
	size_t from[OUT_COLUMNS_MAX];
	bool wide, color;
	char next_cursor[192]; /* "": none */
	struct jsonw json;
	struct libscols_table *table;
	bool headed; /* a part of the table, or CSV's first line, is out */
};
struct out_writer {
	const char *name;
	void (*row)(struct out *o, const struct out_value *v);
	void (*end)(struct out *o, int64_t total);
	void (*one)(struct out *o, const struct out_value *v);
};

extern const struct out_writer out_writer_table;
extern const struct out_writer out_writer_json;
extern const struct out_writer out_writer_jsonl;
extern const struct out_writer out_writer_wide;
extern const struct out_writer out_writer_csv;
extern const struct out_writer out_writer_tsv;
extern const struct out_writer out_writer_ids;

bool out_is_null(const struct out_column *c, const struct out_value *v);
/* The plain text of a value, "" for null; buf may hold it. */
const char *out_plain(
    const struct out_column *c, const struct out_value *v, char buf[static 32]);
