/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/due.h"

#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "analyzer/detect/customer.h"

static int compare(int64_t a_us, const char *a, int64_t b_us, const char *b)
{
	if (a_us != b_us)
		return a_us < b_us ? -1 : 1;
	return strcmp(a, b);
}

static int before(const struct customer *a, const struct customer *b)
{
	return compare(a->due_us, a->id, b->due_us, b->id) < 0;
}

static void put(struct due_heap *h, size_t at, struct customer *c)
{
	h->v[at].c = c;
	c->heap_at = (uint32_t)at;
}

static void sift(struct due_heap *h, size_t at, struct customer *c)
{
	size_t child;

	for (; at > 1 && before(c, h->v[at / 2].c); at /= 2)
		put(h, at, h->v[at / 2].c);
	for (; (child = at * 2) <= h->n; at = child) {
		if (child < h->n && before(h->v[child + 1].c, h->v[child].c))
			child++;
		if (!before(h->v[child].c, c))
			break;
		put(h, at, h->v[child].c);
	}
	put(h, at, c);
}

static void take_out(struct due_heap *h, struct customer *c)
{
	size_t at = c->heap_at;
	struct customer *last = h->v[h->n--].c;

	c->heap_at = 0;
	if (last != c)
		sift(h, at, last);
}

int due_set(struct due_heap *h, struct customer *c, int64_t due_us)
{
	if (due_us == INT64_MAX) {
		if (c->heap_at != 0)
			take_out(h, c);
		return 0;
	}
	if (c->heap_at != 0 && c->due_us == due_us)
		return 0;
	c->due_us = due_us;
	if (c->heap_at == 0) {
		if (!ROOM_FOR_ONE(h->v, h->n + 1, h->cap))
			return -1;
		c->heap_at = (uint32_t)++h->n;
	}
	sift(h, c->heap_at, c);
	return 0;
}

int64_t due_next(const struct due_heap *h)
{
	return h->n == 0 ? INT64_MAX : h->v[1].c->due_us;
}

/* Walks only the part of the heap that is due, without recursion: the next
 * node in pre-order, skipping the children of one that is not due. */
static size_t walk(const struct due_heap *h, size_t at, int descend)
{
	if (descend && at * 2 <= h->n)
		return at * 2;
	while (at > 1 && ((at & 1) == 1 || at + 1 > h->n))
		at /= 2;
	return at <= 1 ? 0 : at + 1;
}

const struct customer *due_after(const struct due_heap *h, int64_t now_us,
    int64_t after_us, const char *after_id)
{
	const struct customer *best = NULL;
	size_t at = h->n == 0 ? 0 : 1;

	while (at != 0) {
		const struct customer *c = h->v[at].c;
		int due = c->due_us <= now_us;

		if (due && compare(c->due_us, c->id, after_us, after_id) > 0 &&
		    (best == NULL || before(c, best)))
			best = c;
		at = walk(h, at, due);
	}
	return best;
}

void due_free(struct due_heap *h)
{
	free(h->v);
	memset(h, 0, sizeof(*h));
}
