/* SPDX-License-Identifier: Apache-2.0 */
/* A set of places below PLACES_MAX, exact whatever it holds: the first four
 * stand in the struct itself, the next in a sorted list, and when that would
 * be as large as one bit a place, they are bits. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PLACES_MAX   2048
#define PLACES_FEW   4
#define PLACES_WORDS (PLACES_MAX / 64)

/* All zero is an empty set. */
struct places {
	union {
		uint16_t few[PLACES_FEW];
		uint16_t *list;
		uint64_t *bits;
	} u;
	uint16_t n;
	uint16_t cap; /* of the list; 0: few; PLACES_MAX: bits */
};

/* 1: new; 0: it is in the set; -1: no memory, and the set is as it was. */
int places_add(struct places *p, uint32_t at);
bool places_has(const struct places *p, uint32_t at);
/* The set as bits, place 0 being the lowest of the first word. */
void places_words(const struct places *p, uint64_t words[static PLACES_WORDS]);
void places_clear(struct places *p); /* frees, empty again */
