/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/score.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/record.pb-c.h"

#define MINUTE_US   INT64_C(60000000)
#define KEEP_MAX    4096 /* a minimum above this is never met */
#define FALL_STEPS  16
#define FALL_FACTOR 62757 /* 65536 * 2^(-1/16) */

int32_t score_weight(const struct policy *p, const struct observation *o,
    enum label label, bool port_closed)
{
	if (label == LABEL_NONE)
		return 0;
	if ((label == LABEL_UNANSWERED || label == LABEL_REFUSED) &&
	    (!o->source_validated || port_closed))
		return 0;
	return (int32_t)p->conf->weight_milli[label];
}

int32_t score_listing(struct score *s, const struct policy *p,
    const struct observation *o, enum label label, int64_t now_us,
    int32_t weight_milli)
{
	int64_t once_us = p->conf->listing_once_s * US_PER_S;

	if (once_us == 0 ||
	    o->reply_class != SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED)
		return weight_milli;
	/* Of the whole range: nothing that the customer did. */
	if (label == LABEL_REJECTED)
		return 0;
	if (label != LABEL_BLOCKLISTED)
		return weight_milli;
	if (now_us < s->listing_until_us)
		return 0;
	s->listing_until_us = now_us + once_us;
	return weight_milli;
}

/* By 2^(-1/16) for each sixteenth of the half-life, in whole numbers. What
 * is not a whole sixteenth waits. */
static void let_fall(struct score *s, const struct policy *p, int64_t now_us)
{
	int64_t step_us = p->conf->score_half_life_s * US_PER_S / FALL_STEPS;
	int64_t steps;

	if (step_us == 0)
		return;
	if (s->fallen_us == 0 || s->value_milli == 0 || now_us < s->fallen_us)
		s->fallen_us = now_us;
	steps = (now_us - s->fallen_us) / step_us;
	s->fallen_us += steps * step_us;
	for (; steps > 0 && s->value_milli > 0; steps--)
		s->value_milli =
		    (int32_t)((int64_t)s->value_milli * FALL_FACTOR / 65536);
}

const struct score_evidence *score_evidence(const struct score *s)
{
	static const struct score_evidence none;

	return s->evidence != NULL ? s->evidence : &none;
}

void score_told(struct score *s)
{
	struct score_evidence *e = s->evidence;

	if (e == NULL)
		return;
	e->observations = e->unknown_users = 0;
	e->blocklisted = e->spoofed = 0;
}

static void forget_evidence(struct score *s)
{
	struct score_evidence *e = s->evidence;

	if (e == NULL)
		return;
	keyset_clear(&e->servers);
	keyset_clear(&e->domains);
	keyset_clear(&e->unnamed);
	keyset_clear(&e->strong);
	free(e);
	s->evidence = NULL;
}

struct score_pair *score_pairs(struct score *s)
{
	return s->cap_pairs == 0 ? &s->one : s->pairs;
}

static void forget_pairs(struct score *s)
{
	free(s->pairs);
	s->pairs = NULL;
	s->n_pairs = s->cap_pairs = 0;
}

int score_room_pairs(struct score *s, uint32_t cap)
{
	struct score_pair *v;

	if (cap <= 1)
		return 0;
	v = calloc(cap, sizeof(*v));
	if (v == NULL)
		return -1;
	memcpy(v, score_pairs(s), s->n_pairs * sizeof(*v));
	free(s->pairs);
	s->pairs = v;
	s->cap_pairs = (uint16_t)cap;
	return 0;
}

void score_restart(struct score *s, int32_t value_milli)
{
	forget_evidence(s);
	s->value_milli = s->hurry_milli = value_milli;
	s->hurry_us = 0;
	forget_pairs(s);
}

void score_free(struct score *s)
{
	forget_evidence(s);
	forget_pairs(s);
	memset(s, 0, sizeof(*s));
}

/* The server's entry of the running minute; a new one has no label. NULL
 * when the minute is full (*full) or memory is. */
static struct score_pair *find_pair(
    struct score *s, uint64_t server, bool *full)
{
	struct score_pair *pairs = score_pairs(s);
	uint32_t cap = s->cap_pairs == 0 ? 1 : s->cap_pairs;

	for (uint32_t i = 0; i < s->n_pairs; i++)
		if (pairs[i].server == server)
			return &pairs[i];
	*full = s->n_pairs == SCORE_PAIRS_MAX;
	if (*full)
		return NULL;
	if (s->n_pairs == cap && score_room_pairs(s, cap * 4) == -1)
		return NULL;
	pairs = &score_pairs(s)[s->n_pairs++];
	memset(pairs, 0, sizeof(*pairs));
	pairs->server = server;
	return pairs;
}

static int32_t clamp(const struct policy *p, enum line_class c, int64_t v)
{
	int64_t cap = p->threshold_milli[c] * SCORE_CAP_THRESHOLDS;

	if (cap > INT32_MAX)
		cap = INT32_MAX;
	if (v < 0)
		return 0;
	return (int32_t)(v > cap ? cap : v);
}

/* Good mail of the same burst is not forgotten at 0. */
static void follow_hurry(struct score *s, const struct policy *p,
    int64_t now_us, int32_t before, int32_t added_milli)
{
	int64_t v = s->hurry_milli;

	if (s->hurry_us == 0 ||
	    now_us - s->hurry_us > p->conf->burst_window_s * US_PER_S)
		v = before;
	v += added_milli;
	if (v < -p->conf->hurry_memory_milli)
		v = -p->conf->hurry_memory_milli;
	if (v > s->value_milli)
		v = s->value_milli;
	s->hurry_milli = (int32_t)v;
	s->hurry_us = now_us;
}

int32_t score_in_hurry(const struct score *s, const struct policy *p)
{
	return p->conf->hurry_memory_milli > 0 ? s->hurry_milli
					       : s->value_milli;
}

static int add_domains(
    struct score_evidence *e, const struct observation *o, uint32_t max)
{
	const char *at = o->rcpt_domains;

	while (*at != '\0') {
		size_t len = strcspn(at, " ");

		if (len > 0 &&
		    keyset_add(&e->domains, key_of_name(at, len), max) == -1)
			return -1;
		at += len + (at[len] == ' ');
	}
	return 0;
}

/* What the incident's words are made of: every bad row. */
static void add_facts(struct score_evidence *e, const struct observation *o,
    int64_t now_us, enum label label)
{
	if (e->first_obs == 0) {
		e->since_us = now_us;
		e->first_obs = o->obs_no;
	}
	e->unknown_users += o->unknown_users;
	if (label == LABEL_UNKNOWN_USER && o->unknown_users == 0)
		e->unknown_users++;
	e->blocklisted += label == LABEL_BLOCKLISTED;
	e->spoofed += o->verdict == VERDICT_SPOOFED;
}

/* What the hard minima count: as S, once a server and minute. */
static int add_minima(struct score_evidence *e, const struct policy *p,
    const struct observation *o, enum label label, uint64_t server,
    int64_t minute)
{
	int64_t least = p->conf->min_domains;
	uint32_t max = (uint32_t)(least > KEEP_MAX ? KEEP_MAX : least);
	bool named = o->tier == PRIVACY_DOMAINS && o->rcpt_domains[0] != '\0';

	if (label >= LABEL_UNKNOWN_USER &&
	    (e->strong_minutes == 0 || e->last_strong_minute != minute)) {
		e->strong_minutes++;
		e->last_strong_minute = minute;
	}
	if (label >= LABEL_UNKNOWN_USER &&
	    keyset_add(&e->strong, server,
		(uint32_t)p->conf->min_strong_servers) == -1)
		return -1;
	if (keyset_add(&e->servers, server, SCORE_SERVERS_MAX) == -1)
		return -1;
	if (named)
		return add_domains(e, o, max);
	return keyset_add(&e->unnamed, server, max) == -1 ? -1 : 0;
}

int score_note(struct score *s, const struct policy *p, enum line_class c,
    const struct observation *o, int64_t now_us, enum label label,
    int32_t weight_milli, int32_t *added_milli)
{
	uint64_t server = key_of_addr(&o->server);
	struct score_pair *pair;
	bool full = false, counted;
	int32_t before;

	*added_milli = 0;
	let_fall(s, p, now_us);
	before = s->value_milli;
	if (s->minute != now_us / MINUTE_US) {
		s->minute = now_us / MINUTE_US;
		forget_pairs(s);
	}
	pair = find_pair(s, server, &full);
	if (pair == NULL)
		return full ? 0 : -1;
	counted = label > pair->label;
	if (counted) {
		*added_milli = weight_milli - pair->applied_milli;
		s->value_milli = clamp(p, c, (int64_t)before + *added_milli);
		pair->applied_milli += s->value_milli - before;
		pair->label = (uint8_t)label;
		follow_hurry(s, p, now_us, before, *added_milli);
	}
	if (s->value_milli == 0) {
		forget_evidence(s);
		return counted;
	}
	if (weight_milli <= 0)
		return counted;
	if (s->evidence == NULL)
		s->evidence = calloc(1, sizeof(*s->evidence));
	if (s->evidence == NULL)
		return -1;
	add_facts(s->evidence, o, now_us, label);
	s->evidence->observations += !pair->bad;
	pair->bad = true;
	if (counted &&
	    add_minima(s->evidence, p, o, label, server, s->minute) == -1)
		return -1;
	return counted;
}

bool score_alarm(
    const struct score *s, const struct policy *p, enum line_class c)
{
	const struct score_evidence *e = score_evidence(s);

	if (s->value_milli < p->threshold_milli[c])
		return false;
	return e->domains.n >= p->conf->min_domains ||
	       e->unnamed.n >= p->conf->min_domains ||
	       (e->strong_minutes >= p->conf->min_strong_minutes &&
		   e->strong.n >= p->conf->min_strong_servers);
}
