/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/peers.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"

#define HOUR_US (3600 * US_PER_S)
#define FIVE_US (300 * US_PER_S)

/* ntopng, check smtp_contacts: operator "gt", threshold 5. */
#define NTOPNG_SERVERS 5
/* NEMEA smtp_spam_detector: MAX_ALLOWED_SERVERS; alarm at a confidence above
 * .9 of 1 / (1 + exp(-score / 2)). */
#define NEMEA_SERVERS 10
#define NEMEA_SCORE   4.394449
/* Exim wiki, BlockCracking: unknown recipients in an hour. */
#define EXIM_UNKNOWN 100
/* SPOT, Duan et al.: theta0 .2, theta1 .9, alpha = beta = .01. */
#define SPOT_UP    1.504077    /* ln(.9 / .2) */
#define SPOT_DOWN  (-2.079442) /* ln(.1 / .8) */
#define SPOT_ABUSE 4.595120
#define SPOT_FINE  (-4.595120)

const char *peer_name(enum peer_kind k)
{
	static const char *const names[PEER_COUNT] = {
	    "ntopng", "nemea", "exim", "spot"};

	return names[k];
}

static void set_begin(struct peer_set *s, uint32_t window)
{
	s->now = window;
	s->n = 0;
}

/* A set that is nearly full counts no more: far above every threshold. */
static void set_add(struct peer_set *s, uint32_t key)
{
	uint32_t at = (key * 2654435761u) % PEER_SET;

	if (s->n > PEER_SET / 2)
		return;
	while (s->window[at] == s->now) {
		if (s->key[at] == key)
			return;
		at = (at + 1) % PEER_SET;
	}
	s->window[at] = s->now;
	s->key[at] = key;
	s->n++;
}

void peers_reset(struct peers *p, double factor)
{
	memset(p, 0, sizeof(*p));
	p->factor = factor;
}

static void alarm_at(
    struct peers *p, enum peer_kind k, int64_t ts_us, int64_t bot_us)
{
	struct peer *v = &p->v[k];

	if (v->found_us == 0 && ts_us >= bot_us)
		v->found_us = ts_us;
	if (v->alarm_us != 0 && ts_us - v->alarm_us < US_PER_DAY)
		return;
	v->alarm_us = ts_us;
	v->alarms++;
}

/* Windows are numbered from 1, so that an empty set is of none. */
static uint32_t window_of(int64_t ts_us, int64_t span_us)
{
	return (uint32_t)((ts_us - LIFE_T0_US) / span_us) + 1;
}

static void ntopng(struct peers *p, const struct event *e, int64_t bot_us)
{
	uint32_t window = window_of(e->ts_us, HOUR_US);

	if (p->hour.now != window)
		set_begin(&p->hour, window);
	set_add(&p->hour, e->talk.server);
	if (p->hour.n > NTOPNG_SERVERS * p->factor)
		alarm_at(p, PEER_NTOPNG, e->ts_us, bot_us);
}

/* No mail comes in here, hence the logarithm always and the ratio's -1. A
 * report needs one of the two tags, of which only the servers' can be. */
static void nemea_end(struct peers *p, int64_t bot_us)
{
	double score = p->average - 1;

	if (p->flows > 0)
		score += log(p->flows);
	score += p->five.n > NEMEA_SERVERS * p->factor ? 1 : -1;
	if (p->five.n > NEMEA_SERVERS * p->factor &&
	    score > NEMEA_SCORE * p->factor)
		alarm_at(p, PEER_NEMEA, p->five_until_us, bot_us);
}

static void nemea_begin(struct peers *p, int64_t ts_us)
{
	uint32_t window = window_of(ts_us, FIVE_US);

	set_begin(&p->five, window);
	p->five_until_us = LIFE_T0_US + window * FIVE_US;
	p->flows = 0;
	p->average = 0;
}

/* Of a flow: 5 for a reply that says spam, 1 for a failing code, -1 for a
 * connection that was one. The average is kept as the original does. */
static void nemea(struct peers *p, const struct event *e, int64_t bot_us)
{
	double score = e->talk.answer == ANSWER_YES ? -1 : 0;

	if (e->ts_us >= p->five_until_us) {
		if (p->five_until_us != 0)
			nemea_end(p, bot_us);
		nemea_begin(p, e->ts_us);
	}
	set_add(&p->five, e->talk.server);
	if (!e->talk.tls && e->talk.answer == ANSWER_YES) {
		score +=
		    e->talk.fate == FATE_LISTED || e->talk.fate == FATE_RANGE
			? 6
			: 0;
		score += e->talk.fate == FATE_UNKNOWN ||
			 e->talk.fate == FATE_REJECTED ||
			 e->talk.fate == FATE_SENDER ||
			 e->talk.fate == FATE_GREY ||
			 e->talk.fate == FATE_OVERSIZE;
	}
	p->flows++;
	p->average += score / p->flows;
}

static void exim(struct peers *p, const struct event *e, int64_t bot_us)
{
	uint32_t need = (uint32_t)ceil(EXIM_UNKNOWN * p->factor);
	uint32_t n = e->talk.recipients > 0 ? e->talk.recipients : 1;

	if (e->talk.fate != FATE_UNKNOWN || need == 0 || need > PEER_TIMES)
		return;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t at = p->unknown_n % need;
		int64_t old_us;

		p->unknown_us[at] = e->ts_us;
		p->unknown_n++;
		/* Slot (at + 1) is the oldest of the last "need". */
		old_us = p->unknown_us[(at + 1) % need];
		if (p->unknown_n >= need && e->ts_us - old_us < HOUR_US)
			alarm_at(p, PEER_EXIM, e->ts_us, bot_us);
	}
}

/* The content filter's verdict is replaced by the reply's and by SPF's. */
static void spot(struct peers *p, const struct event *e, int64_t bot_us)
{
	enum fate f = e->talk.fate;
	bool bad = f == FATE_UNKNOWN || f == FATE_REJECTED ||
		   f == FATE_SENDER || f == FATE_LISTED || f == FATE_RANGE ||
		   e->talk.verdict == VERDICT_SPOOFED;

	if (!bad && f != FATE_DELIVERED)
		return;
	p->walk += bad ? SPOT_UP : SPOT_DOWN;
	if (p->walk >= SPOT_ABUSE * p->factor) {
		alarm_at(p, PEER_SPOT, e->ts_us, bot_us);
		p->walk = 0;
	} else if (p->walk <= SPOT_FINE) {
		p->walk = 0;
	}
}

void peers_event(struct peers *p, const struct event *e, int64_t bot_us)
{
	if (e->kind == EVENT_LOGIN || e->talk.port != 0)
		return;
	switch (e->kind) {
	case EVENT_TRY:
		ntopng(p, e, bot_us);
		nemea(p, e, bot_us);
		break;
	case EVENT_MAIL:
		exim(p, e, bot_us);
		spot(p, e, bot_us);
		break;
	case EVENT_WAKE:
	case EVENT_CLOSE:
	case EVENT_LOGIN:
		break;
	}
}
