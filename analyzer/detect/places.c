/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/places.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Lists of 12, 28 and 60: with what malloc() adds, 32, 64 and 128 bytes. */
#define LIST_MAX 60

static void set(uint64_t *words, uint32_t at)
{
	words[at / 64] |= UINT64_C(1) << at % 64;
}

static const uint16_t *sorted(const struct places *p)
{
	return p->cap == 0 ? p->u.few : p->u.list;
}

void places_words(const struct places *p, uint64_t words[static PLACES_WORDS])
{
	if (p->cap == PLACES_MAX) {
		memcpy(words, p->u.bits, PLACES_WORDS * sizeof(*words));
		return;
	}
	memset(words, 0, PLACES_WORDS * sizeof(*words));
	for (uint32_t i = 0; i < p->n; i++)
		set(words, sorted(p)[i]);
}

static int become_bits(struct places *p)
{
	uint64_t *bits = malloc(PLACES_WORDS * sizeof(*bits));

	if (bits == NULL)
		return -1;
	places_words(p, bits);
	free(p->u.list);
	p->u.bits = bits;
	p->cap = PLACES_MAX;
	return 0;
}

static int grow(struct places *p)
{
	uint32_t room = p->cap == 0 ? PLACES_FEW : p->cap;
	uint32_t cap = room * 2 + 4;
	uint16_t *list;

	if (room == LIST_MAX)
		return become_bits(p);
	list = malloc(cap * sizeof(*list));
	if (list == NULL)
		return -1;
	memcpy(list, sorted(p), p->n * sizeof(*list));
	if (p->cap != 0)
		free(p->u.list);
	p->u.list = list;
	p->cap = (uint16_t)cap;
	return 0;
}

static int add_bit(struct places *p, uint32_t at)
{
	uint64_t was = p->u.bits[at / 64];

	set(p->u.bits, at);
	if (p->u.bits[at / 64] == was)
		return 0;
	p->n++;
	return 1;
}

/* The first that is not below at. */
static uint32_t lower_bound(const struct places *p, uint32_t at)
{
	uint32_t from = 0, to = p->n;

	while (from < to) {
		uint32_t mid = (from + to) / 2;

		if (sorted(p)[mid] < at)
			from = mid + 1;
		else
			to = mid;
	}
	return from;
}

bool places_has(const struct places *p, uint32_t at)
{
	uint32_t i;

	assert(at < PLACES_MAX);
	if (p->cap == PLACES_MAX)
		return (p->u.bits[at / 64] >> at % 64 & 1) != 0;
	i = lower_bound(p, at);
	return i < p->n && sorted(p)[i] == at;
}

int places_add(struct places *p, uint32_t at)
{
	uint32_t i;
	uint16_t *v;

	assert(at < PLACES_MAX);
	if (p->cap == PLACES_MAX)
		return add_bit(p, at);
	i = lower_bound(p, at);
	if (i < p->n && sorted(p)[i] == at)
		return 0;
	if (p->n == (p->cap == 0 ? PLACES_FEW : p->cap) && grow(p) == -1)
		return -1;
	if (p->cap == PLACES_MAX)
		return add_bit(p, at);
	v = p->cap == 0 ? p->u.few : p->u.list;
	memmove(v + i + 1, v + i, (p->n - i) * sizeof(*v));
	v[i] = (uint16_t)at;
	p->n++;
	return 1;
}

void places_clear(struct places *p)
{
	if (p->cap != 0)
		free(p->cap == PLACES_MAX ? (void *)p->u.bits : p->u.list);
	memset(p, 0, sizeof(*p));
}
