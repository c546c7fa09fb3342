/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/rank.h"

#include <stdlib.h>

struct group {
	uint64_t weight;
	uint32_t first, last; /* things, the oldest first */
	uint32_t lower, higher;
};
struct thing {
	uint32_t group, prev, next;
};
struct rank {
	uint32_t n, lowest, spare; /* spare groups are chained by higher */
	struct group *group;       /* n + 1: raising needs one more */
	struct thing *thing;
};

void rank_clear(struct rank *r)
{
	for (uint32_t i = 0; i <= r->n; i++)
		r->group[i].higher = i < r->n ? i + 1 : RANK_NONE;
	r->spare = 0;
	r->lowest = RANK_NONE;
}

struct rank *rank_new(uint32_t n)
{
	struct rank *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->n = n;
	r->group = calloc((size_t)n + 1, sizeof(*r->group));
	r->thing = calloc((size_t)n + 1, sizeof(*r->thing));
	if (r->group == NULL || r->thing == NULL) {
		rank_free(r);
		return NULL;
	}
	rank_clear(r);
	return r;
}

void rank_free(struct rank *r)
{
	if (r == NULL)
		return;
	free(r->group);
	free(r->thing);
	free(r);
}

/* Above that group; RANK_NONE: as the lowest. */
static uint32_t new_group(struct rank *r, uint32_t lower, uint64_t weight)
{
	uint32_t id = r->spare;
	struct group *g = &r->group[id];

	r->spare = g->higher;
	g->weight = weight;
	g->first = g->last = RANK_NONE;
	g->lower = lower;
	g->higher = lower == RANK_NONE ? r->lowest : r->group[lower].higher;
	if (g->higher != RANK_NONE)
		r->group[g->higher].lower = id;
	if (lower == RANK_NONE)
		r->lowest = id;
	else
		r->group[lower].higher = id;
	return id;
}

static void free_group(struct rank *r, uint32_t id)
{
	struct group *g = &r->group[id];

	if (g->lower == RANK_NONE)
		r->lowest = g->higher;
	else
		r->group[g->lower].higher = g->higher;
	if (g->higher != RANK_NONE)
		r->group[g->higher].lower = g->lower;
	g->higher = r->spare;
	r->spare = id;
}

static void join(struct rank *r, uint32_t thing, uint32_t id)
{
	struct group *g = &r->group[id];
	struct thing *t = &r->thing[thing];

	t->group = id;
	t->prev = g->last;
	t->next = RANK_NONE;
	if (g->last == RANK_NONE)
		g->first = thing;
	else
		r->thing[g->last].next = thing;
	g->last = thing;
}

static void leave(struct rank *r, uint32_t thing)
{
	const struct thing *t = &r->thing[thing];
	struct group *g = &r->group[t->group];

	if (t->prev == RANK_NONE)
		g->first = t->next;
	else
		r->thing[t->prev].next = t->next;
	if (t->next == RANK_NONE)
		g->last = t->prev;
	else
		r->thing[t->next].prev = t->prev;
}

void rank_add(struct rank *r, uint32_t thing, uint64_t weight)
{
	uint32_t lower = RANK_NONE, at = r->lowest;

	while (at != RANK_NONE && r->group[at].weight < weight) {
		lower = at;
		at = r->group[at].higher;
	}
	if (at == RANK_NONE || r->group[at].weight != weight)
		at = new_group(r, lower, weight);
	join(r, thing, at);
}

void rank_raise(struct rank *r, uint32_t thing)
{
	uint32_t from = r->thing[thing].group;
	struct group *g = &r->group[from];
	uint32_t to = g->higher;

	leave(r, thing);
	if (to == RANK_NONE || r->group[to].weight != g->weight + 1)
		to = new_group(r, from, g->weight + 1);
	if (g->first == RANK_NONE)
		free_group(r, from);
	join(r, thing, to);
}

uint64_t rank_weight(const struct rank *r, uint32_t thing)
{
	return r->group[r->thing[thing].group].weight;
}

uint32_t rank_lightest(const struct rank *r)
{
	return r->lowest == RANK_NONE ? RANK_NONE : r->group[r->lowest].first;
}

void rank_remove(struct rank *r, uint32_t thing)
{
	uint32_t id = r->thing[thing].group;

	leave(r, thing);
	if (r->group[id].first == RANK_NONE)
		free_group(r, id);
}
