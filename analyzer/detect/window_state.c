/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/window_state.h"

#include <stdlib.h>
#include <string.h>

/* When loading: n of them, zeroed, or NULL after failing. */
static void pairs_state(struct state *s, struct score *sc)
{
	uint32_t n = state_count(s, sc->n_pairs, SCORE_PAIRS_MAX);

	if (s->load && score_room_pairs(sc, n) == -1)
		state_fail(s, "out of memory");
	if (s->load)
		sc->n_pairs = s->failed ? 0 : (uint16_t)n;
	for (uint32_t i = 0; i < sc->n_pairs && !s->failed; i++) {
		struct score_pair *p = &score_pairs(sc)[i];

		state_key(s, &p->server);
		STATE(s, p->applied_milli);
		STATE(s, p->label);
		STATE(s, p->bad);
	}
}

static void sets_state(struct state *s, struct score_evidence *e)
{
	state_keyset(s, &e->servers);
	state_keyset(s, &e->domains);
	state_keyset(s, &e->unnamed);
	state_keyset(s, &e->strong);
}

static void facts_state(struct state *s, struct score_evidence *e)
{
	STATE(s, e->strong_minutes);
	STATE(s, e->last_strong_minute);
	STATE(s, e->since_us);
	STATE(s, e->first_obs);
	STATE(s, e->observations);
	STATE(s, e->unknown_users);
	STATE(s, e->blocklisted);
	STATE(s, e->spoofed);
}

static void evidence_state(struct state *s, struct score *sc)
{
	struct score_evidence blank = *score_evidence(sc);

	sets_state(s, &blank);
	facts_state(s, &blank);
	if (!s->load)
		return;
	if (blank.first_obs != 0 || blank.servers.n > 0)
		sc->evidence = state_room(s, 1, sizeof(*sc->evidence));
	if (sc->evidence) {
		*sc->evidence = blank;
		return;
	}
	keyset_clear(&blank.servers);
	keyset_clear(&blank.domains);
	keyset_clear(&blank.unnamed);
	keyset_clear(&blank.strong);
}

void score_state(struct state *s, struct score *sc)
{
	STATE(s, sc->value_milli);
	STATE(s, sc->fallen_us);
	STATE(s, sc->listing_until_us);
	STATE(s, sc->minute);
	pairs_state(s, sc);
	evidence_state(s, sc);
	STATE(s, sc->hurry_milli);
	STATE(s, sc->hurry_us);
}

/* The ring, oldest first. */
static void events_state(struct state *s, struct burst *b)
{
	for (uint32_t i = 0; i < b->n_events && !s->failed; i++) {
		uint32_t at =
		    (b->head + b->cap_events - b->n_events + i) % b->cap_events;
		struct burst_event *e = &burst_events(b)[at];

		STATE(s, e->ts_us);
		STATE(s, e->obs_no);
	}
}

static void servers_state(struct state *s, struct burst *b)
{
	for (uint32_t i = 0; i < b->n_servers && !s->failed; i++) {
		struct burst_server *v = &burst_named(b)[i];

		state_key(s, &v->key);
		STATE(s, v->ts_us);
	}
}

/* How many there are, then for how many there is room: that is no more than
 * needs be when it is loaded, and says nothing. */
static uint16_t filled(struct state *s, uint32_t n)
{
	uint32_t cap;

	n = state_count(s, n, BURST_MAX);
	cap = state_count(s, n, BURST_MAX);
	if (s->load && !s->failed && n > cap)
		state_fail(s, "a window holds more than it has room for");
	return s->failed ? 0 : (uint16_t)n;
}

static void told_state(struct state *s, struct burst *b)
{
	uint32_t n = state_count(s, b->n_told, BURST_TOLD);

	if (s->load && n > 0) {
		b->told = state_room(s, BURST_TOLD, sizeof(*b->told));
		b->n_told = b->told ? (uint16_t)n : 0;
	}
	for (uint32_t i = 0; i < b->n_told && !s->failed; i++) {
		STATE(s, b->told[i].ts_us);
		STATE(s, b->told[i].servers);
	}
}

void burst_state(struct state *s, struct burst *b)
{
	uint16_t n;

	b->max_events = (uint16_t)state_count(s, b->max_events, BURST_MAX);
	b->max_servers = (uint16_t)state_count(s, b->max_servers, BURST_MAX);
	n = filled(s, b->n_events);
	if (s->load && n > 0 && burst_room_events(b, n) == -1)
		state_fail(s, "out of memory");
	else if (s->load)
		b->n_events = n;
	events_state(s, b);
	n = filled(s, b->n_servers);
	if (s->load && n > 0 && burst_room_servers(b, n) == -1)
		state_fail(s, "out of memory");
	else if (s->load)
		b->n_servers = n;
	servers_state(s, b);
	told_state(s, b);
}

/* One that holds nothing is like none. */
void window_state(struct state *s, struct burst **w)
{
	struct burst b = {0};

	if (*w)
		b = **w;
	burst_state(s, &b);
	if (!s->load)
		return;
	if (b.n_events > 0)
		*w = state_room(s, 1, sizeof(**w));
	if (*w)
		**w = b;
	else
		burst_clear(&b);
}

/* A window that has begun holds a place. */
static void places_state(struct state *s, struct places *p)
{
	uint64_t words[PLACES_WORDS];
	bool there = p->n > 0;

	STATE(s, there);
	if (!there)
		return;
	places_words(p, words);
	for (uint32_t i = 0; i < PLACES_WORDS; i++)
		state_key(s, &words[i]);
	for (uint32_t i = 0; i < PLACES_MAX && s->load && !s->failed; i++)
		if ((words[i / 64] >> i % 64 & 1) && places_add(p, i) == -1)
			state_fail(s, "out of memory");
}

void spread_state(struct state *s, struct spread *sp)
{
	uint32_t n = sp->seen.n;
	int64_t unused = 0; /* once what the rule asked */

	STATE(s, sp->since_us);
	STATE(s, sp->first_obs);
	STATE(s, sp->sessions);
	n = state_count(s, n, PLACES_MAX);
	for (int i = 0; i < 3; i++) {
		STATE(s, unused);
		unused = 0;
	}
	places_state(s, &sp->seen);
	if (s->form >= 3)
		places_state(s, &sp->before);
	if (!s->failed && n != sp->seen.n)
		state_fail(s, "a window's servers are miscounted");
	state_keyset(s, &sp->helos);
}

void retries_state(struct state *s, struct retries *r)
{
	uint8_t n = (uint8_t)state_count(s, r->n, RETRIES_MAX);
	uint8_t cap = (uint8_t)state_count(s, r->cap, RETRIES_MAX);

	if (s->load && !s->failed && n > cap)
		state_fail(s, "a window holds more than it has room for");
	if (s->load && !s->failed && cap > 0) {
		r->v = state_room(s, cap, sizeof(*r->v));
		r->cap = r->v ? cap : 0;
		r->n = r->v ? n : 0;
	}
	for (int i = 0; i < r->n && !s->failed; i++) {
		state_key(s, &r->v[i].key);
		STATE(s, r->v[i].ts_us);
	}
}

void fates_state(struct state *s, struct fates *f)
{
	STATE(s, f->window);
	STATE(s, f->good);
	STATE(s, f->bad);
	STATE(s, f->good_before);
	STATE(s, f->bad_before);
	if (s->form < 3)
		return;
	STATE(s, f->fresh);
	STATE(s, f->fresh_before);
}
