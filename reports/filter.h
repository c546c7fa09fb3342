/* SPDX-License-Identifier: Apache-2.0 */
/* Filter expressions of lists, for the command line and the HTTP API:
 *
 *   kind:bot_burst score>20 -customer:C7 since:2h (state:open OR spoofed>0)
 *
 * Terms stand side by side or with AND; OR binds less; "-" or NOT before a
 * term or a bracket turns it round. FIELD OP VALUE with OP one of : = <> < >
 * <= >=; ":" of a text means "contains", of everything else "is". A value with
 * spaces or brackets stands in "quotes", \" and \\ inside. A word or phrase
 * without a field is looked for in all texts of the row. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/read.h"

#define FILTER_NODES      64
#define FILTER_DEPTH      16
#define FILTER_TEXT_BYTES 1024

enum filter_type {
	FILTER_TEXT,   /* char[] */
	FILTER_NAME,   /* char[], an identity: ":" is "=" */
	FILTER_WORD,   /* an enum, by the names of base/vocab.h */
	FILTER_NUMBER, /* int, int64_t */
	FILTER_MILLI,  /* int32_t in 1/1000, given as 20 or 20.5 */
	FILTER_REF,    /* int64_t, given as I12 or 12 */
	FILTER_TIME,   /* int64_t; 0 never matches */
	FILTER_SINCE,  /* int64_t; "since:2h" is ">=" */
	FILTER_UNTIL,  /* int64_t; "until:2h" is "<" */
	FILTER_ADDRESS /* struct addr, given as an address or prefix */
};
struct filter_field {
	const char *name;
	enum filter_type type;
	size_t offset, size;
	const char *(*word)(int v); /* FILTER_WORD */
	int count;
	char letter; /* FILTER_REF */
};
struct filter_noun {
	const char *name;
	const struct filter_field *fields;
	size_t n;
};
/* Of struct incident, struct decision, struct observation. */
extern const struct filter_noun filter_incident;
extern const struct filter_noun filter_decision;
extern const struct filter_noun filter_observation;

enum filter_op {
	FILTER_HAS,
	FILTER_EQ,
	FILTER_NE,
	FILTER_LT,
	FILTER_GT,
	FILTER_LE,
	FILTER_GE
};
enum filter_kind { FILTER_AND, FILTER_OR, FILTER_NOT, FILTER_TERM };
struct filter_node {
	enum filter_kind kind;
	int left, right;                  /* of AND, OR; NOT has left */
	const struct filter_field *field; /* NULL: any text */
	enum filter_op op;
	const char *text;
	int64_t number;
	struct prefix prefix;
};
/* May be copied only as a whole program's static: nodes point into text. */
struct filter {
	const struct filter_noun *noun;
	struct filter_node nodes[FILTER_NODES];
	int n, root; /* root -1: everything matches */
	char text[FILTER_TEXT_BYTES];
	size_t used;
	/* What the store can look for: of every row that matches it holds,
	 * and with exact of no other. NULL: nothing. */
	struct condition conditions[FILTER_NODES];
	const struct condition *where;
	bool exact;
};
struct filter_error {
	size_t at; /* byte of the expression */
	char why[200];
};

/* now_us is what 2h counts from; local: a time without a zone is that of TZ.
 * 0, or -1 with *e. */
int filter_parse(struct filter *f, const struct filter_noun *noun,
    const char *text, int64_t now_us, bool local, struct filter_error *e);
/* row: a record of the filter's noun. */
bool filter_match(const struct filter *f, const void *row);
/* Narrows r by what must hold for every match, so that the store need not
 * read the rest. r borrows from f. True when all that it then has match; else
 * filter_match() decides. */
bool filter_narrow(const struct filter *f, struct read_range *r);
/* Sets where and exact of a filter that was just parsed. */
void filter_set_where(struct filter *f);
/* The expression, and below it a caret under the character that is wrong;
 * control characters as \xNN. Returns buf. */
const char *filter_caret(
    const char *text, const struct filter_error *e, char *buf, size_t size);
