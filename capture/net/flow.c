/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/net/flow.h"

#include <stdlib.h>
#include <string.h>

#define SLAB_FLOWS 512

struct slab {
	struct slab *next;
	struct flow flow[SLAB_FLOWS];
};

struct list {
	struct flow *first, *last;
	size_t n;
};

struct flow_table {
	size_t max, n, mask;
	uint64_t key[2];
	uint64_t last_id;
	struct flow **bucket;
	struct flow *unused; /* by hash_next */
	struct slab *slabs;
	struct list list[FLOW_LISTS];
};

static uint64_t rotl(uint64_t v, int n)
{
	return v << n | v >> (64 - n);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[0] = rotl(v[0], 32);
	v[2] += v[3];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[2] = rotl(v[2], 32);
}

/* SipHash-1-3 (Aumasson, Bernstein 2012) over whole words: the key is of
 * one length, so no padding is needed. */
static uint64_t siphash(const uint64_t key[2], const uint64_t *m, size_t n)
{
	uint64_t v[4] = {key[0] ^ 0x736f6d6570736575,
	    key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
	    key[1] ^ 0x7465646279746573};

	for (size_t i = 0; i < n; i++) {
		v[3] ^= m[i];
		sip_round(v);
		v[0] ^= m[i];
	}
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Both directions of a connection hash alike. */
static size_t hash(const struct flow_table *t, const struct addr *a,
    uint16_t a_port, const struct addr *b, uint16_t b_port)
{
	uint64_t m[5];
	int order = addr_compare(a, b);

	if (order > 0 || (order == 0 && a_port > b_port)) {
		const struct addr *addr = a;
		uint16_t port = a_port;

		a = b;
		a_port = b_port;
		b = addr;
		b_port = port;
	}
	memcpy(m, a->b, 16);
	memcpy(m + 2, b->b, 16);
	m[4] = (uint64_t)a_port << 16 | b_port;
	return (size_t)siphash(t->key, m, 5) & t->mask;
}

struct flow_table *flow_table_new(size_t max, const uint8_t seed[16])
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
	t->bucket = calloc(buckets, sizeof(struct flow *));
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
		free(s);
	}
	free(t->bucket);
	free(t);
}

static bool is_side(
    const struct flow *f, enum flow_side side, const struct packet *p)
{
	enum flow_side other = side == FLOW_CLIENT ? FLOW_SERVER : FLOW_CLIENT;

	return f->port[side] == p->sport && f->port[other] == p->dport &&
	       addr_equal(&f->addr[side], &p->src) &&
	       addr_equal(&f->addr[other], &p->dst);
}

struct flow *flow_find(
    struct flow_table *t, const struct packet *p, enum flow_side *side)
{
	size_t h = hash(t, &p->src, p->sport, &p->dst, p->dport);

	for (struct flow *f = t->bucket[h]; f != NULL; f = f->hash_next) {
		*side = FLOW_CLIENT;
		if (is_side(f, FLOW_CLIENT, p))
			return f;
		*side = FLOW_SERVER;
		if (is_side(f, FLOW_SERVER, p))
			return f;
	}
	return NULL;
}

bool flow_table_is_full(const struct flow_table *t)
{
	return t->n >= t->max;
}

size_t flow_table_count(const struct flow_table *t)
{
	return t->n;
}

struct flow *flow_victim(const struct flow_table *t)
{
	const struct list *l = t->list;

	if (l[FLOW_CLOSED].first != NULL)
		return l[FLOW_CLOSED].first;
	if (l[FLOW_SYN].n >= t->max / 4 || l[FLOW_OPEN].first == NULL)
		return l[FLOW_SYN].first;
	return l[FLOW_OPEN].first;
}

static void unlink_flow(struct flow_table *t, struct flow *f)
{
	struct list *l = &t->list[f->list];

	if (f->prev != NULL)
		f->prev->next = f->next;
	else
		l->first = f->next;
	if (f->next != NULL)
		f->next->prev = f->prev;
	else
		l->last = f->prev;
	l->n--;
}

static void append_flow(
    struct flow_table *t, struct flow *f, enum flow_list list)
{
	struct list *l = &t->list[list];

	f->list = list;
	f->next = NULL;
	f->prev = l->last;
	if (l->last != NULL)
		l->last->next = f;
	else
		l->first = f;
	l->last = f;
	l->n++;
}

static struct flow *take_unused(struct flow_table *t)
{
	struct flow *f = t->unused;

	if (f == NULL) {
		struct slab *s = calloc(1, sizeof(*s));

		if (s == NULL)
			return NULL;
		s->next = t->slabs;
		t->slabs = s;
		for (size_t i = 1; i < SLAB_FLOWS; i++) {
			s->flow[i].hash_next = t->unused;
			t->unused = &s->flow[i];
		}
		return &s->flow[0];
	}
	t->unused = f->hash_next;
	return f;
}

struct flow *flow_add(struct flow_table *t, const struct addr *client,
    uint16_t client_port, const struct addr *server, uint16_t server_port,
    int64_t now_us)
{
	size_t h = hash(t, client, client_port, server, server_port);
	struct flow *f;

	if (flow_table_is_full(t))
		return NULL;
	f = take_unused(t);
	if (f == NULL)
		return NULL;
	memset(f, 0, sizeof(*f));
	f->id = ++t->last_id;
	f->addr[FLOW_CLIENT] = *client;
	f->addr[FLOW_SERVER] = *server;
	f->port[FLOW_CLIENT] = client_port;
	f->port[FLOW_SERVER] = server_port;
	f->start_us = f->last_us = now_us;
	f->hash_next = t->bucket[h];
	t->bucket[h] = f;
	append_flow(t, f, FLOW_SYN);
	t->n++;
	return f;
}

void flow_touch(
    struct flow_table *t, struct flow *f, enum flow_list list, int64_t now_us)
{
	f->last_us = now_us;
	unlink_flow(t, f);
	append_flow(t, f, list);
}

void flow_remove(struct flow_table *t, struct flow *f)
{
	size_t h = hash(t, &f->addr[FLOW_CLIENT], f->port[FLOW_CLIENT],
	    &f->addr[FLOW_SERVER], f->port[FLOW_SERVER]);
	struct flow **at = &t->bucket[h];

	while (*at != f)
		at = &(*at)->hash_next;
	*at = f->hash_next;
	unlink_flow(t, f);
	f->hash_next = t->unused;
	t->unused = f;
	t->n--;
}

struct flow *flow_oldest(const struct flow_table *t, enum flow_list list)
{
	return t->list[list].first;
}
