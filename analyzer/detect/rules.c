/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/rules.h"

#include <string.h>

#include "analyzer/detect/held.h"
#include "analyzer/detect/label.h"
#include "base/clock.h"
#include "base/record.pb-c.h"

#define LOGIN_SERVERS 2 /* a mail program has one or two accounts */
#define HOUR_US       (3600 * US_PER_S)

/* The row at hand, as the rules see it. */
struct view {
	struct customer *c;
	struct ruling *r;
	const struct observation *o;
	int64_t now_us;
	uint64_t server; /* 0: it names none, the row is a summary */
	char *words;     /* what novelty added */
};

/* Filtered by us: silence then says nothing about the far end. */
static bool port_closed(const struct customer *c, const struct policy *p)
{
	const struct standing *s = &customer_cases(c)->standing;

	if (s->holds[HOLD_ALLOW].seq != 0)
		return false;
	return standing_blocked(s) || !p->port25_open[c->line_class];
}

/* Attempts that we saw fail, whoever is to blame. */
static bool is_failed_attempt(const struct observation *o)
{
	if (o->kind == OBS_SUMMARY)
		return o->attempts > 0;
	return o->kind == OBS_ATTEMPT &&
	       (o->outcome == SEKISHO__OUTCOME__OUTCOME_UNANSWERED ||
		   o->outcome == SEKISHO__OUTCOME__OUTCOME_REFUSED ||
		   o->outcome == SEKISHO__OUTCOME__OUTCOME_HALF_OPEN);
}

static struct sighting sighting_begin(
    const struct view *v, enum incident_kind kind)
{
	struct sighting s = {.kind = kind,
	    .now_us = v->now_us,
	    .server = v->server,
	    .observations = v->o->kind == OBS_SUMMARY ? v->o->attempts : 1,
	    .told = v->o->servers,
	    .score_milli = v->c->score.value_milli,
	    .since_us = v->now_us,
	    .first_obs = v->o->obs_no};

	return s;
}

static bool is_open(const struct view *v, enum incident_kind kind)
{
	return incident_is_open(&customer_cases(v->c)->incidents, kind);
}

static const struct incident *tell(
    const struct view *v, const struct sighting *s)
{
	struct casefile *cases = customer_open_cases(v->c);

	return cases == NULL ? NULL : incident_note(&cases->incidents, v->r, s);
}

/* The incident is in the customer's file. */
static void block(const struct view *v, const struct incident *i)
{
	if (decision_block(&v->c->cases->standing, v->r, i, v->now_us) ==
	    BLOCK_HELD)
		held_begin(v->c, v->r);
}

/* One more event of a window's kind; when it opens the incident, all that
 * the window holds is its evidence. */
static const struct incident *note_window(const struct view *v,
    struct sighting *s, const struct burst *b, int64_t span_us)
{
	struct keyset servers = {0};
	struct burst_event oldest;
	const struct incident *i = NULL;
	int64_t kept;

	if (is_open(v, s->kind))
		return tell(v, s);
	kept = burst_oldest(b, span_us, v->now_us, &oldest);
	/* Of this row the window may hold a part. */
	s->observations = kept > s->observations ? kept : s->observations;
	s->told = burst_told(b, span_us, v->now_us);
	s->since_us = oldest.ts_us;
	s->first_obs = oldest.obs_no;
	s->servers = &servers;
	if (s->kind == INCIDENT_SPOOFED_SENDER)
		s->spoofed = s->observations;
	if (burst_keys(b, span_us, v->now_us, &servers) == 0)
		i = tell(v, s);
	s->servers = NULL;
	keyset_clear(&servers);
	return i;
}

/* b NULL: there was no memory for the window. */
static int note(
    const struct view *v, struct burst *b, const struct burst_rule *rule)
{
	const struct observation *o = v->o;
	struct burst_bulk bulk = {o->attempts, o->servers};

	if (b == NULL)
		return -1;
	if (o->kind == OBS_SUMMARY)
		return burst_note_bulk(b, rule, v->now_us, o->obs_no, &bulk);
	return burst_note(b, rule, v->now_us, o->obs_no, v->server);
}

static int64_t burst_window(const struct view *v)
{
	return v->now_us / (v->r->policy->conf->burst_window_s * US_PER_S);
}

/* Of the window that runs. */
static struct fates *fates_now(const struct view *v)
{
	struct fates *f = &v->c->fates, was = *f;
	int64_t window = burst_window(v);

	if (window == was.window)
		return f;
	memset(f, 0, sizeof(*f));
	f->window = window;
	if (window == was.window + 1) {
		f->good_before = was.good;
		f->bad_before = was.bad;
		f->fresh_before = was.fresh;
	}
	return f;
}

static void note_fate(const struct view *v)
{
	struct fates *f;

	if (v->o->kind != OBS_TRANSACTION)
		return;
	f = fates_now(v);
	f->good += v->o->label == LABEL_DELIVERED;
	f->bad += v->o->label >= LABEL_REJECTED;
}

/* A sum names no server: for all that is known they are new. */
static void note_fresh(const struct view *v)
{
	const struct conf *conf = v->r->policy->conf;
	uint32_t *fresh, n = 1;

	if (conf->burst_new_percent == 0)
		return;
	if (v->o->kind == OBS_SUMMARY)
		n = v->o->attempts < BURST_MAX ? (uint32_t)v->o->attempts
					       : BURST_MAX;
	else if (spread_knows(&v->c->spread, conf->spread_window_s * US_PER_S,
		     v->now_us, v->server))
		n = 0;
	fresh = &fates_now(v)->fresh;
	*fresh = *fresh < UINT32_MAX - n ? *fresh + n : UINT32_MAX;
}

/* Of so many servers that a rule asks for, percent were new. A queue that is
 * flushed goes to those that its owner writes to; a bot knows nobody. */
static bool are_new(const struct view *v, int64_t servers, int64_t percent)
{
	const struct fates *f = &v->c->fates;
	int64_t age = burst_window(v) - f->window, fresh = 0;

	if (age == 0)
		fresh = (int64_t)f->fresh + f->fresh_before;
	else if (age == 1)
		fresh = f->fresh;
	return fresh * 100 >= servers * percent;
}

#define GOOD_LEAST 5
#define GOOD_SHARE 40 /* of burst_connections, one in so many */

/* So much of it is mail that arrives that pace alone says nothing. Nine of ten
 * receivers encrypt, so that few mails must do; of few the refused share is
 * Laplace's (rule of succession), which asks more of them. */
static bool is_good_mail(const struct view *v, int64_t connections)
{
	const struct fates *f = &v->c->fates;
	const struct conf *conf = v->r->policy->conf;
	int64_t good = f->good + f->good_before, bad = f->bad + f->bad_before;

	if (burst_window(v) > f->window + 1)
		return false;
	return good >= GOOD_LEAST && good * GOOD_SHARE >= connections &&
	       (bad + 1) * 100 < conf->burst_bad_percent * (good + bad + 2);
}

static int apply_burst(const struct view *v, bool closed)
{
	const struct policy *p = v->r->policy;
	struct customer *c = v->c;
	int64_t connections = p->burst_connections[c->line_class];
	int64_t servers = p->burst_servers[c->line_class];
	struct burst_rule rule = {.span_us = p->conf->burst_window_s * US_PER_S,
	    .events = (uint32_t)connections,
	    .servers = (uint32_t)servers,
	    .keep = (uint32_t)(servers > connections ? servers : connections)};
	struct sighting s = sighting_begin(v, INCIDENT_BOT_BURST);
	const struct incident *i;
	int holds;

	/* Only a completed handshake proves the source address, unless the
	 * operator vouches for it; what our own filter swallowed is told as
	 * blocked_attempts. */
	if (v->o->outcome != SEKISHO__OUTCOME__OUTCOME_ANSWERED &&
	    (!is_failed_attempt(v->o) || !v->o->source_validated || closed))
		return 0;
	note_fresh(v);
	holds = note(v, &c->connections, &rule);
	if (holds != 1 || is_good_mail(v, connections) ||
	    !are_new(v, servers, p->conf->burst_new_percent))
		return holds == -1 ? -1 : 0;
	i = note_window(v, &s, &c->connections, rule.span_us);
	if (i == NULL)
		return -1;
	block(v, i);
	return 0;
}

/* Never a block: these packets prove neither their source nor a mail. */
static int apply_failed(const struct view *v, bool closed)
{
	struct customer *c = v->c;
	uint32_t attempts = (uint32_t)v->r->policy->conf->probe_attempts;
	struct burst_rule rule = {
	    .span_us = HOUR_US, .events = attempts, .keep = attempts};
	struct sighting s = sighting_begin(
	    v, closed ? INCIDENT_BLOCKED_ATTEMPTS : INCIDENT_PORT_PROBE);
	int holds;

	if (!is_failed_attempt(v->o))
		return 0;
	/* What fails for another reason begins another count. */
	if (c->failed_closed != closed && c->failed != NULL)
		burst_clear(c->failed);
	c->failed_closed = closed;
	if (!v->o->source_validated)
		c->last_unverified_us = v->now_us;
	s.unverified = c->last_unverified_us != 0 &&
		       v->now_us - c->last_unverified_us < HOUR_US;
	holds = note(v, customer_window(&c->failed), &rule);
	if (holds == -1)
		return -1;
	if (holds == 0 && !is_open(v, s.kind))
		return 0;
	return note_window(v, &s, c->failed, rule.span_us) == NULL ? -1 : 0;
}

/* In a hurry the answers are evidence, too: one in so many of what the burst
 * asks for. Bots that mail the same few large servers must not be lost. */
#define HURRY_NEW 4

/* So many connections to as many servers that less is enough. */
static bool in_a_hurry(const struct view *v)
{
	const struct conf *conf = v->r->policy->conf;
	int64_t span_us = conf->burst_window_s * US_PER_S;
	const struct burst *b = &v->c->connections;
	struct burst_event oldest;

	return conf->hurry_connections > 0 &&
	       are_new(v, conf->hurry_connections,
		   conf->burst_new_percent / HURRY_NEW) &&
	       score_in_hurry(&v->c->score, v->r->policy) >=
		   v->r->policy->hurry_threshold_milli[v->c->line_class] &&
	       burst_oldest(b, span_us, v->now_us, &oldest) >=
		   conf->hurry_connections &&
	       burst_servers(b, span_us, v->now_us) >= conf->hurry_connections;
}

/* It is the pace that makes so few bad answers enough. */
static int tell_hurry(const struct view *v)
{
	struct sighting s = sighting_begin(v, INCIDENT_BOT_BURST);
	int64_t span_us = v->r->policy->conf->burst_window_s * US_PER_S;
	const struct incident *i =
	    note_window(v, &s, &v->c->connections, span_us);

	if (i == NULL)
		return -1;
	block(v, i);
	return 0;
}

static int apply_score(const struct view *v, enum label label, int32_t weight,
    int32_t *added_milli)
{
	struct customer *c = v->c;
	struct score *sc = &c->score;
	const struct score_evidence *e;
	struct sighting s;
	const struct incident *i;
	bool alarm;
	int counted = score_note(sc, v->r->policy, c->line_class, v->o,
	    v->now_us, label, weight, added_milli);

	if (counted != 1 || weight <= 0 || sc->value_milli == 0)
		return counted == -1 ? -1 : 0;
	if (in_a_hurry(v) && tell_hurry(v) == -1)
		return -1;
	alarm = score_alarm(sc, v->r->policy, c->line_class);
	if (!alarm && !is_open(v, INCIDENT_SPAM_BOT))
		return 0;
	s = sighting_begin(v, INCIDENT_SPAM_BOT);
	e = score_evidence(sc);
	s.observations = e->observations;
	s.unknown_users = e->unknown_users;
	s.blocklisted = e->blocklisted;
	s.spoofed = e->spoofed;
	s.since_us = e->since_us;
	s.first_obs = e->first_obs;
	s.servers = &e->servers;
	i = tell(v, &s);
	if (i == NULL)
		return -1;
	score_told(sc);
	if (alarm)
		block(v, i);
	return 0;
}

#define FORWARDED_CREDIT 2 /* spoofed messages */

/* SPF refuses it, and the domain of header From signed it: no other row of the
 * table of verdicts says authorised where SPF fails. */
static bool is_forwarded(const struct observation *o)
{
	return o->verdict == VERDICT_AUTHORISED && o->spf == SPF_FAIL;
}

/* A forwarder's mail is spoofed now and then, a forger's most of the time. Only
 * a forwarder's is signed although SPF refuses it; who forwards has some
 * credit below 0, so that one bad day in years makes nobody a forger. */
static void add_spoof(const struct view *v)
{
	const struct conf *conf = v->r->policy->conf;
	int64_t s = v->c->spoof_milli, w = conf->genuine_weight_milli;
	int64_t cap = SCORE_CAP_THRESHOLDS * conf->spoof_threshold_milli;
	int64_t least = s < 0 ? s : 0;

	if (v->o->verdict == VERDICT_SPOOFED) {
		w = conf->spoof_weight_milli;
	} else if (is_forwarded(v->o) && conf->forwarded_weight_milli < 0) {
		w = conf->forwarded_weight_milli;
		least = -FORWARDED_CREDIT * conf->spoof_weight_milli;
	}
	s += w;
	if (s > cap)
		s = cap;
	v->c->spoof_milli = (int32_t)(s > least ? s : least);
}

static int apply_spoofed(const struct view *v)
{
	const struct conf *conf = v->r->policy->conf;
	struct customer *c = v->c;
	int64_t messages = conf->spoof_min_messages;
	int64_t servers = conf->spoof_min_servers;
	struct burst_rule rule = {.span_us = US_PER_DAY,
	    .events = (uint32_t)messages,
	    .servers = (uint32_t)servers,
	    .keep = (uint32_t)(servers > messages ? servers : messages)};
	struct sighting s = sighting_begin(v, INCIDENT_SPOOFED_SENDER);
	const struct incident *i;
	int holds;

	if (v->o->kind != OBS_TRANSACTION)
		return 0;
	if (v->o->mail_from_seen || v->o->verdict == VERDICT_SPOOFED)
		add_spoof(v);
	if (v->o->verdict != VERDICT_SPOOFED)
		return 0;
	s.spoofed = 1;
	holds = note(v, customer_window(&c->spoofed), &rule);
	if (holds == -1)
		return -1;
	if (conf->spoof_threshold_milli > 0 &&
	    c->spoof_milli < conf->spoof_threshold_milli)
		holds = 0;
	if (holds == 0 && !is_open(v, s.kind))
		return 0;
	i = note_window(v, &s, c->spoofed, rule.span_us);
	if (i == NULL)
		return -1;
	if (holds)
		block(v, i);
	return 0;
}

/* Sessions with mail, or with what may be mail: the servers of many days. */
static int apply_spread(const struct view *v)
{
	const struct policy *p = v->r->policy;
	struct customer *c = v->c;
	struct spread_rule rule = {p->conf->spread_window_s * US_PER_S,
	    p->spread_all[c->line_class], p->spread_few[c->line_class],
	    (uint32_t)p->conf->spread_helos};
	struct spread_session of = {v->now_us, v->o->obs_no, v->server,
	    v->o->helo[0] == '\0'
		? 0
		: key_of_name(v->o->helo, strlen(v->o->helo))};
	struct sighting s = sighting_begin(v, INCIDENT_BOT_BURST);
	const struct incident *i;
	int holds;

	if (rule.span_us == 0 || rule.all.servers == 0 ||
	    (v->o->transactions == 0 && v->o->label != LABEL_OPAQUE))
		return 0;
	holds = spread_note(&c->spread, &rule, &of);
	if (holds != 1)
		return holds;
	s.observations = c->spread.sessions;
	s.since_us = c->spread.since_us;
	s.first_obs = c->spread.first_obs;
	s.told = spread_goal(&c->spread, &rule)->servers;
	i = tell(v, &s);
	if (i == NULL)
		return -1;
	spread_clear(&c->spread);
	block(v, i);
	return 0;
}

static int apply_login(const struct view *v)
{
	struct customer *c = v->c;
	uint32_t sessions =
	    (uint32_t)v->r->policy->conf->misconfigured_sessions;
	struct burst_rule rule = {.span_us = US_PER_DAY,
	    .events = sessions,
	    .keep = LOGIN_SERVERS + 1};
	struct sighting s = sighting_begin(v, INCIDENT_MISCONFIGURED_CLIENT);
	int holds;

	if (v->o->kind != OBS_CLOSE ||
	    (v->o->auth_outcome == SEKISHO__AUTH_OUTCOME__AUTH_NONE &&
		v->o->auth_mechanism[0] == '\0'))
		return 0;
	holds = note(v, customer_window(&c->logins), &rule);
	if (holds == -1)
		return -1;
	if (burst_servers(c->logins, US_PER_DAY, v->now_us) > LOGIN_SERVERS ||
	    (c->last_strong_us != 0 &&
		v->now_us - c->last_strong_us < US_PER_DAY))
		return 0;
	if (holds == 0 && !is_open(v, s.kind))
		return 0;
	return note_window(v, &s, c->logins, rule.span_us) == NULL ? -1 : 0;
}

/* A foreign port 25 answers a line that drivers were told to close. A SYN-ACK
 * alone may answer a forged source, unless the operator vouches for it. */
static int apply_leak(const struct view *v)
{
	const struct hold *h =
	    standing_enforced(&customer_cases(v->c)->standing);
	int64_t grace_us = v->r->policy->conf->leak_grace_s * US_PER_S;
	const struct observation *o = v->o;
	struct sighting s = sighting_begin(v, INCIDENT_ENFORCEMENT_LEAK);
	int64_t at_us = o->start_us != 0 ? o->start_us : o->ts_us;
	bool answered = o->outcome == SEKISHO__OUTCOME__OUTCOME_ANSWERED ||
			(o->outcome == SEKISHO__OUTCOME__OUTCOME_HALF_OPEN &&
			    o->source_validated);

	if (h == NULL || o->kind != OBS_ATTEMPT || !answered ||
	    o->server_port != 25)
		return 0;
	/* A capture may hold any times. */
	if (at_us <= h->since_us ||
	    __builtin_sub_overflow(at_us, h->since_us, &s.block_age_us) ||
	    s.block_age_us <= grace_us)
		return 0;
	return tell(v, &s) == NULL ? -1 : 0;
}

/* The weight of a deferral: that of a message that was deferred before is
 * known already. -1: no memory. */
static int weigh_retry(const struct view *v, enum label label, int32_t *weight)
{
	int64_t memory_us = v->r->policy->conf->retry_memory_s * US_PER_S;
	uint64_t key;
	int rc;

	if (label != LABEL_DEFERRED || memory_us == 0 ||
	    v->o->kind != OBS_TRANSACTION || (key = retry_key(v->o)) == 0)
		return 0;
	rc = retries_note(&v->c->retries, key, v->now_us, memory_us);
	if (rc == 1)
		*weight = 0;
	return rc == -1 ? -1 : 0;
}

/* A refusal weighs more where much about the mail is new. */
static int weigh_novelty(
    const struct view *v, enum label label, int32_t *weight)
{
	const struct policy *p = v->r->policy;

	if (!novelty_is_on(p) || !label_bears_evidence(v->o))
		return 0;
	if (novelty_note(&v->c->novelty, v->o, v->now_us) == -1)
		return -1;
	if (*weight > 0 && label >= LABEL_REJECTED)
		*weight += novelty_weight(v->c->novelty, p, v->words);
	return 0;
}

int rules_apply(struct customer *c, struct ruling *r, struct observation *o)
{
	struct view v = {c, r, o, customer_advance(c, o->ts_us),
	    o->kind == OBS_SUMMARY ? 0 : key_of_addr(&o->server), o->novelty};
	bool closed = port_closed(c, r->policy);
	int32_t weight;

	o->label = label_of(r->policy, o);
	weight = score_weight(r->policy, o, o->label, closed);
	weight =
	    score_listing(&c->score, r->policy, o, o->label, v.now_us, weight);
	if (weigh_retry(&v, o->label, &weight) == -1 ||
	    weigh_novelty(&v, o->label, &weight) == -1)
		return -1;
	note_fate(&v);
	if (o->label >= LABEL_SPF_FAIL)
		c->last_strong_us = v.now_us;
	if (weight != 0 &&
	    apply_score(&v, o->label, weight, &o->weight_milli) == -1)
		return -1;
	if (o->weight_milli == 0)
		o->novelty[0] = '\0';
	switch (o->kind) {
	case OBS_ATTEMPT:
	case OBS_SUMMARY:
		if (apply_leak(&v) == -1 || apply_burst(&v, closed) == -1)
			return -1;
		return apply_failed(&v, closed);
	case OBS_TRANSACTION:
		return apply_spoofed(&v);
	case OBS_CLOSE:
		if (apply_spread(&v) == -1)
			return -1;
		return apply_login(&v);
	case OBS_TICK:
	case OBS_OPERATOR:
	case OBS_POLICY:
	case OBS_MOVE:
	case OBS_LOGIN:
	case OBS_FILTERED:
	case OBS_KIND_COUNT:
		break;
	}
	return 0;
}

void rules_begin_probation(struct customer *c, const struct policy *p)
{
	customer_clear_windows(c);
	score_restart(
	    &c->score, (int32_t)(p->threshold_milli[c->line_class] / 2));
}
