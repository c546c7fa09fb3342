/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of a row, so that SQLite leaves out the others: comparisons
 * of members of its record, with AND, OR and NOT. A reader that takes one
 * reads exactly the rows for which it holds. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

#define CONDITION_MEMBERS 4

enum condition_kind {
	CONDITION_AND,
	CONDITION_OR,
	CONDITION_NOT,      /* of left */
	CONDITION_CONTAINS, /* one of the texts has it, ASCII case aside */
	CONDITION_TEXT,     /* is this text, or this word of its vocabulary */
	CONDITION_NUMBER,
	CONDITION_TIME,  /* 0, which is none, never holds */
	CONDITION_PREFIX /* an address within it */
};
enum condition_op {
	CONDITION_EQ,
	CONDITION_NE,
	CONDITION_LT,
	CONDITION_GT,
	CONDITION_LE,
	CONDITION_GE
};
struct condition {
	enum condition_kind kind;
	const struct condition *left, *right;
	/* Offsets in the record: CONTAINS has up to CONDITION_MEMBERS. */
	size_t members[CONDITION_MEMBERS];
	size_t n_members;
	enum condition_op op; /* TEXT and PREFIX: EQ or NE */
	const char *text;     /* borrowed while rows are read */
	int64_t number;
	struct prefix prefix;
};
