/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/customer_state.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/detect/window_state.h"

/* When loading: n of them, zeroed, or NULL after failing. */
/* --- incidents and decisions ---------------------------------------------- */

static void row_state(struct state *s, struct incident *i)
{
	STATE(s, i->id);
	STATE(s, i->kind);
	state_text(s, i->customer, sizeof(i->customer));
	STATE(s, i->line_class);
	STATE(s, i->state);
	STATE(s, i->closed_as);
	STATE(s, i->opened_us);
	STATE(s, i->last_us);
	STATE(s, i->closed_us);
	STATE(s, i->first_obs);
	STATE(s, i->last_obs);
	STATE(s, i->observations);
	STATE(s, i->servers);
	STATE(s, i->unknown_users);
	STATE(s, i->blocklisted);
	STATE(s, i->spoofed);
	STATE(s, i->score_milli);
	STATE(s, i->peak_milli);
	state_text(s, i->summary, sizeof(i->summary));
	state_text(s, i->policy_hash, sizeof(i->policy_hash));
	STATE(s, i->brake_id);
}

static void words_state(struct state *s, struct account_words *w)
{
	state_text(s, w->id, sizeof(w->id));
	STATE(s, w->networks);
	STATE(s, w->span_us);
	STATE(s, w->messages);
	STATE(s, w->burst_us);
	STATE(s, w->first_us);
	STATE(s, w->usual);
	STATE(s, w->window_us);
	STATE(s, w->guessers);
	STATE(s, w->accounts);
	if (s->form >= 3) {
		STATE(s, w->unknown);
		STATE(s, w->rejected);
		STATE(s, w->delivered);
		STATE(s, w->answers_us);
		STATE(s, w->own_line);
	}
}

static void open_state(struct state *s, struct incident_open *o)
{
	row_state(s, &o->row);
	state_keyset(s, &o->servers);
	STATE(s, o->since_us);
	STATE(s, o->due_us);
	STATE(s, o->told);
	STATE(s, o->unverified);
	words_state(s, &o->account);
	state_keyset(s, &o->accounts);
	STATE(s, o->block_age_us);
	STATE(s, o->held);
}

static void book_state(struct state *s, struct incident_book *b)
{
	for (int k = 0; k < INCIDENT_KIND_COUNT && !s->failed; k++) {
		bool there = b->open[k] != NULL;

		STATE(s, there);
		if (s->load && there && !s->failed)
			b->open[k] = state_room(s, 1, sizeof(*b->open[k]));
		if (b->open[k])
			open_state(s, b->open[k]);
	}
}

static void ladder_state(struct state *s, struct ladder *l)
{
	bool there = l->past != NULL;
	struct ladder_past *p;

	STATE(s, l->step);
	STATE(s, l->last_us);
	STATE(s, there);
	if (s->load && there && !s->failed)
		l->past = state_room(s, 1, sizeof(*l->past));
	p = l->past;
	if (!p)
		return;
	STATE(s, p->base_step);
	STATE(s, p->base_us);
	p->n = (int)state_count(s, (uint32_t)p->n, LADDER_PAST);
	for (int i = 0; i < p->n; i++) {
		STATE(s, p->v[i].incident_id);
		STATE(s, p->v[i].began_us);
		STATE(s, p->v[i].ended_us);
	}
}

static void standing_state(struct state *s, struct standing *st)
{
	for (int h = 0; h < HOLD_COUNT; h++) {
		struct hold *hold = &st->holds[h];

		STATE(s, hold->seq);
		STATE(s, hold->since_us);
		STATE(s, hold->until_us);
		STATE(s, hold->incident_id);
		STATE(s, hold->op_id);
		STATE(s, hold->step);
		STATE(s, hold->mode);
		STATE(s, hold->began_us);
		STATE(s, hold->refused_us);
		STATE(s, hold->refused);
	}
	ladder_state(s, &st->ladder);
}

static void novelty_state(struct state *s, struct novelty **at)
{
	bool there = *at != NULL;
	struct novelty *n;

	STATE(s, there);
	if (s->load && there && !s->failed)
		*at = state_room(s, 1, sizeof(**at));
	n = *at;
	if (!n)
		return;
	STATE(s, n->day);
	for (int f = 0; f < NOVELTY_UNKNOWN; f++)
		for (int i = 0; i < NOVELTY_WORDS; i++) {
			state_key(s, &n->names[f].now[i]);
			state_key(s, &n->names[f].before[i]);
		}
	STATE(s, n->rcpts);
	STATE(s, n->unknown);
	STATE(s, n->rcpts_before);
	STATE(s, n->unknown_before);
}

/* --- customers ------------------------------------------------------------ */

static void cases_state(struct state *s, struct customer *c)
{
	struct casefile f = *customer_cases(c);

	book_state(s, &f.incidents);
	standing_state(s, &f.standing);
	if (!s->load || casefile_is_blank(&f))
		return;
	if (customer_open_cases(c)) {
		*c->cases = f;
		return;
	}
	state_fail(s, "out of memory");
	incident_book_free(&f.incidents);
	standing_free(&f.standing);
}

static void customer_state(struct state *s, struct customer *c)
{
	enum line_class line_class = c->line_class;

	STATE(s, c->last_us);
	STATE(s, line_class);
	if ((unsigned int)line_class >= CLASS_COUNT)
		state_fail(s, "a class of lines is none");
	else
		c->line_class = (uint8_t)line_class;
	score_state(s, &c->score);
	burst_state(s, &c->connections);
	window_state(s, &c->spoofed);
	STATE(s, c->spoof_milli);
	spread_state(s, &c->spread);
	window_state(s, &c->logins);
	window_state(s, &c->failed);
	STATE(s, c->failed_closed);
	STATE(s, c->last_strong_us);
	STATE(s, c->last_unverified_us);
	retries_state(s, &c->retries);
	fates_state(s, &c->fates);
	cases_state(s, c);
	if (s->form >= 2)
		novelty_state(s, &c->novelty);
}

static struct customer *load_customer(struct state *s, struct customers *t)
{
	char id[ROW_ID_LEN];
	struct customer *c;

	state_text(s, id, sizeof(id));
	if (s->failed)
		return NULL;
	if (customers_find(t, id)) {
		state_fail(s, "a customer is there twice");
		return NULL;
	}
	c = customers_get(t, id, NULL, 0);
	if (!c)
		state_fail(s, "out of memory");
	return c;
}

/* In the order in which they are looked at for eviction. */
void customers_state(struct state *s, struct customers *t)
{
	int64_t n = (int64_t)t->n;
	size_t max = t->max;

	STATE(s, n);
	if (!s->load) {
		for (struct customer *c = t->first; c; c = c->next) {
			state_text(s, c->id, ROW_ID_LEN);
			customer_state(s, c);
		}
		return;
	}
	t->max = SIZE_MAX; /* nobody makes room */
	for (int64_t i = 0; i < n && !s->failed; i++) {
		struct customer *c = load_customer(s, t);

		if (c)
			customer_state(s, c);
	}
	t->max = max;
}

/* --- accounts ------------------------------------------------------------- */

static void networks_state(struct state *s, struct account *a)
{
	uint8_t n =
	    (uint8_t)state_count(s, a->n_networks, ACCOUNT_NETWORKS_MAX);

	uint8_t cap = 2;

	while (cap < n) /* as it grows */
		cap *= 2;
	if (s->load && n > 0) {
		a->networks = state_room(s, cap, sizeof(*a->networks));
		a->cap_networks = a->networks ? cap : 0;
		a->n_networks = a->networks ? n : 0;
	}
	for (int i = 0; i < a->n_networks && !s->failed; i++) {
		struct account_network *w = &a->networks[i];

		state_key(s, &w->network);
		STATE(s, w->first_us);
		STATE(s, w->last_us);
		STATE(s, w->sent_us);
		STATE(s, w->last_obs);
		STATE(s, w->sent_obs);
		STATE(s, w->messages);
		STATE(s, w->guessers);
	}
}

static void failures_state(struct state *s, struct account *a)
{
	uint8_t n =
	    (uint8_t)state_count(s, a->n_failures, ACCOUNT_FAILURES_MAX);

	uint8_t cap = n > 4 ? ACCOUNT_FAILURES_MAX : 4;

	if (s->load && n > 0) {
		a->failures = state_room(s, cap, sizeof(*a->failures));
		a->cap_failures = a->failures ? cap : 0;
		a->n_failures = a->failures ? n : 0;
	}
	for (int i = 0; i < a->n_failures && !s->failed; i++) {
		state_key(s, &a->failures[i].network);
		STATE(s, a->failures[i].last_us);
	}
}

static void answers_state(struct state *s, struct answers *a)
{
	STATE(s, a->since_us);
	STATE(s, a->first_obs);
	STATE(s, a->score_milli);
	STATE(s, a->delivered);
	STATE(s, a->rejected);
	STATE(s, a->unknown);
}

static void account_state(struct state *s, struct account *a)
{
	STATE(s, a->first_us);
	networks_state(s, a);
	failures_state(s, a);
	STATE(s, a->usual.half);
	STATE(s, a->usual.window);
	STATE(s, a->usual.messages);
	STATE(s, a->usual.most);
	STATE(s, a->usual.most_before);
	if (s->form >= 3)
		answers_state(s, &a->answers);
}

void accounts_state(struct state *s, struct accounts *t)
{
	int64_t n = (int64_t)t->n;
	uint8_t id[ROW_HASH_BYTES];

	STATE(s, t->first_us);
	STATE(s, n);
	if (!s->load) {
		for (struct account *a = t->oldest; a; a = a->next) {
			state_raw(s, a->id, sizeof(a->id));
			account_state(s, a);
		}
		return;
	}
	for (int64_t i = 0; i < n && !s->failed; i++) {
		struct account *a;

		state_raw(s, id, sizeof(id));
		a = s->failed ? NULL : accounts_restore(t, id);
		if (a)
			account_state(s, a);
		else
			state_fail(s, "an account is there twice");
	}
}

/* --- the brake ------------------------------------------------------------ */

static void wish_state(struct state *s, struct wish *w)
{
	STATE(s, w->us);
	state_key(s, &w->prefix);
	STATE(s, w->incident_id);
	STATE(s, w->brake_id);
	STATE(s, w->in_window);
	STATE(s, w->began);
	STATE(s, w->due_us);
	STATE(s, w->end);
}

/* Behind the last one. */
static struct wish *load_wish(
    struct state *s, struct brake *b, const struct customers *t)
{
	char id[ROW_ID_LEN];
	struct customer *c;
	struct wish *w;

	state_text(s, id, sizeof(id));
	c = s->failed ? NULL : customers_find(t, id);
	if (!c || customer_cases(c)->standing.wish) {
		state_fail(s, "the brake holds a customer who is none");
		return NULL;
	}
	w = customer_open_cases(c) ? state_room(s, 1, sizeof(*w)) : NULL;
	if (!w) {
		state_fail(s, "out of memory");
		return NULL;
	}
	w->own = &c->cases->standing.wish;
	w->who = c;
	*w->own = w;
	w->prev = b->last;
	if (b->last)
		b->last->next = w;
	else
		b->first = w;
	b->last = w;
	return w;
}

static void brake_row_state(struct state *s, struct brake_row *r)
{
	STATE(s, r->id);
	STATE(s, r->began_us);
	STATE(s, r->ended_us);
	state_text(s, r->reason, sizeof(r->reason));
	STATE(s, r->held);
	STATE(s, r->lifted);
	STATE(s, r->last_us);
	STATE(s, r->ended_by);
	STATE(s, r->obs_no);
	STATE(s, r->op_id);
	state_text(s, r->policy_hash, sizeof(r->policy_hash));
}

void brake_state(struct state *s, struct brake *b, const struct customers *t)
{
	int64_t n = 0;

	for (struct wish *w = b->first; w; w = w->next)
		n++;
	STATE(s, n);
	for (struct wish *w = b->first; !s->load && w; w = w->next) {
		state_text(s, w->who->id, ROW_ID_LEN);
		wish_state(s, w);
	}
	for (int64_t i = 0; s->load && i < n && !s->failed; i++) {
		struct wish *w = load_wish(s, b, t);

		if (!w)
			return;
		wish_state(s, w);
		if (w->in_window && !b->window)
			b->window = w;
		b->n_window += w->in_window;
	}
	STATE(s, b->now_us);
	STATE(s, b->on);
	brake_row_state(s, &b->row);
	STATE(s, b->limit);
	STATE(s, b->end_us);
	STATE(s, b->day);
	STATE(s, b->active);
	STATE(s, b->active_before);
}
