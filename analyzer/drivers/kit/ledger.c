/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/kit/ledger.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

/* Unblocks whose number is remembered, so that a late older block is known
 * for what it is. */
#define RELEASED_MAX 100000

struct released {
	char subscriber[ROW_ID_LEN];
	int64_t seq;
	UT_hash_handle hh;
};

struct ledger {
	struct ledger_entry *entries;
	struct ledger_claim *claims;
	struct released *released; /* the oldest first */
	struct ledger_claim **touched;
	size_t n_touched, cap_touched;
};

static const char mod[] = "driver";

static void *must(void *p)
{
	if (p == NULL)
		log_fatal(mod, "no memory");
	return p;
}

struct ledger *ledger_new(void)
{
	return must(calloc(1, sizeof(struct ledger)));
}

static void entry_free(struct ledger_entry *e)
{
	if (e == NULL)
		return;
	free(e->targets);
	free(e);
}

static void claim_drop(struct ledger *l, struct ledger_claim *c)
{
	if (l->claims == NULL)
		return;
	HASH_DEL(l->claims, c);
	free(c->owners);
	free(c);
}

void ledger_free(struct ledger *l)
{
	struct ledger_entry *e, *next_e;
	struct ledger_claim *c, *next_c;
	struct released *r, *next_r;

	if (l == NULL)
		return;
	/* The lists through the tables outlive them. */
	e = l->entries;
	HASH_CLEAR(hh, l->entries);
	for (; e != NULL; e = next_e) {
		next_e = e->hh.next;
		entry_free(e);
	}
	c = l->claims;
	HASH_CLEAR(hh, l->claims);
	for (; c != NULL; c = next_c) {
		next_c = c->hh.next;
		free(c->owners);
		free(c);
	}
	r = l->released;
	HASH_CLEAR(hh, l->released);
	for (; r != NULL; r = next_r) {
		next_r = r->hh.next;
		free(r);
	}
	free(l->touched);
	free(l);
}

static struct ledger_entry *entry_find(
    const struct ledger *l, const char *subscriber)
{
	struct ledger_entry *e;

	HASH_FIND_STR(l->entries, subscriber, e);
	return e;
}

/* --- numbers of unblocks ---------------------------------------------------*/

static int64_t released_seq(const struct ledger *l, const char *subscriber)
{
	struct released *r;

	HASH_FIND_STR(l->released, subscriber, r);
	return r != NULL ? r->seq : INT64_MIN;
}

static void released_drop(struct ledger *l, struct released *r)
{
	HASH_DEL(l->released, r);
	free(r);
}

/* The order of the table is that of coming. */
static void released_drop_oldest(struct ledger *l)
{
	struct released *r = l->released;

	if (r != NULL && r->hh.prev == NULL)
		released_drop(l, r);
}

static void set_released(struct ledger *l, const char *subscriber, int64_t seq)
{
	struct released *r;

	HASH_FIND_STR(l->released, subscriber, r);
	if (r != NULL && seq != INT64_MIN) {
		r->seq = seq;
		return;
	}
	if (r != NULL)
		released_drop(l, r);
	if (seq == INT64_MIN)
		return;
	if (HASH_COUNT(l->released) >= RELEASED_MAX)
		released_drop_oldest(l);
	r = must(calloc(1, sizeof(*r)));
	memccpy(r->subscriber, subscriber, '\0', sizeof(r->subscriber) - 1);
	r->seq = seq;
	HASH_ADD_STR(l->released, subscriber, r);
}

bool ledger_is_old(const struct ledger *l, const struct order *o)
{
	const struct ledger_entry *e = entry_find(l, o->subscriber);

	return o->seq < (e != NULL ? e->seq : released_seq(l, o->subscriber));
}

bool ledger_is_same(const struct ledger *l, const struct order *o)
{
	const struct ledger_entry *e = entry_find(l, o->subscriber);

	if (o->op != ORDER_BLOCK || e == NULL || e->seq != o->seq ||
	    e->until_us != o->until_us || e->n != o->n_targets)
		return false;
	for (size_t i = 0; i < e->n; i++)
		if (target_compare(&e->targets[i], &o->targets[i]) != 0)
			return false;
	return true;
}

/* --- claims ----------------------------------------------------------------*/

/* Padding would be compared: the key is a copy without any. */
static struct target key_of(const struct target *t)
{
	struct target key;

	memset(&key, 0, sizeof(key));
	key.prefix.addr = t->prefix.addr;
	key.prefix.len = t->prefix.len;
	key.first_port = t->first_port;
	key.last_port = t->last_port;
	return key;
}

struct ledger_claim *ledger_find(const struct ledger *l, const struct target *t)
{
	struct target key = key_of(t);
	struct ledger_claim *c;

	HASH_FIND(hh, l->claims, &key, sizeof(key), c);
	return c;
}

struct ledger_claim *ledger_claim(struct ledger *l, const struct target *t)
{
	struct ledger_claim *c = ledger_find(l, t);
	struct target key = key_of(t);

	if (c != NULL)
		return c;
	c = must(calloc(1, sizeof(*c)));
	memcpy(&c->target, &key, sizeof(key));
	HASH_ADD(hh, l->claims, target, sizeof(c->target), c);
	return c;
}

void ledger_touch(struct ledger *l, struct ledger_claim *c)
{
	if (c->touched)
		return;
	c->touched = true;
	if (l->n_touched == l->cap_touched) {
		l->cap_touched = l->cap_touched > 0 ? 2 * l->cap_touched : 64;
		l->touched = must(realloc(l->touched,
		    l->cap_touched * sizeof(struct ledger_claim *)));
	}
	l->touched[l->n_touched++] = c;
}

static size_t owner_index(
    const struct ledger_claim *c, const struct ledger_entry *e)
{
	size_t i = 0;

	while (i < c->n_owners && c->owners[i] != e)
		i++;
	return i;
}

/* The latest owner is the first. */
static void add_owner(struct ledger_claim *c, struct ledger_entry *e)
{
	if (owner_index(c, e) < c->n_owners)
		return;
	c->owners = must(realloc(
	    c->owners, (c->n_owners + 1) * sizeof(struct ledger_entry *)));
	memmove(c->owners + 1, c->owners,
	    c->n_owners * sizeof(struct ledger_entry *));
	c->owners[0] = e;
	c->n_owners++;
}

static void remove_owner(struct ledger_claim *c, const struct ledger_entry *e)
{
	size_t i = owner_index(c, e);

	if (i == c->n_owners)
		return;
	c->n_owners--;
	memmove(c->owners + i, c->owners + i + 1,
	    (c->n_owners - i) * sizeof(struct ledger_entry *));
}

struct ledger_claim **ledger_touched(struct ledger *l, size_t *n)
{
	*n = l->n_touched;
	return l->touched;
}

static bool is_nobodys(const struct ledger_claim *c)
{
	return c->n_owners == 0 && !c->foreign && !c->touched &&
	       c->placed_for[0] == '\0';
}

void ledger_settle(struct ledger *l)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_touched; i++) {
		struct ledger_claim *c = l->touched[i];

		c->touched = c->stuck;
		if (c->stuck)
			l->touched[n++] = c;
		else if (is_nobodys(c))
			claim_drop(l, c);
	}
	l->n_touched = n;
}

void ledger_sweep(struct ledger *l)
{
	struct ledger_claim *c, *next;

	for (c = l->claims; c != NULL; c = next) {
		next = c->hh.next;
		if (is_nobodys(c))
			claim_drop(l, c);
	}
}

/* --- entries ---------------------------------------------------------------*/

static void entry_link(struct ledger *l, struct ledger_entry *e)
{
	HASH_ADD_STR(l->entries, subscriber, e);
	for (size_t i = 0; i < e->n; i++) {
		struct ledger_claim *c = ledger_claim(l, &e->targets[i]);

		add_owner(c, e);
		ledger_touch(l, c);
	}
}

static void entry_unlink(struct ledger *l, struct ledger_entry *e)
{
	HASH_DEL(l->entries, e);
	for (size_t i = 0; i < e->n; i++) {
		struct ledger_claim *c = ledger_claim(l, &e->targets[i]);

		remove_owner(c, e);
		ledger_touch(l, c);
	}
}

static struct ledger_entry *entry_new(
    const char *subscriber, int64_t seq, int64_t until_us)
{
	struct ledger_entry *e = must(calloc(1, sizeof(*e)));

	memccpy(e->subscriber, subscriber, '\0', sizeof(e->subscriber) - 1);
	e->seq = seq;
	e->until_us = until_us;
	return e;
}

size_t ledger_size_with(const struct ledger *l, const struct order *o)
{
	size_t n = HASH_COUNT(l->claims);

	for (size_t i = 0; i < o->n_targets; i++)
		if (ledger_find(l, &o->targets[i]) == NULL)
			n++;
	return n;
}

void ledger_put(struct ledger *l, const struct order *o, struct ledger_undo *u)
{
	struct ledger_entry *e;

	u->old = entry_find(l, o->subscriber);
	u->released_seq = released_seq(l, o->subscriber);
	if (u->old != NULL)
		entry_unlink(l, u->old);
	if (o->op != ORDER_BLOCK) {
		set_released(l, o->subscriber, o->seq);
		return;
	}
	set_released(l, o->subscriber, INT64_MIN);
	e = entry_new(o->subscriber, o->seq, o->until_us);
	if (o->n_targets > 0) {
		e->targets = must(calloc(o->n_targets, sizeof(*e->targets)));
		memcpy(
		    e->targets, o->targets, o->n_targets * sizeof(*e->targets));
		e->n = o->n_targets;
	}
	entry_link(l, e);
}

void ledger_take_back(
    struct ledger *l, const struct order *o, struct ledger_undo *u)
{
	struct ledger_entry *e = entry_find(l, o->subscriber);

	if (e != NULL) {
		entry_unlink(l, e);
		entry_free(e);
	}
	set_released(l, o->subscriber, u->released_seq);
	if (u->old != NULL)
		entry_link(l, u->old);
	u->old = NULL;
}

void ledger_forget_undo(struct ledger_undo *u)
{
	entry_free(u->old);
	u->old = NULL;
}

struct ledger_claim *ledger_adopt(struct ledger *l, const char *subscriber,
    int64_t seq, int64_t until_us, const struct target *t)
{
	struct ledger_entry *e = entry_find(l, subscriber);
	struct ledger_claim *c = ledger_claim(l, t);

	if (e == NULL) {
		e = entry_new(subscriber, seq, until_us);
		HASH_ADD_STR(l->entries, subscriber, e);
	}
	if (owner_index(c, e) < c->n_owners)
		return c;
	if (seq > e->seq) {
		e->seq = seq;
		e->until_us = until_us;
	}
	e->targets =
	    must(realloc(e->targets, (e->n + 1) * sizeof(*e->targets)));
	e->targets[e->n++] = *t;
	add_owner(c, e);
	return c;
}

void ledger_widen(struct ledger *l, const struct order *o)
{
	struct ledger_entry *e = entry_find(l, o->subscriber);

	if (e == NULL) {
		e = entry_new(o->subscriber, o->seq - 1, o->until_us);
		HASH_ADD_STR(l->entries, subscriber, e);
	}
	if (e->seq >= o->seq)
		e->seq = o->seq - 1;
	for (size_t i = 0; i < o->n_targets; i++)
		(void)ledger_adopt(
		    l, o->subscriber, e->seq, e->until_us, &o->targets[i]);
}

const struct ledger_entry *ledger_entry(
    const struct ledger *l, const char *subscriber)
{
	return entry_find(l, subscriber);
}

size_t ledger_n_entries(const struct ledger *l)
{
	return HASH_COUNT(l->entries);
}

struct ledger_entry *ledger_entries(const struct ledger *l)
{
	return l->entries;
}

struct ledger_claim *ledger_claims(const struct ledger *l)
{
	return l->claims;
}

void ledger_note(struct ledger *l, const struct order *o)
{
	struct ledger_undo undo;

	ledger_put(l, o, &undo);
	ledger_forget_undo(&undo);
	ledger_settle(l);
}
