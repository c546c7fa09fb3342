/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/trial.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/eval/mailbox.h"
#include "tests/eval/row.h"

#define CUSTOMER "c"
/* A bot that nobody found by then is not going to be. */
#define MESSAGES_MAX 20000
/* A session that began while the port was closed never was. */
#define SESSION_US (6 * US_PER_S)

struct lab {
	struct life life;
	struct peers peers;
	struct rows rows;
	struct mailbox mailbox;
	struct effects fx;
	struct engine *engine;
	const struct trial *trial;
	const struct kind *kind;
	struct outcome *out;
	int64_t obs_no;
	int64_t blocked_until_us; /* INT64_MAX: without end */
	bool blocked;
	uint32_t bot_messages;
	int64_t last_accusation; /* id of the incident */
	int last_day, last_block_day;
	int rc;
	lab_row_cb *watch;
	void *watch_arg;
};

struct lab *lab_new(void)
{
	return calloc(1, sizeof(struct lab));
}

void lab_free(struct lab *l)
{
	if (l != NULL)
		mailbox_end(&l->mailbox);
	free(l);
}

void lab_watch(struct lab *l, lab_row_cb *cb, void *arg)
{
	l->watch = cb;
	l->watch_arg = arg;
}

static int day_of(int64_t ts_us)
{
	return (int)((ts_us - LIFE_T0_US) / US_PER_DAY);
}

static enum incident_kind incident_of(
    const struct effects *fx, const struct decision *d)
{
	for (size_t i = 0; i < fx->n; i++)
		if (fx->v[i].kind == EFFECT_INCIDENT &&
		    fx->v[i].u.incident.id == d->incident_id)
			return fx->v[i].u.incident.kind;
	return INCIDENT_KIND_COUNT;
}

static void found(struct lab *l, int64_t ts_us)
{
	if (l->out->found_us == -1 && ts_us >= l->life.first_bot_us)
		l->out->found_us = ts_us;
}

static void take_decision(struct lab *l, const struct decision *d)
{
	enum incident_kind kind = incident_of(&l->fx, d);

	/* Not a restatement of what is in force. */
	if (d->action == ACTION_BLOCK && d->cause == CAUSE_DETECTOR &&
	    d->ends_seq == 0) {
		l->out->blocks++;
		l->out->on_static += d->line_class == CLASS_STATIC;
		if (kind != INCIDENT_KIND_COUNT)
			l->out->by_kind[kind]++;
		if (day_of(d->since_us) != l->last_block_day)
			l->out->block_days++;
		l->last_block_day = day_of(d->since_us);
		if (l->kind->aim == AIM_BLOCK)
			found(l, d->since_us);
	}
	l->blocked = d->action == ACTION_BLOCK;
	if (!l->blocked)
		l->blocked_until_us = d->since_us;
}

static void take_incident(
    struct lab *l, const struct incident *i, int64_t ts_us)
{
	if (i->state == INCIDENT_CLOSED)
		return;
	if (l->kind->aim == AIM_BLOCKED && i->kind == INCIDENT_BLOCKED_ATTEMPTS)
		found(l, ts_us);
	if (i->kind != INCIDENT_COMPROMISED_ACCOUNT)
		return;
	if (l->last_accusation < i->id) {
		l->last_accusation = i->id;
		l->out->accused++;
	}
	if (l->kind->aim == AIM_ACCOUNT)
		found(l, ts_us);
}

static void note_novelty(struct outcome *out, const struct observation *o)
{
	static const char *const words[NOVELTY_FEATURES] = {
	    [NOVELTY_DOMAINS] = "destination domains",
	    [NOVELTY_HELOS] = "HELO names",
	    [NOVELTY_SENDERS] = "sender domains",
	    [NOVELTY_UNKNOWN] = "unknown recipients"};

	if (o->kind != OBS_TRANSACTION || o->label < LABEL_REJECTED ||
	    o->weight_milli <= 0)
		return;
	out->refused++;
	for (int f = 0; f < NOVELTY_FEATURES && o->novelty[0] != '\0'; f++)
		out->holds[f] += strstr(o->novelty, words[f]) != NULL;
}

static void apply(struct lab *l, struct observation *o)
{
	o->obs_no = ++l->obs_no;
	l->out->rows++;
	if (engine_apply(l->engine, o, &l->fx) != 0)
		l->rc = -1;
	note_novelty(l->out, o);
	for (size_t i = 0; i < l->fx.n; i++) {
		const struct effect *e = &l->fx.v[i];

		if (e->kind == EFFECT_DECISION)
			take_decision(l, &e->u.decision);
		else if (e->kind == EFFECT_INCIDENT)
			take_incident(l, &e->u.incident, o->ts_us);
	}
	if (l->watch != NULL)
		l->watch(l->watch_arg, o, &l->fx);
}

/* What falls due before the row gets a tick of its own time. */
static void tick(struct lab *l, int64_t now_us)
{
	char customer[ROW_ID_LEN];
	int64_t due_us;

	while (engine_next_due(l->engine) <= now_us &&
	       engine_due(l->engine, now_us, customer, &due_us) == 1 &&
	       l->rc == 0)
		apply(l, rows_tick(&l->rows, customer, due_us));
}

static bool everybody_found(const struct lab *l)
{
	if (l->kind->aim == AIM_NONE || l->out->found_us == -1)
		return false;
	if (l->kind->sight != SIGHT_PORT25 || l->trial->peer_factor <= 0)
		return true;
	for (int k = 0; k < PEER_COUNT; k++)
		if (l->peers.v[k].found_us == 0)
			return false;
	return true;
}

static void count_day(struct lab *l, int64_t ts_us)
{
	if (day_of(ts_us) == l->last_day)
		return;
	l->out->active_days++;
	l->last_day = day_of(ts_us);
}

/* A message is a session that came to its end before the block; where the
 * port is closed from the beginning, a try. */
static void count_bot(struct lab *l, const struct event *e)
{
	bool counts =
	    e->kind == (l->kind->aim == AIM_BLOCKED ? EVENT_TRY : EVENT_CLOSE);

	l->out->began = true;
	l->out->messages += counts && l->out->found_us == -1;
	l->bot_messages += e->kind == EVENT_TRY;
}

/* Rows of the minutes before. */
static void take_logins(struct lab *l, int64_t until_us)
{
	struct observation *o;

	while (l->rc == 0 && (o = mailbox_row(&l->mailbox, until_us)) != NULL) {
		tick(l, o->ts_us);
		apply(l, o);
	}
}

static void on_login(struct lab *l, const struct event *e)
{
	const struct login *in = &e->login;

	take_logins(l, e->ts_us);
	count_day(l, e->ts_us);
	if (in->bot) {
		l->out->began = true;
		if (l->out->found_us == -1)
			l->out->messages += in->messages;
		l->bot_messages++;
	}
	if (mailbox_add(&l->mailbox, e) != 0)
		l->rc = -1;
}

static void on_connection(struct lab *l, const struct event *e)
{
	const struct talk *t = &e->talk;
	bool closed;

	if (l->trial->peer_factor > 0)
		peers_event(&l->peers, e, l->life.first_bot_us);
	if (t->port == 0)
		count_day(l, e->ts_us);
	if (t->bot)
		count_bot(l, e);
	tick(l, e->ts_us);
	closed =
	    t->port == 0 &&
	    (l->blocked || (e->kind != EVENT_TRY &&
			       e->ts_us < l->blocked_until_us + SESSION_US));
	if (!closed || e->kind == EVENT_TRY)
		apply(l, rows_event(&l->rows, e, closed));
}

static void on_event(struct life *life, const struct event *e)
{
	struct lab *l = life->arg;

	if (e->kind == EVENT_LOGIN)
		on_login(l, e);
	else
		on_connection(l, e);
	life->stop =
	    l->rc != 0 || l->bot_messages >= MESSAGES_MAX || everybody_found(l);
}

/* The normals' parameters may all be shifted, a sweep sets one of them. */
static void adjust(
    struct life *life, const struct trial *t, const struct kind *k)
{
	for (int i = 0; i < LIFE_PARAMS && k->params[i].name != NULL; i++)
		if (k->aim == AIM_NONE && k->params[i].law != LAW_CHANCE)
			life->p[i] *= t->shift;
	if (k->aim == AIM_NONE)
		life->load = t->load;
	if (!isnan(t->main_param) && k->main_param >= 0)
		life->p[k->main_param] = t->main_param;
}

static void begin(struct lab *l, const struct trial *t, const struct kind *k,
    uint64_t number, struct outcome *o)
{
	memset(o, 0, sizeof(*o));
	o->found_us = -1;
	l->trial = t;
	l->kind = k;
	l->out = o;
	l->obs_no = 0;
	l->bot_messages = 0;
	l->last_accusation = 0;
	l->blocked = false;
	l->blocked_until_us = 0;
	l->last_day = l->last_block_day = -1;
	l->rc = 0;
	if (t->peer_factor > 0)
		peers_reset(&l->peers, t->peer_factor);
	life_begin(&l->life, k, t->seed, number, t->days);
	l->life.sink = on_event;
	l->life.arg = l;
	adjust(&l->life, t, k);
	rows_begin(&l->rows, &l->life, CUSTOMER, t->tier,
	    strcmp(k->name, "ipv6") == 0);
	mailbox_begin(&l->mailbox, &l->life, CUSTOMER);
}

int lab_run(struct lab *l, const struct trial *t, const struct kind *k,
    uint64_t number, struct outcome *o)
{
	begin(l, t, k, number, o);
	l->engine = engine_new(t->policy, MODE_ENFORCE);
	if (l->engine == NULL)
		return -1;
	if (k->aim == AIM_BLOCKED)
		apply(l, rows_operator(&l->rows, CUSTOMER, OP_BLOCK));
	if (k->sight == SIGHT_LOGINS)
		apply(l, mailbox_opening(&l->mailbox));
	k->start(&l->life);
	life_run(&l->life);
	if (l->out->found_us == -1)
		take_logins(l, INT64_MAX);
	engine_free(l->engine);
	l->engine = NULL;
	for (int i = 0; i < PEER_COUNT; i++) {
		o->peer_alarms[i] = l->peers.v[i].alarms;
		o->peer_found[i] = l->peers.v[i].found_us != 0;
	}
	o->began_us = l->life.first_bot_us;
	o->lost = l->life.lost;
	return l->rc;
}

double lab_param(const struct lab *l, int i)
{
	return l->life.p[i];
}
