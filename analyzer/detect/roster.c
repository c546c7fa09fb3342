/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/roster.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/detect/customer.h"
#include "analyzer/detect/keyset.h"

#define FIRST 64
#define LINE  64 /* bytes of a line of the cache */

static uint64_t hash_of(const char *id)
{
	return key_of_name(id, strlen(id));
}

/* A row touches most of it: the lines come while the name is compared. */
static void fetch(const struct customer *c)
{
	for (size_t at = 0; at < sizeof(*c); at += LINE)
		__builtin_prefetch((const char *)c + at);
}

struct customer *roster_find(const struct roster *r, const char *id)
{
	uint64_t hash = hash_of(id);
	size_t mask = r->cap - 1;

	if (r->cap == 0)
		return NULL;
	for (size_t i = hash & mask; r->v[i].c != NULL; i = (i + 1) & mask) {
		if (r->v[i].hash != hash)
			continue;
		fetch(r->v[i].c);
		if (strcmp(r->v[i].c->id, id) == 0)
			return r->v[i].c;
	}
	return NULL;
}

static void insert(struct roster_place *v, size_t cap, struct roster_place p)
{
	size_t i = p.hash & (cap - 1);

	while (v[i].c != NULL)
		i = (i + 1) & (cap - 1);
	v[i] = p;
}

static int grow(struct roster *r)
{
	size_t cap = r->cap == 0 ? FIRST : r->cap * 2;
	struct roster_place *v = calloc(cap, sizeof(*v));

	if (v == NULL)
		return -1;
	for (size_t i = 0; i < r->cap; i++)
		if (r->v[i].c != NULL)
			insert(v, cap, r->v[i]);
	free(r->v);
	r->v = v;
	r->cap = cap;
	return 0;
}

int roster_add(struct roster *r, struct customer *c)
{
	if (r->n * 4 >= r->cap * 3 && grow(r) == -1)
		return -1;
	insert(r->v, r->cap, (struct roster_place){hash_of(c->id), c});
	r->n++;
	return 0;
}

/* Those behind move up, unless that takes them before their own place. */
void roster_remove(struct roster *r, const struct customer *c)
{
	size_t mask = r->cap - 1;
	size_t gap = hash_of(c->id) & mask, i;

	while (r->v[gap].c != c)
		gap = (gap + 1) & mask;
	for (i = (gap + 1) & mask; r->v[i].c != NULL; i = (i + 1) & mask) {
		size_t home = r->v[i].hash & mask;

		if (((i - home) & mask) < ((i - gap) & mask))
			continue;
		r->v[gap] = r->v[i];
		gap = i;
	}
	r->v[gap] = (struct roster_place){0, NULL};
	r->n--;
}

void roster_free(struct roster *r)
{
	free(r->v);
	memset(r, 0, sizeof(*r));
}
