/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/net/frag.h"

#include <stdlib.h>
#include <string.h>

#include "base/siphash.h"

#define BUCKETS        1024
#define DATAGRAM_BYTES 65535
#define HEAD_MAX       256 /* more than all extension headers that are read */

/* Bytes [from, to) of the data. Sorted, without overlap. */
struct piece {
	struct piece *next;
	uint32_t from, to;
	uint8_t data[];
};

struct datagram {
	struct datagram *hash_next, *older, *newer;
	struct frag_key key;
	uint32_t bucket;
	int64_t first_us;
	struct piece *pieces;
	size_t n_pieces, bytes;
	uint32_t have, total; /* total 0: the last fragment did not come */
	bool refused;         /* kept so that the rest is refused, too */
	uint8_t head[HEAD_MAX];
	size_t head_len; /* 0: the first fragment did not come */
};

struct frag_table {
	struct counters *counters;
	uint64_t seed[2];
	size_t max_bytes, bytes, n;
	struct datagram *oldest, *newest;
	struct datagram *bucket[BUCKETS];
	uint8_t whole[HEAD_MAX + DATAGRAM_BYTES];
};

struct frag_table *frag_table_new(
    struct counters *c, size_t max_bytes, const uint8_t seed[16])
{
	struct frag_table *t = calloc(1, sizeof(*t));

	if (t == NULL)
		return NULL;
	t->counters = c;
	t->max_bytes = max_bytes;
	memcpy(t->seed, seed, sizeof(t->seed));
	return t;
}

static void drop_pieces(struct frag_table *t, struct datagram *d)
{
	while (d->pieces != NULL) {
		struct piece *p = d->pieces;

		d->pieces = p->next;
		free(p);
	}
	t->bytes -= d->bytes;
	d->bytes = 0;
	d->n_pieces = 0;
}

static void drop(struct frag_table *t, struct datagram *d)
{
	struct datagram **at = &t->bucket[d->bucket];

	while (*at != d)
		at = &(*at)->hash_next;
	*at = d->hash_next;
	if (t->oldest == d)
		t->oldest = d->newer;
	else
		d->older->newer = d->newer;
	if (t->newest == d)
		t->newest = d->older;
	else
		d->newer->older = d->older;
	drop_pieces(t, d);
	t->bytes -= sizeof(*d);
	t->n--;
	free(d);
}

void frag_table_free(struct frag_table *t)
{
	if (t == NULL)
		return;
	while (t->oldest != NULL)
		drop(t, t->oldest);
	free(t);
}

static uint32_t bucket_of(const struct frag_table *t, const struct frag_key *k)
{
	uint64_t m[6];

	memcpy(m, k->src.b, 16);
	memcpy(m + 2, k->dst.b, 16);
	m[4] = k->context;
	m[5] = (uint64_t)k->id << 16 | (uint64_t)k->v6 << 8 | k->protocol;
	return (uint32_t)(siphash(t->seed, m, 6) % BUCKETS);
}

static bool same(const struct frag_key *a, const struct frag_key *b)
{
	return a->id == b->id && a->protocol == b->protocol && a->v6 == b->v6 &&
	       a->context == b->context && addr_equal(&a->src, &b->src) &&
	       addr_equal(&a->dst, &b->dst);
}

/* Old ones go, and the oldest ones when need bytes more are too many. keep
 * stays. */
static void make_room(
    struct frag_table *t, const struct datagram *keep, size_t need)
{
	while (t->oldest != NULL && t->oldest != keep &&
	       (t->bytes + need > t->max_bytes || t->n >= FRAG_DATAGRAMS_MAX)) {
		counter_add(t->counters, COUNTER_FRAGMENTS_OVER_BUDGET, 1);
		drop(t, t->oldest);
	}
}

static void expire(struct frag_table *t, int64_t now_us)
{
	while (t->oldest != NULL &&
	       now_us - t->oldest->first_us >= FRAG_TIMEOUT_US) {
		if (!t->oldest->refused)
			counter_add(
			    t->counters, COUNTER_FRAGMENTS_TIMED_OUT, 1);
		drop(t, t->oldest);
	}
}

static struct datagram *find(
    struct frag_table *t, const struct frag_key *key, int64_t now_us)
{
	uint32_t b = bucket_of(t, key);
	struct datagram *d = t->bucket[b];

	while (d != NULL && !same(&d->key, key))
		d = d->hash_next;
	if (d != NULL)
		return d;
	make_room(t, NULL, sizeof(*d));
	d = calloc(1, sizeof(*d));
	if (d == NULL) {
		counter_add(t->counters, COUNTER_NO_MEMORY, 1);
		return NULL;
	}
	d->key = *key;
	d->bucket = b;
	d->first_us = now_us;
	d->hash_next = t->bucket[b];
	t->bucket[b] = d;
	d->older = t->newest;
	if (t->newest != NULL)
		t->newest->newer = d;
	else
		t->oldest = d;
	t->newest = d;
	t->bytes += sizeof(*d);
	t->n++;
	return d;
}

static uint8_t *refuse(
    struct frag_table *t, struct datagram *d, enum counter why)
{
	counter_add(t->counters, why, 1);
	drop_pieces(t, d);
	d->refused = true;
	return NULL;
}

/* Links a copy of [from, to) of the fragment in front of *at. */
static int keep(struct frag_table *t, struct datagram *d, struct piece **at,
    const struct frag *f, uint32_t from, uint32_t to)
{
	size_t cost = sizeof(struct piece) + to - from;
	struct piece *p;

	make_room(t, d, cost);
	if (t->bytes + cost > t->max_bytes || d->n_pieces == FRAG_PIECES_MAX)
		return -1;
	p = malloc(cost);
	if (p == NULL) {
		counter_add(t->counters, COUNTER_NO_MEMORY, 1);
		return -1;
	}
	p->from = from;
	p->to = to;
	memcpy(p->data, f->data + (from - f->offset), to - from);
	p->next = *at;
	*at = p;
	d->n_pieces++;
	d->bytes += cost;
	t->bytes += cost;
	d->have += to - from;
	return 0;
}

/* Keeps what is new. 1: some of it was there already, and it was no mere
 * copy of one piece. */
static int insert(
    struct frag_table *t, struct datagram *d, const struct frag *f)
{
	uint32_t cur = f->offset, end = f->offset + (uint32_t)f->len;
	struct piece **at = &d->pieces;
	int overlap = 0;

	while (cur < end) {
		struct piece *p = *at;
		uint32_t to = end;

		if (p != NULL && p->to <= cur) {
			at = &p->next;
			continue;
		}
		if (p != NULL && p->from <= cur) {
			to = p->to < end ? p->to : end;
			overlap |= p->from != f->offset || p->to != end ||
				   memcmp(p->data, f->data, f->len) != 0;
			cur = to;
			continue;
		}
		if (p != NULL && p->from < end)
			to = p->from;
		if (keep(t, d, at, f, cur, to) != 0)
			return -1;
		at = &(*at)->next;
		cur = to;
	}
	return overlap;
}

static uint8_t *complete(
    struct frag_table *t, struct datagram *d, size_t *len, size_t *head_len)
{
	uint8_t *out = t->whole;

	memcpy(out, d->head, d->head_len);
	for (const struct piece *p = d->pieces; p != NULL; p = p->next)
		memcpy(out + d->head_len + p->from, p->data, p->to - p->from);
	*head_len = d->head_len;
	*len = d->head_len + d->total;
	counter_add(t->counters, COUNTER_FRAGMENTS_REASSEMBLED, 1);
	drop(t, d);
	return out;
}

/* Where it ends, and its header. False: it contradicts what came before. */
static bool fits(struct datagram *d, const struct frag *f)
{
	uint32_t end = f->offset + (uint32_t)f->len;

	if (!f->more) {
		if (d->total != 0 && d->total != end)
			return false;
		d->total = end;
	}
	if (d->total != 0 && end > d->total)
		return false;
	for (const struct piece *p = d->pieces; p != NULL; p = p->next)
		if (d->total != 0 && p->to > d->total)
			return false;
	if (f->offset == 0 && d->head_len == 0) {
		memcpy(d->head, f->head, f->head_len);
		d->head_len = f->head_len;
	}
	return true;
}

uint8_t *frag_add(struct frag_table *t, const struct frag_key *key,
    const struct frag *f, int64_t now_us, size_t *len, size_t *head_len)
{
	struct datagram *d;
	int rc;

	counter_add(t->counters, COUNTER_FRAGMENTS, 1);
	expire(t, now_us);
	if (f->len == 0 || (f->more && f->len % 8 != 0) ||
	    f->head_len > HEAD_MAX ||
	    f->offset + f->len + f->head_len > DATAGRAM_BYTES) {
		counter_add(t->counters, COUNTER_FRAGMENTS_BAD, 1);
		return NULL;
	}
	d = find(t, key, now_us);
	if (d == NULL || d->refused)
		return NULL;
	if (!fits(d, f))
		return refuse(t, d, COUNTER_FRAGMENTS_BAD);
	rc = insert(t, d, f);
	if (rc < 0)
		return refuse(t, d, COUNTER_FRAGMENTS_OVER_BUDGET);
	if (rc > 0 && key->v6)
		return refuse(t, d, COUNTER_FRAGMENTS_OVERLAP);
	if (rc > 0)
		counter_add(t->counters, COUNTER_FRAGMENTS_OVERLAP, 1);
	if (d->total == 0 || d->head_len == 0 || d->have < d->total)
		return NULL;
	return complete(t, d, len, head_len);
}
