/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/flood.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/siphash.h"
#include "base/sketch.h"
#include "capture/rank.h"

#define BUCKETS (2 * FLOOD_SUMS)
#define NONE    UINT32_MAX

enum kind { UNANSWERED, REFUSED, HALF_OPEN, EVICTED, KINDS };

struct entry {
	struct flood_key key;
	uint32_t next;   /* in its bucket, or among the free ones */
	uint32_t bucket; /* NONE: free */
	int64_t start_us;
	uint64_t total;
	uint64_t count[KINDS];
	struct sketch servers, failed; /* failed: of those not evicted */
};
struct flood {
	struct counters *counters;
	uint64_t hash_key[2];
	int64_t per_s, tokens_us, refilled_us;
	int64_t due_us;
	struct rank *rank;
	uint32_t free, n;
	uint32_t bucket[BUCKETS];
	struct entry entry[FLOOD_SUMS];
	uint32_t order[FLOOD_SUMS]; /* while telling */
};

struct flood *flood_new(struct counters *counters,
    int64_t attempt_records_per_s, const uint8_t seed[16])
{
	struct flood *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->rank = rank_new(FLOOD_SUMS);
	if (f->rank == NULL) {
		free(f);
		return NULL;
	}
	f->counters = counters;
	memcpy(f->hash_key, seed, sizeof(f->hash_key));
	f->per_s = attempt_records_per_s;
	f->tokens_us = f->per_s * US_PER_S;
	f->due_us = INT64_MAX;
	for (uint32_t i = 0; i < BUCKETS; i++)
		f->bucket[i] = NONE;
	for (uint32_t i = 0; i < FLOOD_SUMS; i++) {
		f->entry[i].next = i + 1 < FLOOD_SUMS ? i + 1 : NONE;
		f->entry[i].bucket = NONE;
	}
	return f;
}

void flood_free(struct flood *f)
{
	if (f == NULL)
		return;
	rank_free(f->rank);
	free(f);
}

/* One attempt costs a second's worth of micro-tokens. */
static bool take_token(struct flood *f, int64_t now_us)
{
	int64_t passed_us = now_us - f->refilled_us;

	if (passed_us > 0) {
		if (passed_us > US_PER_S)
			passed_us = US_PER_S;
		f->tokens_us += passed_us * f->per_s;
		if (f->tokens_us > f->per_s * US_PER_S)
			f->tokens_us = f->per_s * US_PER_S;
		f->refilled_us = now_us;
	}
	if (f->tokens_us < US_PER_S)
		return false;
	f->tokens_us -= US_PER_S;
	return true;
}

/* --- the table ------------------------------------------------------------ */

static uint64_t hash_server(const struct flood *f, const struct addr *a)
{
	uint64_t m[2];

	memcpy(m, a->b, sizeof(m));
	return siphash(f->hash_key, m, 2);
}

static uint32_t bucket_of(const struct flood *f, const struct flood_key *k)
{
	uint64_t m[3];

	memcpy(m, k->client.b, sizeof(k->client.b));
	m[2] = (uint64_t)k->server_port << 1 | k->own_servers;
	return (uint32_t)(siphash(f->hash_key, m, 3) % BUCKETS);
}

/* memcmp order of the client, then port, then foreign servers first. */
static int compare(const struct flood_key *a, const struct flood_key *b)
{
	int by_client = addr_compare(&a->client, &b->client);

	if (by_client != 0)
		return by_client;
	if (a->server_port != b->server_port)
		return a->server_port < b->server_port ? -1 : 1;
	return (int)a->own_servers - (int)b->own_servers;
}

static uint32_t find(
    const struct flood *f, const struct flood_key *key, uint32_t bucket)
{
	uint32_t i = f->bucket[bucket];

	while (i != NONE && compare(&f->entry[i].key, key) != 0)
		i = f->entry[i].next;
	return i;
}

static void unlink_entry(struct flood *f, uint32_t i)
{
	uint32_t *p = &f->bucket[f->entry[i].bucket];

	while (*p != i)
		p = &f->entry[*p].next;
	*p = f->entry[i].next;
	f->entry[i].bucket = NONE;
	f->n--;
}

static void release(struct flood *f, uint32_t i)
{
	unlink_entry(f, i);
	f->entry[i].next = f->free;
	f->free = i;
}

static uint32_t displace(struct flood *f)
{
	uint32_t i = rank_lightest(f->rank);

	counter_add(
	    f->counters, COUNTER_SUMMARIES_DISPLACED, f->entry[i].total);
	rank_remove(f->rank, i);
	unlink_entry(f, i);
	return i;
}

static uint32_t add(struct flood *f, const struct flood_key *key,
    uint32_t bucket, int64_t start_us)
{
	uint64_t weight = 0;
	uint32_t i = f->free;
	struct entry *e;

	if (i != NONE) {
		f->free = f->entry[i].next;
	} else {
		weight = rank_weight(f->rank, rank_lightest(f->rank));
		i = displace(f);
	}
	e = &f->entry[i];
	memset(e, 0, sizeof(*e));
	e->key = *key;
	e->start_us = start_us;
	e->bucket = bucket;
	e->next = f->bucket[bucket];
	f->bucket[bucket] = i;
	f->n++;
	rank_add(f->rank, i, weight + 1);
	return i;
}

static enum kind kind_of(Sekisho__Outcome outcome)
{
	if (outcome == SEKISHO__OUTCOME__OUTCOME_NONE)
		return EVICTED;
	if (outcome == SEKISHO__OUTCOME__OUTCOME_REFUSED)
		return REFUSED;
	if (outcome == SEKISHO__OUTCOME__OUTCOME_HALF_OPEN)
		return HALF_OPEN;
	return UNANSWERED;
}

bool flood_attempt(struct flood *f, const struct flood_key *key,
    const struct addr *server, Sekisho__Outcome outcome, int64_t start_us,
    int64_t now_us)
{
	bool evicted = outcome == SEKISHO__OUTCOME__OUTCOME_NONE;
	uint32_t bucket, i;
	struct entry *e;
	uint64_t hash;

	if (evicted)
		counter_add(f->counters, COUNTER_ATTEMPTS_EVICTED, 1);
	if (f->per_s == 0)
		return !evicted;
	if (!evicted && take_token(f, now_us))
		return true;
	counter_add(f->counters, COUNTER_ATTEMPTS_SUMMARISED, 1);
	bucket = bucket_of(f, key);
	i = find(f, key, bucket);
	if (i == NONE)
		i = add(f, key, bucket, start_us);
	else
		rank_raise(f->rank, i);
	e = &f->entry[i];
	if (start_us < e->start_us)
		e->start_us = start_us;
	e->total++;
	e->count[kind_of(outcome)]++;
	hash = hash_server(f, server);
	sketch_add(&e->servers, hash);
	if (!evicted)
		sketch_add(&e->failed, hash);
	if (f->due_us == INT64_MAX)
		f->due_us = now_us - now_us % US_PER_S + US_PER_S;
	return false;
}

/* --- telling -------------------------------------------------------------- */

int64_t flood_due_us(const struct flood *f)
{
	return f->due_us;
}

static int by_total(const void *a, const void *b, void *arg)
{
	const struct flood *f = arg;
	const struct entry *x = &f->entry[*(const uint32_t *)a];
	const struct entry *y = &f->entry[*(const uint32_t *)b];

	if (x->total != y->total)
		return x->total > y->total ? -1 : 1;
	if (x->start_us != y->start_us)
		return x->start_us < y->start_us ? -1 : 1;
	return compare(&x->key, &y->key);
}

static void tell(struct flood *f, uint32_t i,
    void (*put)(void *arg, const struct addr *client, Sekisho__Summary *s),
    void *arg)
{
	const struct entry *e = &f->entry[i];
	Sekisho__Summary s = SEKISHO__SUMMARY__INIT;

	s.start_us = e->start_us;
	s.unanswered = e->count[UNANSWERED];
	s.refused = e->count[REFUSED];
	s.half_open = e->count[HALF_OPEN];
	s.evicted = e->count[EVICTED];
	s.distinct_servers = sketch_count(&e->servers);
	s.failed_servers = sketch_count(&e->failed);
	s.server_port = e->key.server_port;
	s.own_servers = e->key.own_servers;
	put(arg, &e->key.client, &s);
	release(f, i);
}

void flood_emit(struct flood *f, int64_t now_us, bool all,
    void (*put)(void *arg, const struct addr *client, Sekisho__Summary *s),
    void *arg)
{
	uint32_t n = 0, told;

	if (now_us < f->due_us && !all)
		return;
	for (uint32_t i = 0; i < FLOOD_SUMS; i++)
		if (f->entry[i].bucket != NONE)
			f->order[n++] = i;
	qsort_r(f->order, n, sizeof(f->order[0]), by_total, f);
	told = all || n < FLOOD_TOLD_PER_SECOND ? n : FLOOD_TOLD_PER_SECOND;
	for (uint32_t i = 0; i < told; i++)
		tell(f, f->order[i], put, arg);
	/* Who waits begins the next second with no more than his own: the
	 * weight that he got from others would keep newcomers out. */
	rank_clear(f->rank);
	for (uint32_t i = told; i < n; i++)
		rank_add(f->rank, f->order[i], f->entry[f->order[i]].total);
	f->due_us = INT64_MAX;
	if (n > told)
		f->due_us = now_us - now_us % US_PER_S + US_PER_S;
}
