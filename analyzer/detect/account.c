/* SPDX-License-Identifier: Apache-2.0 */
/* Out of memory must come back as an error, not end the process. */
#define HASH_NONFATAL_OOM 1
#include "analyzer/detect/account.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/detect/capped.h"
#include "base/clock.h"

#define HOUR_US    (3600 * US_PER_S)
#define USUAL_HALF (14 * US_PER_DAY)
#define SLACK_US   (120 * US_PER_S) /* rows of two logs are not in order */
#define IPV6       (UINT64_C(1) << 63)

uint64_t account_network(const struct addr *a)
{
	uint64_t n = 0;

	if (addr_is_v4(a)) {
		for (int i = 12; i < 15; i++)
			n = n << 8 | a->b[i];
		return n + 1; /* never 0 */
	}
	for (int i = 0; i < 6; i++)
		n = n << 8 | a->b[i];
	return n | IPV6;
}

uint64_t account_block(uint64_t network)
{
	if (network & IPV6)
		return network >> 16 | IPV6;
	return (network - 1) >> 8;
}

/* --- the table ------------------------------------------------------------ */

static void queue_remove(struct accounts *t, struct account *a)
{
	if (a->prev != NULL)
		a->prev->next = a->next;
	else
		t->oldest = a->next;
	if (a->next != NULL)
		a->next->prev = a->prev;
	else
		t->latest = a->prev;
}

static void queue_prepend(struct accounts *t, struct account *a)
{
	a->prev = NULL;
	a->next = t->oldest;
	if (t->oldest != NULL)
		t->oldest->prev = a;
	else
		t->latest = a;
	t->oldest = a;
}

static void queue_append(struct accounts *t, struct account *a)
{
	a->prev = t->latest;
	a->next = NULL;
	if (t->latest != NULL)
		t->latest->next = a;
	else
		t->oldest = a;
	t->latest = a;
}

static void forget(struct account *a)
{
	free(a->networks);
	free(a->failures);
	free(a);
}

static struct account *find(const struct accounts *t, const uint8_t *id)
{
	struct account *a;

	HASH_FIND(hh, t->by_id, id, ROW_HASH_BYTES, a);
	return a;
}

static struct account *add(struct accounts *t, const uint8_t *id)
{
	struct account *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	memcpy(a->id, id, ROW_HASH_BYTES);
	HASH_ADD(hh, t->by_id, id, ROW_HASH_BYTES, a);
	if (a->hh.tbl == NULL) { /* the table had no memory */
		free(a);
		return NULL;
	}
	t->n++;
	return a;
}

/* Guesses do not make room for themselves: an account that only failed is
 * the first to be forgotten. */
static struct account *get(struct accounts *t, const uint8_t *id, bool success)
{
	struct account *a = find(t, id);

	if (a != NULL) {
		if (success) {
			queue_remove(t, a);
			queue_append(t, a);
		}
		return a;
	}
	if (t->n >= t->max && t->oldest != NULL) {
		a = t->oldest;
		queue_remove(t, a);
		HASH_DEL(t->by_id, a);
		forget(a);
		t->n--;
		t->evicted++;
	}
	a = add(t, id);
	if (a != NULL && success)
		queue_append(t, a);
	else if (a != NULL)
		queue_prepend(t, a);
	return a;
}

bool accounts_know(
    const struct accounts *t, const uint8_t id[static ROW_HASH_BYTES])
{
	const struct account *a = find(t, id);

	return a != NULL && a->first_us != 0;
}

struct account *accounts_restore(
    struct accounts *t, const uint8_t id[static ROW_HASH_BYTES])
{
	struct account *a = find(t, id) != NULL ? NULL : add(t, id);

	if (a != NULL)
		queue_append(t, a);
	return a;
}

void accounts_free(struct accounts *t)
{
	struct account *a = t->oldest, *next;

	HASH_CLEAR(hh, t->by_id);
	for (; a != NULL; a = next) {
		next = a->next;
		forget(a);
	}
	memset(t, 0, sizeof(*t));
}

/* --- networks ------------------------------------------------------------- */

static struct account_network *known(const struct account *a, uint64_t network)
{
	for (int i = 0; i < a->n_networks; i++)
		if (a->networks[i].network == network)
			return &a->networks[i];
	return NULL;
}

static struct account_network *new_network(struct account *a, uint64_t network)
{
	struct account_network *n = a->networks;

	if (a->n_networks < ACCOUNT_NETWORKS_MAX) {
		if (a->n_networks == a->cap_networks) {
			uint8_t cap = a->cap_networks ? 2 * a->cap_networks : 2;

			n = realloc(n, cap * sizeof(*n));
			if (n == NULL)
				return NULL;
			a->networks = n;
			a->cap_networks = cap;
		}
		n = &n[a->n_networks++];
	} else {
		for (int i = 1; i < a->n_networks; i++)
			if (a->networks[i].last_us < n->last_us)
				n = &a->networks[i];
	}
	memset(n, 0, sizeof(*n));
	n->network = network;
	return n;
}

static bool is_new(
    const struct account_network *n, const struct conf *c, int64_t now_us)
{
	return n->first_us > now_us - c->account_new_s * US_PER_S;
}

/* --- failures ------------------------------------------------------------- */

static int note_failure(struct account *a, uint64_t network, int64_t now_us)
{
	struct account_failure *f = a->failures, *oldest = f;

	for (int i = 0; i < a->n_failures; i++) {
		if (f[i].last_us < oldest->last_us)
			oldest = &f[i];
		if (f[i].network != network)
			continue;
		if (f[i].last_us < now_us)
			f[i].last_us = now_us;
		return 0;
	}
	if (a->n_failures == ACCOUNT_FAILURES_MAX) {
		*oldest = (struct account_failure){network, now_us};
		return 0;
	}
	if (a->n_failures == a->cap_failures) {
		uint8_t cap = a->cap_failures ? ACCOUNT_FAILURES_MAX : 4;

		f = realloc(f, cap * sizeof(*f));
		if (f == NULL)
			return -1;
		a->failures = f;
		a->cap_failures = cap;
	}
	a->failures[a->n_failures++] =
	    (struct account_failure){network, now_us};
	return 0;
}

/* Networks that failed within the hour before; 0 unless this was one, and
 * when they are of so few blocks that it may be a telephone with an old
 * password that moves among its carrier's. */
static int32_t guessers(const struct account *a, const struct conf *c,
    uint64_t network, int64_t now_us)
{
	uint64_t blocks[ACCOUNT_FAILURES_MAX];
	int32_t n = 0;
	int n_blocks = 0;
	bool among = false;

	for (int i = 0; i < a->n_failures; i++) {
		const struct account_failure *f = &a->failures[i];
		int b = 0;

		if (f->last_us <= now_us - HOUR_US ||
		    f->last_us > now_us + SLACK_US)
			continue;
		n++;
		among |= f->network == network;
		blocks[n_blocks] = account_block(f->network);
		while (blocks[b] != blocks[n_blocks])
			b++;
		n_blocks += b == n_blocks;
	}
	return among && n_blocks >= c->account_blocks ? n : 0;
}

/* --- what is usual -------------------------------------------------------- */

static void usual_advance(
    struct account_usual *u, const struct conf *c, int64_t now_us)
{
	int64_t half = now_us / USUAL_HALF;
	int64_t window = now_us / (c->account_burst_window_s * US_PER_S);

	if (half > u->half) {
		u->most_before = half == u->half + 1 ? u->most : 0;
		u->most = 0;
		u->half = half;
	}
	if (window != u->window) {
		u->window = window;
		u->messages = 0;
	}
}

static void usual_add(struct account_usual *u, int64_t messages)
{
	u->messages = capped((int64_t)u->messages + messages);
	if (u->most < u->messages)
		u->most = u->messages;
}

static int64_t usual_most(const struct account_usual *u)
{
	return u->most > u->most_before ? u->most : u->most_before;
}

/* --- the rules ---------------------------------------------------------- */

struct window {
	int64_t oldest_us, oldest_obs;
	int64_t networks, blocks;
};

/* New networks that logged in within the window, the row's among them. */
static int look_back(const struct account *a, const struct conf *c,
    int64_t now_us, int64_t obs_no, struct window *w, struct keyset *networks)
{
	int64_t from_us = now_us - c->account_window_s * US_PER_S;
	struct keyset blocks = {0};
	int64_t used_us;
	int rc = 0;

	*w = (struct window){now_us, obs_no, 0, 0};
	for (int i = 0; i < a->n_networks && rc == 0; i++) {
		const struct account_network *n = &a->networks[i];

		if (n->last_us <= from_us || n->last_us > now_us + SLACK_US ||
		    !is_new(n, c, now_us))
			continue;
		used_us = n->first_us > from_us ? n->first_us : n->last_us;
		if (w->oldest_us > used_us)
			w->oldest_us = used_us;
		if (w->oldest_obs > n->last_obs)
			w->oldest_obs = n->last_obs;
		if (keyset_add(&blocks, account_block(n->network),
			ACCOUNT_NETWORKS_MAX) == -1 ||
		    keyset_add(networks, n->network, ACCOUNT_NETWORKS_MAX) ==
			-1)
			rc = -1;
	}
	w->networks = networks->n;
	w->blocks = blocks.n;
	keyset_clear(&blocks);
	return rc;
}

/* Known for long enough to say what is usual: or it came when all who are
 * here had been seen. */
static bool is_learned(const struct accounts *t, const struct account *a,
    const struct conf *c, int64_t now_us)
{
	int64_t learn_us = c->account_learn_s * US_PER_S;

	return now_us - a->first_us >= learn_us ||
	       a->first_us - t->first_us >= learn_us;
}

static bool is_burst(const struct accounts *t, const struct account *a,
    const struct account_network *n, const struct conf *c, int64_t now_us)
{
	int64_t usual = usual_most(&a->usual) * c->account_burst_factor;

	if (n->sent_us == 0 || n->messages < usual ||
	    now_us - n->sent_us > c->account_burst_window_s * US_PER_S)
		return false;
	if (n->guessers >= c->account_guess_networks &&
	    n->messages >= c->account_guess_messages)
		return true;
	return n->messages >= c->account_burst_messages &&
	       is_learned(t, a, c, now_us);
}

static void tell_burst(struct account_finding *f, const struct account *a,
    const struct account_network *n, const struct conf *c, int64_t now_us)
{
	f->words.messages = n->messages;
	f->words.burst_us = now_us - n->sent_us;
	f->words.first_us = n->first_us;
	f->words.usual = usual_most(&a->usual);
	f->words.window_us = c->account_burst_window_s * US_PER_S;
	f->words.guessers =
	    n->guessers >= c->account_guess_networks ? n->guessers : 0;
	if (f->since_us > n->sent_us)
		f->since_us = n->sent_us;
	if (f->first_obs > n->sent_obs)
		f->first_obs = n->sent_obs;
}

static void name(struct account_finding *f, const struct account *a)
{
	for (int i = 0; i < 8; i++)
		snprintf(f->words.id + 2 * i, 3, "%02x", a->id[i]);
	f->words.accounts = 1;
}

static int judge(const struct accounts *t, const struct account *a,
    const struct account_network *n, const struct policy *p, int64_t now_us,
    struct account_finding *f)
{
	const struct conf *c = p->conf;
	struct window w;
	bool spread, burst;

	if (look_back(a, c, now_us, n->last_obs, &w, &f->networks) == -1)
		return -1;
	spread =
	    w.networks >= c->account_networks && w.blocks >= c->account_blocks;
	burst = is_burst(t, a, n, c, now_us);
	if (!spread && !burst)
		return 0;
	name(f, a);
	f->network = n->network;
	f->since_us = w.oldest_us;
	f->first_obs = w.oldest_obs;
	if (spread) {
		f->words.networks = w.networks;
		f->words.span_us = now_us - w.oldest_us;
	}
	if (burst)
		tell_burst(f, a, n, c, now_us);
	return 1;
}

/* A network is on trial while it is new, window by window, and with the
 * first messages that ever come from it. Only what comes from others is what
 * is usual. */
static void note_messages(struct account *a, struct account_network *n,
    const struct conf *c, const struct observation *o)
{
	int64_t window_us = c->account_burst_window_s * US_PER_S;

	usual_advance(&a->usual, c, o->ts_us);
	if (o->messages == 0)
		return;
	if (n != NULL && n->sent_us != 0 &&
	    o->ts_us - n->sent_us <= window_us) {
		n->messages = capped((int64_t)n->messages + o->messages);
	} else if (n != NULL && (n->sent_us == 0 || is_new(n, c, o->ts_us))) {
		n->sent_us = o->start_us;
		n->sent_obs = o->obs_no;
		n->messages = capped(o->messages);
	} else {
		usual_add(&a->usual, o->messages);
	}
}

static int note_success(struct accounts *t, struct account *a,
    const struct policy *p, const struct observation *o,
    struct account_finding *f)
{
	uint64_t network = account_network(&o->client);
	struct account_network *n;
	int64_t now_us = o->ts_us;

	if (a->first_us == 0 || a->first_us > o->start_us)
		a->first_us = o->start_us > 0 ? o->start_us : 1;
	if (o->own_line) {
		note_messages(a, NULL, p->conf, o);
		return 0;
	}
	n = known(a, network);
	if (n == NULL) {
		n = new_network(a, network);
		if (n == NULL)
			return -1;
		n->first_us = o->start_us;
		n->guessers = guessers(a, p->conf, network, now_us);
	}
	if (n->first_us > o->start_us)
		n->first_us = o->start_us;
	if (n->last_us < now_us)
		n->last_us = now_us;
	n->last_obs = o->obs_no;
	note_messages(a, n, p->conf, o);
	return judge(t, a, n, p, now_us, f);
}

/* Told once: what comes after that is news again, so that an account whose
 * password was changed is not accused of what had been. */
static int note_delivery(struct account *a, const struct conf *c,
    const struct observation *o, struct account_finding *f)
{
	struct answers *w = &a->answers;

	if (!answers_note(w, c, o))
		return 0;
	name(f, a);
	f->network = account_network(&o->client);
	f->since_us = w->since_us;
	f->first_obs = w->first_obs;
	f->words.answers_us = o->ts_us - w->since_us;
	f->words.delivered = w->delivered;
	f->words.rejected = w->rejected;
	f->words.unknown = w->unknown;
	f->words.own_line = o->own_line;
	memset(w, 0, sizeof(*w));
	return 1;
}

int accounts_note(struct accounts *t, const struct policy *p,
    const struct observation *o, struct account_finding *f)
{
	struct account *a;

	memset(f, 0, sizeof(*f));
	if (o->login == LOGIN_NONE)
		return 0;
	if (t->first_us == 0)
		t->first_us = o->start_us;
	a = get(t, o->account_hash, o->login != LOGIN_FAILURE);
	if (a == NULL)
		return -1;
	if (o->login == LOGIN_DELIVERY)
		return note_delivery(a, p->conf, o, f);
	if (o->login == LOGIN_SUCCESS)
		return note_success(t, a, p, o, f);
	/* Its owner, with an old password in the telephone. */
	if (o->own_line || known(a, account_network(&o->client)) != NULL)
		return 0;
	return note_failure(a, account_network(&o->client), o->ts_us);
}
