/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/ahead.h"

#include <stdlib.h>
#include <string.h>

/* Packets between two steps: what a step asked for has come by then. */
#define STEP 4

struct slot {
	struct packet p;
	uint32_t hash;
	uint8_t *copy; /* of the IP packet, when there is payload */
	size_t cap;
};

struct ahead {
	struct track *track;
	struct counters *counters;
	unsigned int first, n;
	struct slot slot[AHEAD_PACKETS];
};

_Static_assert((AHEAD_PACKETS & (AHEAD_PACKETS - 1)) == 0, "a ring");
_Static_assert(AHEAD_PACKETS >= TRACK_FETCHES * STEP, "too few to wait for");

struct ahead *ahead_new(struct track *t, struct counters *c)
{
	struct ahead *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->track = t;
	a->counters = c;
	return a;
}

void ahead_free(struct ahead *a)
{
	if (a == NULL)
		return;
	for (int i = 0; i < AHEAD_PACKETS; i++) {
		if (a->slot[i].copy != NULL)
			explicit_bzero(a->slot[i].copy, a->slot[i].cap);
		free(a->slot[i].copy);
	}
	free(a);
}

static struct slot *slot_at(struct ahead *a, unsigned int n)
{
	return &a->slot[(a->first + n) % AHEAD_PACKETS];
}

static bool make_room(struct slot *s, size_t len)
{
	uint8_t *copy;

	if (len <= s->cap)
		return true;
	if (len < 2048)
		len = 2048;
	copy = realloc(s->copy, len);
	if (copy == NULL)
		return false;
	s->copy = copy;
	s->cap = len;
	return true;
}

/* The packet's memory is the source's or the parser's. */
static bool keep(struct slot *s, const struct packet *p)
{
	bool inside = p->ip != NULL && p->payload >= p->ip &&
		      p->payload + p->len <= p->ip + p->ip_len;
	const uint8_t *from = inside ? p->ip : p->payload;
	size_t len = inside ? p->ip_len : p->len;

	s->p = *p;
	if (p->len == 0) {
		s->p.payload = s->p.ip = NULL;
		return true;
	}
	if (!make_room(s, len))
		return false;
	memcpy(s->copy, from, len);
	s->p.payload = s->copy + (p->payload - from);
	s->p.ip = inside ? s->copy : NULL;
	s->p.ip_len = inside ? len : 0;
	return true;
}

void ahead_put(struct ahead *a, const struct packet *p)
{
	struct slot *s = slot_at(a, a->n);

	if (!keep(s, p)) {
		counter_add(a->counters, COUNTER_NO_MEMORY, 1);
		return;
	}
	s->hash = track_hash(a->track, p);
	a->n++;
	for (unsigned int step = 0; step < TRACK_FETCHES; step++) {
		if (a->n <= step * STEP)
			break;
		s = slot_at(a, a->n - 1 - step * STEP);
		track_fetch(a->track, &s->p, s->hash, step);
	}
}

unsigned int ahead_count(const struct ahead *a, int64_t *ts_us)
{
	if (a->n > 0)
		*ts_us = a->slot[a->first].p.ts_us;
	return a->n;
}

void ahead_work(struct ahead *a)
{
	const struct slot *s = slot_at(a, 0);

	track_hashed(a->track, &s->p, s->hash);
	a->first = (a->first + 1) % AHEAD_PACKETS;
	a->n--;
}
