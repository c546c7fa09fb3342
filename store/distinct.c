/* SPDX-License-Identifier: Apache-2.0 */
#include "store/distinct.h"

#include <stdlib.h>
#include <string.h>

#include "base/siphash.h"
#include "store/rows.h"

#define FIRST_SLOTS 4096 /* a power of two, as all */

static uint64_t hash_of(const char *name)
{
	/* What counts is one the same in every run. */
	static const uint64_t key[2] = {0, 1};
	uint64_t words[ROW_ID_LEN / 8] = {0}, h;

	memcpy(words, name, strnlen(name, sizeof(words)));
	h = siphash(key, words, sizeof(words) / sizeof(words[0]));
	return h != 0 ? h : 1;
}

static uint64_t *slot_of(uint64_t *slots, size_t cap, uint64_t h)
{
	size_t at = h & (cap - 1);

	while (slots[at] != 0 && slots[at] != h)
		at = (at + 1) & (cap - 1);
	return &slots[at];
}

static int grow(struct distinct *d)
{
	size_t cap = d->cap > 0 ? 2 * d->cap : FIRST_SLOTS;
	uint64_t *slots = calloc(cap, sizeof(*slots));

	if (!slots)
		return -1;
	for (size_t i = 0; i < d->cap; i++)
		if (d->slots[i] != 0)
			*slot_of(slots, cap, d->slots[i]) = d->slots[i];
	free(d->slots);
	d->slots = slots;
	d->cap = cap;
	return 0;
}

int distinct_add(struct distinct *d, const char *name)
{
	uint64_t h = hash_of(name), *slot;

	if (2 * d->n >= d->cap && grow(d) != 0)
		return -1;
	slot = slot_of(d->slots, d->cap, h);
	d->n += *slot == 0;
	*slot = h;
	return 0;
}

void distinct_empty(struct distinct *d)
{
	if (d->n > 0)
		memset(d->slots, 0, d->cap * sizeof(*d->slots));
	d->n = 0;
}

void distinct_free(struct distinct *d)
{
	free(d->slots);
	*d = (struct distinct){0};
}
