/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/huge.h"

#define PLACES_MIN 64u

static size_t places_of(const struct index *ix)
{
	return ix->mask ? (size_t)ix->mask + 1 : 0;
}

/* A small one needs no pages of its own. */
static struct index_place *table_new(size_t places)
{
	size_t bytes = places * sizeof(struct index_place);

	return bytes < HUGE_PAGE_BYTES ? calloc(1, bytes) : huge_new(bytes);
}

static void table_free(struct index_place *v, size_t places)
{
	size_t bytes = places * sizeof(struct index_place);

	if (bytes < HUGE_PAGE_BYTES)
		free(v);
	else
		huge_free(v, bytes);
}

void index_clear(struct index *ix)
{
	table_free(ix->v, places_of(ix));
	memset(ix, 0, sizeof(*ix));
}

uint32_t *index_find(const struct index *ix, uint64_t hash, index_same same,
    const void *owner, const void *key)
{
	uint32_t tag = (uint32_t)hash;

	if (ix->mask == 0)
		return NULL;
	for (uint32_t i = tag & ix->mask; ix->v[i].number != 0;
	     i = (i + 1) & ix->mask)
		if (ix->v[i].tag == tag && same(owner, ix->v[i].number, key))
			return &ix->v[i].number;
	return NULL;
}

static void put(struct index *ix, uint32_t tag, uint32_t number)
{
	uint32_t i = tag & ix->mask;

	while (ix->v[i].number != 0)
		i = (i + 1) & ix->mask;
	ix->v[i] = (struct index_place){tag, number};
}

static int grow(struct index *ix)
{
	uint32_t places = ix->mask ? 2 * (ix->mask + 1) : PLACES_MIN;
	struct index bigger = {.mask = places - 1, .n = ix->n};

	bigger.v = table_new(places);
	if (bigger.v == NULL)
		return -1;
	for (uint32_t i = 0; ix->mask && i <= ix->mask; i++)
		if (ix->v[i].number != 0)
			put(&bigger, ix->v[i].tag, ix->v[i].number);
	table_free(ix->v, places_of(ix));
	*ix = bigger;
	return 0;
}

int index_add(struct index *ix, uint64_t hash, uint32_t number)
{
	/* three quarters full at most */
	if ((ix->mask == 0 || ix->n >= ix->mask / 4 * 3) && grow(ix) != 0)
		return -1;
	put(ix, (uint32_t)hash, number);
	ix->n++;
	return 0;
}

/* Those behind it that a gap would hide move up (Knuth 6.4, algorithm R). */
void index_drop(struct index *ix, uint32_t *number)
{
	struct index_place *p =
	    (struct index_place *)((char *)number -
				   offsetof(struct index_place, number));
	uint32_t gap = (uint32_t)(p - ix->v), i = gap;

	ix->n--;
	for (;;) {
		uint32_t home;

		ix->v[gap].number = 0;
		do {
			i = (i + 1) & ix->mask;
			if (ix->v[i].number == 0)
				return;
			home = ix->v[i].tag & ix->mask;
		} while (gap <= i ? gap < home && home <= i
				  : gap < home || home <= i);
		ix->v[gap] = ix->v[i];
		gap = i;
	}
}

size_t index_bytes(const struct index *ix)
{
	return places_of(ix) * sizeof(*ix->v);
}
