/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine knows as bytes, and back: one function for each struct does
 * both, so that none can write what the other does not read. Numbers take as
 * many bytes as they need (LEB128 of their zigzag), keys eight.
 *
 * A field more: add it to its function, raise STATE_FORM, and read it only
 * where state->form says that it is there. test_engine_state.c knows the sizes
 * of the structs, to remind you. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/detect/keyset.h"

#define STATE_FORM 3

struct state {
	bool load; /* from bytes; else to them */
	int form;
	/* load: the next bytes. save: what is not yet taken */
	uint8_t *bytes;
	size_t at, len, cap;
	/* save: takes full pieces; 0, or not and it fails. load: gives more
	 * bytes, as many as *len says; 0 of them: the end */
	int (*move)(void *arg, uint8_t *bytes, size_t *len);
	void *arg;
	const char *failed; /* why; NULL: nothing has */
};

/* Enough for any single value. */
#define STATE_PIECE 65536

/* 0, or -1 without memory. */
int state_begin(struct state *s, bool load,
    int (*move)(void *arg, uint8_t *bytes, size_t *len), void *arg);
/* save: the rest is moved. load: nothing must be left. 0, or -1. */
int state_end(struct state *s);

void state_fail(struct state *s, const char *why);
void state_number(struct state *s, int64_t *v);
void state_key(struct state *s, uint64_t *v);
void state_text(struct state *s, char *text, size_t size);
void state_raw(struct state *s, void *bytes, size_t len);
void state_keyset(struct state *s, struct keyset *k);
/* How many follow: at most max. When loading, allocates as many. */
uint32_t state_count(struct state *s, uint32_t n, uint32_t max);
/* Zeroed room for n of size bytes, n 0 too; NULL: no memory, and it failed. */
void *state_room(struct state *s, uint32_t n, size_t size);
/* A number of any width. */
#define STATE(s, field)                                                        \
	do {                                                                   \
		int64_t state_v = (int64_t)(field);                            \
		state_number((s), &state_v);                                   \
		if ((s)->load)                                                 \
			(field) = (__typeof__(field))state_v;                  \
	} while (0)
