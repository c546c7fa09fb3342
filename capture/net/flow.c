/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/net/flow.h"

#include <stdlib.h>
#include <string.h>

#include "base/huge.h"
#include "base/prefetch.h"
#include "base/siphash.h"
#include "capture/net/expiry.h"

/* A slab is a huge page, but for a small table. */
#define SLAB_FLOWS ((HUGE_PAGE_BYTES - 16) / sizeof(struct flow))
/* What every packet touches. */
#define FLOW_HOT_BYTES offsetof(struct flow, id)

struct slab {
	struct slab *next;
	uint32_t n, used; /* flows; of them, at least once */
	struct flow flow[];
};

struct flow_table {
	size_t max, n, mask;
	uint64_t key[2];
	uint64_t last_id;
	struct flow **bucket;
	struct flow *unused; /* by hash_next */
	struct slab *slabs;
	struct expiry expiry;
};

static size_t slab_bytes(size_t flows)
{
	return sizeof(struct slab) + flows * sizeof(struct flow);
}

static inline uint64_t word_at(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline bool is_v4(const struct addr *a)
{
	static const uint8_t mapped[12] = {
	    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	return memcmp(a->b, mapped, sizeof(mapped)) == 0;
}

/* Both directions of a connection hash alike. */
uint32_t flow_hash(const struct flow_table *t, const struct packet *p)
{
	const struct addr *a = &p->src, *b = &p->dst;
	uint64_t m[5], a_port = p->sport, b_port = p->dport, h;
	int order = memcmp(a->b, b->b, sizeof(a->b));

	if (order > 0 || (order == 0 && a_port > b_port)) {
		a = &p->dst;
		b = &p->src;
		a_port = p->dport;
		b_port = p->sport;
	}
	if (is_v4(a) && is_v4(b)) {
		m[0] =
		    (word_at(a->b + 8) >> 32) << 32 | word_at(b->b + 8) >> 32;
		m[1] = a_port << 16 | b_port;
		h = siphash(t->key, m, 2);
	} else {
		m[0] = word_at(a->b);
		m[1] = word_at(a->b + 8);
		m[2] = word_at(b->b);
		m[3] = word_at(b->b + 8);
		m[4] = UINT64_C(1) << 32 | a_port << 16 | b_port;
		h = siphash(t->key, m, 5);
	}
	return (uint32_t)h;
}

struct flow_table *flow_table_new(
    size_t max, const uint8_t seed[16], const int64_t timeout_us[FLOW_LISTS])
{
	struct flow_table *t = calloc(1, sizeof(*t));
	size_t buckets = 64;

	if (t == NULL)
		return NULL;
	while (buckets < max)
		buckets *= 2;
	t->max = max;
	t->mask = buckets - 1;
	memcpy(t->key, seed, sizeof(t->key));
	memcpy(t->expiry.timeout_us, timeout_us, sizeof(t->expiry.timeout_us));
	t->bucket = huge_new(buckets * sizeof(struct flow *));
	if (t->bucket == NULL) {
		free(t);
		return NULL;
	}
	return t;
}

void flow_table_free(struct flow_table *t)
{
	if (t == NULL)
		return;
	while (t->slabs != NULL) {
		struct slab *s = t->slabs;

		t->slabs = s->next;
		huge_free(s, slab_bytes(s->n));
	}
	huge_free(t->bucket, (t->mask + 1) * sizeof(struct flow *));
	free(t);
}

struct flow *flow_find(struct flow_table *t, const struct packet *p,
    uint32_t hash, enum flow_side *side)
{
	struct flow *f = t->bucket[hash & t->mask];

	for (; f != NULL; f = f->hash_next) {
		if (f->hash != hash)
			continue;
		if (f->port[FLOW_CLIENT] == p->sport &&
		    f->port[FLOW_SERVER] == p->dport &&
		    addr_equal(&f->addr[FLOW_CLIENT], &p->src) &&
		    addr_equal(&f->addr[FLOW_SERVER], &p->dst)) {
			*side = FLOW_CLIENT;
			return f;
		}
		if (f->port[FLOW_SERVER] == p->sport &&
		    f->port[FLOW_CLIENT] == p->dport &&
		    addr_equal(&f->addr[FLOW_SERVER], &p->src) &&
		    addr_equal(&f->addr[FLOW_CLIENT], &p->dst)) {
			*side = FLOW_SERVER;
			return f;
		}
	}
	return NULL;
}

void flow_fetch_bucket(const struct flow_table *t, uint32_t hash)
{
	prefetch(&t->bucket[hash & t->mask], 1);
}

void flow_fetch(const struct flow_table *t, uint32_t hash)
{
	prefetch(t->bucket[hash & t->mask], FLOW_HOT_BYTES);
}

const struct flow *flow_peek(const struct flow_table *t, uint32_t hash)
{
	const struct flow *f = t->bucket[hash & t->mask];

	return f != NULL && f->hash == hash ? f : NULL;
}

bool flow_table_is_full(const struct flow_table *t)
{
	return t->n >= t->max;
}

size_t flow_table_count(const struct flow_table *t)
{
	return t->n;
}

struct flow *flow_victim(struct flow_table *t)
{
	struct expiry *e = &t->expiry;

	if (e->ready != NULL)
		return e->ready;
	if (e->wheel[FLOW_CLOSED].n > 0)
		return expiry_idlest(e, FLOW_CLOSED);
	if (e->wheel[FLOW_SYN].n >= t->max / 4 || e->wheel[FLOW_OPEN].n == 0)
		return expiry_idlest(e, FLOW_SYN);
	return expiry_idlest(e, FLOW_OPEN);
}

static struct slab *add_slab(struct flow_table *t)
{
	size_t n = t->max < SLAB_FLOWS ? t->max : SLAB_FLOWS;
	struct slab *s = huge_new(slab_bytes(n));

	if (s == NULL)
		return NULL;
	s->n = (uint32_t)n;
	s->next = t->slabs;
	t->slabs = s;
	return s;
}

static struct flow *take_unused(struct flow_table *t)
{
	struct flow *f = t->unused;
	struct slab *s = t->slabs;

	if (f != NULL) {
		t->unused = f->hash_next;
		return f;
	}
	if (s == NULL || s->used == s->n)
		s = add_slab(t);
	return s != NULL ? &s->flow[s->used++] : NULL;
}

struct flow *flow_add(struct flow_table *t, const struct packet *p,
    uint32_t hash, bool client_is_src, int64_t now_us)
{
	enum flow_side src = client_is_src ? FLOW_CLIENT : FLOW_SERVER;
	enum flow_side dst = client_is_src ? FLOW_SERVER : FLOW_CLIENT;
	struct flow **bucket = &t->bucket[hash & t->mask], *f;

	if (flow_table_is_full(t))
		return NULL;
	f = take_unused(t);
	if (f == NULL)
		return NULL;
	memset(f, 0, sizeof(*f));
	f->id = ++t->last_id;
	f->hash = hash;
	f->addr[src] = p->src;
	f->addr[dst] = p->dst;
	f->port[src] = p->sport;
	f->port[dst] = p->dport;
	f->start_us = f->last_us = now_us;
	f->hash_next = *bucket;
	*bucket = f;
	expiry_add(&t->expiry, f);
	t->n++;
	return f;
}

void flow_touch(
    struct flow_table *t, struct flow *f, enum flow_list list, int64_t now_us)
{
	f->last_us = now_us;
	if (f->list == list && !f->due)
		return;
	expiry_remove(&t->expiry, f);
	f->list = (uint8_t)list;
	expiry_add(&t->expiry, f);
}

void flow_remove(struct flow_table *t, struct flow *f)
{
	struct flow **at = &t->bucket[f->hash & t->mask];

	while (*at != f)
		at = &(*at)->hash_next;
	*at = f->hash_next;
	expiry_remove(&t->expiry, f);
	f->hash_next = t->unused;
	t->unused = f;
	t->n--;
}

int64_t flow_due_us(const struct flow_table *t, const struct flow *f)
{
	return expiry_due_us(&t->expiry, f);
}

struct flow *flow_next_due(struct flow_table *t, int64_t now_us)
{
	return expiry_next_due(&t->expiry, now_us);
}

struct flow *flow_next(struct flow_table *t)
{
	return expiry_next(&t->expiry);
}
