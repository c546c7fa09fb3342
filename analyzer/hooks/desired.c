/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/desired.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/target.h"

struct desired {
	size_t n_drivers;
	struct customer **buckets;
	size_t n_buckets, n; /* buckets: a power of two */
};

const char *item_op_name(enum item_op op)
{
	return op == ITEM_BLOCK ? "block" : "unblock";
}

const char *item_event_name(enum item_event e)
{
	switch (e) {
	case ITEM_NEW:
		return "new";
	case ITEM_RENEW:
		return "renew";
	case ITEM_EXPIRE:
		return "expire";
	case ITEM_RELEASE:
		return "release";
	case ITEM_MOVED:
		return "moved";
	case ITEM_RESTORED:
		return "restored";
	}
	return "?";
}

struct desired *desired_new(size_t n_drivers)
{
	struct desired *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->n_drivers = n_drivers;
	d->n_buckets = 256;
	d->buckets = calloc(d->n_buckets, sizeof(void *));
	if (d->buckets == NULL) {
		free(d);
		return NULL;
	}
	return d;
}

static void customer_free(struct desired *d, struct customer *c)
{
	for (size_t i = 0; i < d->n_drivers; i++) {
		struct item *next;

		for (struct item *it = c->slots[i].first; it != NULL;
		     it = next) {
			next = it->next;
			free(it);
		}
	}
	free(c->targets);
	free(c);
}

void desired_free(struct desired *d)
{
	struct customer *next;

	if (d == NULL)
		return;
	for (size_t i = 0; i < d->n_buckets; i++)
		for (struct customer *c = d->buckets[i]; c != NULL; c = next) {
			next = c->chain;
			customer_free(d, c);
		}
	free(d->buckets);
	free(d);
}

/* FNV-1a. The names come from the operator's own subscriber file. */
static size_t bucket_of(const struct desired *d, const char *name)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
	return (size_t)(h ^ h >> 32) & (d->n_buckets - 1);
}

/* Without memory the chains just stay longer. */
static void grow(struct desired *d)
{
	struct desired bigger = *d;
	struct customer *next;

	bigger.n_buckets = d->n_buckets * 2;
	bigger.buckets = calloc(bigger.n_buckets, sizeof(void *));
	if (bigger.buckets == NULL)
		return;
	for (size_t i = 0; i < d->n_buckets; i++)
		for (struct customer *c = d->buckets[i]; c != NULL; c = next) {
			size_t b = bucket_of(&bigger, c->name);

			next = c->chain;
			c->chain = bigger.buckets[b];
			bigger.buckets[b] = c;
		}
	free(d->buckets);
	d->buckets = bigger.buckets;
	d->n_buckets = bigger.n_buckets;
}

struct customer *desired_find(const struct desired *d, const char *name)
{
	struct customer *c = d->buckets[bucket_of(d, name)];

	while (c != NULL && strcmp(c->name, name) != 0)
		c = c->chain;
	return c;
}

struct customer *desired_find_or_make(struct desired *d, const char *name)
{
	struct customer *c = desired_find(d, name);
	size_t b;

	if (c != NULL)
		return c;
	if (d->n >= d->n_buckets)
		grow(d);
	b = bucket_of(d, name);
	c = calloc(1, sizeof(*c) + d->n_drivers * sizeof(c->slots[0]));
	if (c == NULL)
		return NULL;
	snprintf(c->name, sizeof(c->name), "%s", name);
	for (size_t i = 0; i < d->n_drivers; i++)
		c->slots[i].customer = c;
	c->chain = d->buckets[b];
	d->buckets[b] = c;
	d->n++;
	return c;
}

/* 0, or -1: no memory. */
static int note_targets(struct customer *c, const struct decision *row)
{
	size_t n = (size_t)row->n_targets;
	struct target *v = calloc(n + 1, sizeof(*v));
	bool same = n == c->n_targets;

	if (v == NULL)
		return -1;
	memcpy(v, row->targets, n * sizeof(*v));
	targets_sort(v, n);
	c->is_shared = false;
	for (size_t i = 0; i < n; i++) {
		c->is_shared |= target_is_shared(&v[i]);
		same = same && target_compare(&v[i], &c->targets[i]) == 0;
	}
	c->moved = c->want_block && row->action == ACTION_BLOCK &&
		   row->ends_seq == c->want_seq && !same;
	free(c->targets);
	c->targets = v;
	c->n_targets = n;
	return 0;
}

struct customer *desired_note(struct desired *d, const struct decision *row)
{
	struct customer *c = desired_find_or_make(d, row->customer);

	if (c == NULL || row->seq < c->want_seq)
		return c;
	if (row->seq > c->want_seq && note_targets(c, row) != 0)
		return NULL;
	c->want_seq = row->seq;
	c->want_block = row->action == ACTION_BLOCK;
	c->until_us = row->until_us;
	c->cause = row->cause;
	return c;
}

bool desired_blocked(const struct customer *c, int64_t now_us)
{
	return c->want_block && (c->until_us == 0 || c->until_us > now_us);
}

void desired_each(
    struct desired *d, void (*cb)(void *arg, struct customer *c), void *arg)
{
	struct customer *next;

	for (size_t i = 0; i < d->n_buckets; i++)
		for (struct customer *c = d->buckets[i]; c != NULL; c = next) {
			next = c->chain;
			cb(arg, c);
		}
}

void desired_drop_blank(struct desired *d, struct customer *c)
{
	struct customer **at;

	if (c->want_block)
		return;
	for (size_t i = 0; i < d->n_drivers; i++)
		if (c->slots[i].held || c->slots[i].first != NULL)
			return;
	for (at = &d->buckets[bucket_of(d, c->name)]; *at != c;
	     at = &(*at)->chain)
		;
	*at = c->chain;
	d->n--;
	customer_free(d, c);
}

size_t desired_count(const struct desired *d)
{
	return d->n;
}
