/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/life.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "tests/eval/kinds.h"

#define DAY_S         86400.0
#define LARGE_DOMAINS 10
#define LARGE_SERVERS 8
#define SMALL_FIRST   1000     /* numbers below are the large ones' */
#define WORLD_DOMAINS 2000000u /* of which anybody may be picked */
#define TRIES_MAX     8
#define BASE_BITS     20

/* --- the queue: a binary heap by time, then order ---------------------- */

static bool before(const struct event *a, const struct event *b)
{
	return a->ts_us != b->ts_us ? a->ts_us < b->ts_us : a->order < b->order;
}

static void push(struct life *l, const struct event *e)
{
	size_t at;

	if (l->n == LIFE_EVENTS_MAX) {
		l->lost++;
		return;
	}
	at = l->n++;
	while (at > 0) {
		size_t up = (at - 1) / 2;

		if (!before(e, &l->heap[up]))
			break;
		l->heap[at] = l->heap[up];
		at = up;
	}
	l->heap[at] = *e;
}

static struct event pop(struct life *l)
{
	struct event first = l->heap[0];
	const struct event *last = &l->heap[--l->n];
	size_t at = 0, next;

	while ((next = 2 * at + 1) < l->n) {
		if (next + 1 < l->n &&
		    before(&l->heap[next + 1], &l->heap[next]))
			next++;
		if (!before(&l->heap[next], last))
			break;
		l->heap[at] = l->heap[next];
		at = next;
	}
	l->heap[at] = *last;
	return first;
}

static void plan_at(struct life *l, int64_t ts_us, enum event_kind kind,
    life_wake *wake, const struct talk *t)
{
	struct event e = {.ts_us = ts_us, .kind = kind, .wake = wake};

	if (ts_us >= l->end_us)
		return;
	e.order = l->order++;
	if (t != NULL)
		e.talk = *t;
	if (e.talk.message == 0)
		e.talk.message = (uint32_t)l->order;
	push(l, &e);
}

static int64_t after(const struct life *l, double s)
{
	if (s > 366 * DAY_S)
		return l->end_us;
	return l->now_us + (int64_t)(s * (double)US_PER_S);
}

/* --- plans ------------------------------------------------------------ */

void life_plan(struct life *l, double after_s, life_wake *wake)
{
	plan_at(l, after(l, after_s), EVENT_WAKE, wake, NULL);
}

void life_plan_flat(struct life *l, double rate_day, life_wake *wake)
{
	if (rate_day > 0)
		life_plan(l, draw_exp(&l->rng) * DAY_S / rate_day, wake);
}

/* How busy the local hour is; the mean of a day is about .5. */
static const double busy[24] = {.10, .07, .05, .05, .05, .10, .20, .35, .65,
    .90, 1.0, .95, .75, .85, .95, .90, .85, .75, .60, .55, .55, .45, .30, .18};

void life_plan_daily(struct life *l, double rate_day, life_wake *wake)
{
	double peak = rate_day / .5056, s = 0;

	if (rate_day <= 0)
		return;
	while (s < 366 * DAY_S) {
		int64_t local_h;

		s += draw_exp(&l->rng) * DAY_S / peak;
		local_h = (after(l, s) - LIFE_T0_US) / (3600 * US_PER_S) +
			  l->zone_hours + 24;
		if (draw_chance(&l->rng, busy[local_h % 24]))
			break;
	}
	life_plan(l, s, wake);
}

void life_talk_in(struct life *l, double after_s, const struct talk *t)
{
	plan_at(l, after(l, after_s), EVENT_TRY, NULL, t);
}

void life_talk(struct life *l, const struct talk *t)
{
	life_talk_in(l, 0, t);
}

/* --- receivers ---------------------------------------------------------- */

void life_pick_large(struct life *l, struct talk *t, uint32_t which)
{
	t->domain = which % LARGE_DOMAINS;
	t->server =
	    t->domain * LARGE_SERVERS + prng_below(&l->rng, LARGE_SERVERS);
}

void life_pick(struct life *l, struct talk *t, uint32_t circle, double large)
{
	if (draw_chance(&l->rng, large)) {
		life_pick_large(l, t, draw_zipf(&l->rng, LARGE_DOMAINS));
		return;
	}
	if (circle == 0)
		circle = 1;
	t->domain =
	    SMALL_FIRST + WORLD_DOMAINS + l->base + draw_zipf(&l->rng, circle);
	t->server = t->domain;
}

void life_pick_any(struct life *l, struct talk *t)
{
	if (draw_chance(&l->rng, .3)) {
		life_pick_large(l, t, draw_zipf(&l->rng, LARGE_DOMAINS));
		return;
	}
	t->domain = SMALL_FIRST + prng_below(&l->rng, WORLD_DOMAINS);
	t->server = t->domain;
}

/* --- the life itself ------------------------------------------------------ */

static double draw_param(struct prng *rng, const struct param *p)
{
	switch (p->law) {
	case LAW_UNIFORM:
		return draw_uniform(rng, p->lo, p->hi);
	case LAW_LOG:
		return draw_log(rng, p->lo, p->hi);
	case LAW_CHANCE:
		return draw_chance(rng, p->lo) ? 1 : 0;
	}
	return 0;
}

void life_begin(struct life *l, const struct kind *k, uint64_t seed,
    uint64_t number, int days)
{
	draw_seed(&l->rng, seed, k->name, number);
	l->now_us = LIFE_T0_US;
	l->end_us = LIFE_T0_US + days * US_PER_DAY;
	l->first_bot_us = INT64_MAX;
	l->n = 0;
	l->order = l->lost = 0;
	l->stop = false;
	l->load = 1;
	memset(l->p, 0, sizeof(l->p));
	memset(l->state, 0, sizeof(l->state));
	for (int i = 0; i < LIFE_PARAMS && k->params[i].name != NULL; i++)
		l->p[i] = draw_param(&l->rng, &k->params[i]);
	l->line_class =
	    draw_chance(&l->rng, k->fixed_line) ? CLASS_STATIC : CLASS_DYNAMIC;
	l->validated = draw_chance(&l->rng, k->validated);
	l->tls_share = draw_uniform(&l->rng, .4, .98);
	/* Half of them at the provider's own clock, the rest set wrongly or
	 * working for abroad. */
	l->zone_hours =
	    draw_chance(&l->rng, .5) ? 9 : (int)prng_below(&l->rng, 24) - 11;
	l->base = (uint32_t)(prng_next(&l->rng) >> (64 - BASE_BITS)) << 8;
}

/* What a receiver's queue makes of a mail that it was told to bring again. */
static void try_again(struct life *l, const struct talk *t)
{
	struct talk next = *t;
	double wait_s = 300 * exp2(t->tries);

	if (t->tries >= TRIES_MAX)
		return;
	next.tries++;
	/* A server that was away may be back. */
	if (t->answer != ANSWER_YES && draw_chance(&l->rng, .4))
		next.answer = ANSWER_YES;
	/* Greylisting passes on the second or third try. */
	if (t->fate == FATE_GREY && draw_chance(&l->rng, .8))
		next.fate = FATE_DELIVERED;
	if (wait_s > 14400)
		wait_s = 14400;
	life_talk_in(l, wait_s * draw_uniform(&l->rng, .9, 1.2), &next);
}

static void begin_talk(struct life *l, struct event *e)
{
	struct talk *t = &e->talk;
	double took_s = draw_uniform(&l->rng, .3, 4);

	if (t->bot && l->first_bot_us == INT64_MAX)
		l->first_bot_us = e->ts_us;
	l->sink(l, e);
	if (t->answer != ANSWER_YES) {
		if (t->fate != FATE_NOMAIL && !t->bot)
			try_again(l, t);
		return;
	}
	if (t->fate != FATE_NOMAIL && !t->tls)
		plan_at(l, after(l, took_s), EVENT_MAIL, NULL, t);
	plan_at(l, after(l, took_s + .2), EVENT_CLOSE, NULL, t);
	if (t->fate == FATE_GREY && !t->bot)
		try_again(l, t);
}

void life_run(struct life *l)
{
	while (l->n > 0 && !l->stop) {
		struct event e = pop(l);

		l->now_us = e.ts_us;
		switch (e.kind) {
		case EVENT_WAKE:
			e.wake(l);
			break;
		case EVENT_TRY:
			begin_talk(l, &e);
			break;
		case EVENT_MAIL:
		case EVENT_CLOSE:
			l->sink(l, &e);
			break;
		}
	}
}
