/* SPDX-License-Identifier: Apache-2.0 */
/* What a verb prints: rows of named columns, in the form that was asked for
 * with -o. One description of a row serves all forms. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define OUT_COLUMNS_MAX 96

enum out_format {
	OUT_TABLE,
	OUT_TABLE_WIDE, /* with every column, and nothing cut */
	OUT_JSON,
	OUT_JSONL,
	OUT_CSV,
	OUT_TSV,
	OUT_IDS, /* the first column alone */
	OUT_FORMAT_COUNT
};
enum out_type {
	OUT_TEXT,   /* NULL: null */
	OUT_WORDS,  /* space separated; a list in JSON */
	OUT_NUMBER, /* null when absent */
	OUT_FLAG,
	OUT_TIME /* RFC 3339; 0: null */
};
enum out_place {
	OUT_NARROW, /* stands in a table */
	OUT_LAST,   /* too, and is cut at the edge of a terminal */
	OUT_WIDE    /* not in a table */
};
struct out_column {
	const char *name;
	enum out_type type;
	enum out_place place;
};
struct out_value {
	const char *text; /* borrowed for the call */
	int64_t number;
	bool absent;
};

struct out;

/* The format of a name, or -1. */
int out_format_parse(const char *name);
const char *out_format_name(enum out_format f);
/* tty: f is a terminal, a table fits its width. NULL: no memory. */
struct out *out_new(FILE *f, enum out_format format, bool tty,
    const struct out_column *columns, size_t n);
/* Only these, in their order: "customer,id". 0; -1 one is no column, and
 * *bad its name, borrowed from names, with its length. Before any row. */
int out_select(
    struct out *o, const char *names, const char **bad, size_t *bad_len);
/* Words that matter are coloured in a table. */
void out_color(struct out *o, bool on);
/* Where the next list begins; NULL: it is complete. Before out_end(). */
void out_next_cursor(struct out *o, const char *cursor);
/* 0, or -1: it could not be written. NULL is legal. */
int out_free(struct out *o);
/* One of a list. Values in the order of the columns. */
void out_row(struct out *o, const struct out_value *v);
int64_t out_rows(const struct out *o);
/* The list is over; total counts what a limit left out, too; -1: nobody has
 * counted. */
void out_end(struct out *o, int64_t total);
/* A single thing, alone: an object in JSON, "name: value" lines in a
 * table. Instead of out_row() and out_end(). */
void out_one(struct out *o, const struct out_value *v);

struct out_value out_text(const char *s);
struct out_value out_number(int64_t n);
struct out_value out_absent(void);
