/* SPDX-License-Identifier: Apache-2.0 */
/* What an observation consists of, by the table that reads and writes it: for
 * whoever shows all of a row and need not know each column. */
#pragma once

#include <stddef.h>

#include "store/rows.h"

enum member_type {
	MEMBER_NUMBER, /* unsigned 64 bits: as their bits */
	MEMBER_FLAG,
	MEMBER_TIME, /* microseconds since the epoch, UTC */
	MEMBER_TEXT, /* a word, too: its name in base/vocab.h */
	MEMBER_BYTES /* struct addr, hash, blob */
};
struct member {
	const char *column; /* its name in the store */
	enum member_type type;
	bool absent; /* the store has NULL there */
	int64_t number;
	const char *text;     /* borrowed from the row */
	const uint8_t *bytes; /* likewise */
	size_t len;
};

/* The i-th, from 0, in the order of the columns. False: there are no more. */
bool observation_member(
    const struct observation *o, size_t i, struct member *m);
