/* SPDX-License-Identifier: Apache-2.0 */
/* An engine, rows to feed it and the decisions and incidents that came. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analyzer/detect/engine.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/record.pb-c.h"

/* 20 s into a minute */
#define FEED_T0 INT64_C(1779999980000000)
#define FEED_S  US_PER_S

struct feed {
	struct conf conf;
	struct policy policy;
	struct engine *engine;
	struct effects fx; /* of the last row */
	int64_t obs;
	struct decision decisions[4096];
	size_t n_decisions;
	struct incident incidents[4096]; /* by id - 1, last state */
	size_t n_incidents;
	struct brake_row brake; /* last state; id 0: it was never on */
	size_t n_rows_novel;    /* to whose weight novelty added */
};

/* As a version wrote it that knew no later rule: few rows then reach each
 * limit. */
#define FEED_OLDER                                                             \
	"weight_refused=300\nweight_unanswered=300\n"                          \
	"class.dynamic.burst_servers=10\n"                                     \
	"class.dynamic.burst_connections=15\n"                                 \
	"class.dynamic.threshold_milli=9200\n"

/* With that policy; feed_default() has today's. */
static inline struct feed *feed_new(void)
{
	struct feed *f = calloc(1, sizeof(*f));
	char err[CONF_ERROR_BYTES];

	assert_non_null(f);
	assert_int_equal(conf_load_policy_text(&f->conf, FEED_OLDER, err), 0);
	assert_int_equal(policy_init(&f->policy, &f->conf), 0);
	f->engine = engine_new(&f->policy, MODE_ENFORCE);
	assert_non_null(f->engine);
	return f;
}

/* After the test changed f->conf. */
static inline void feed_policy(struct feed *f)
{
	assert_int_equal(policy_init(&f->policy, &f->conf), 0);
	engine_set_policy(f->engine, &f->policy, MODE_ENFORCE);
}

static inline struct feed *feed_default(void)
{
	struct feed *f = feed_new();
	char err[CONF_ERROR_BYTES];

	conf_free(&f->conf);
	assert_int_equal(conf_load(&f->conf, NULL, err), 0);
	feed_policy(f);
	return f;
}

static inline void feed_free(struct feed *f)
{
	engine_free(f->engine);
	conf_free(&f->conf);
	free(f);
}

static inline void feed_keep(struct feed *f, const struct effect *e)
{
	const struct incident *i = &e->u.incident;

	if (e->kind == EFFECT_RENAMED)
		return; /* a test that makes one looks itself */
	if (e->kind == EFFECT_BRAKE) {
		f->brake = e->u.brake;
		return;
	}
	if (e->kind == EFFECT_DECISION) {
		assert_true(f->n_decisions < 4096);
		f->decisions[f->n_decisions++] = e->u.decision;
		assert_int_equal(e->u.decision.seq, f->n_decisions);
		return;
	}
	assert_true(i->id >= 1 && i->id <= 4096);
	if ((size_t)i->id > f->n_incidents) {
		assert_int_equal(i->id, f->n_incidents + 1);
		f->n_incidents++;
	}
	f->incidents[i->id - 1] = *i;
}

static inline void feed_row(struct feed *f, struct observation *o)
{
	o->obs_no = ++f->obs;
	assert_int_equal(engine_apply(f->engine, o, &f->fx), 0);
	assert_int_equal(o->applied_no, f->obs);
	for (size_t i = 0; i < f->fx.n; i++)
		feed_keep(f, &f->fx.v[i]);
}

/* A row of case 2 on port 25 from a dynamic line, at t seconds. */
static inline struct observation row_at(
    enum obs_kind kind, const char *customer, int64_t t_ms, int server)
{
	struct observation o = {.kind = kind,
	    .ts_us = FEED_T0 + t_ms * 1000,
	    .client_port = 40000,
	    .server_port = 25,
	    .line_class = CLASS_DYNAMIC,
	    .traffic_case = 2,
	    .tier = PRIVACY_FLOW};
	char text[ADDR_STRLEN];

	snprintf(
	    text, sizeof(text), "198.18.%d.%d", server / 250, server % 250 + 1);
	addr_parse(&o.server, text);
	addr_parse(&o.client, "192.0.2.7");
	snprintf(o.customer, sizeof(o.customer), "%s", customer);
	return o;
}

static inline struct observation row_attempt(
    const char *customer, int64_t t_ms, int server, int outcome)
{
	struct observation o = row_at(OBS_ATTEMPT, customer, t_ms, server);

	o.outcome = outcome;
	return o;
}

/* n attempts that failed, to about so many servers. */
static inline struct observation row_summary(
    const char *customer, int64_t t_ms, int64_t n, int64_t servers)
{
	struct observation o = row_at(OBS_SUMMARY, customer, t_ms, 0);

	memset(&o.server, 0, sizeof(o.server));
	o.client_port = 0;
	o.attempts = n;
	o.servers = servers;
	return o;
}

#define ANSWERED   SEKISHO__OUTCOME__OUTCOME_ANSWERED
#define HALF_OPEN  SEKISHO__OUTCOME__OUTCOME_HALF_OPEN
#define REFUSED    SEKISHO__OUTCOME__OUTCOME_REFUSED
#define UNANSWERED SEKISHO__OUTCOME__OUTCOME_UNANSWERED

static inline struct observation row_delivered(
    const char *customer, int64_t t_ms, int server)
{
	struct observation o = row_at(OBS_TRANSACTION, customer, t_ms, server);

	o.rcpt_count = o.rcpt_accepted = 1;
	o.reply_code = 250;
	o.reply_class = SEKISHO__REPLY_CLASS__REPLY_CLASS_OK;
	o.reply_stage = SEKISHO__STAGE__STAGE_MESSAGE;
	o.end = SEKISHO__END_OF__END_DELIVERED;
	return o;
}

static inline struct observation row_unknown(
    const char *customer, int64_t t_ms, int server)
{
	struct observation o = row_at(OBS_TRANSACTION, customer, t_ms, server);

	o.rcpt_count = o.unknown_users = 1;
	o.reply_code = 550;
	o.reply_class = SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER;
	o.reply_stage = SEKISHO__STAGE__STAGE_RCPT;
	o.end = SEKISHO__END_OF__END_RSET;
	return o;
}

static inline struct observation row_rejected(
    const char *customer, int64_t t_ms, int server)
{
	struct observation o = row_unknown(customer, t_ms, server);

	o.unknown_users = 0;
	o.reply_code = 554;
	o.reply_class = SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY;
	return o;
}

static inline struct observation row_operator(
    const char *customer, int64_t t_ms, enum op_verb verb, int64_t until_ms)
{
	struct observation o = {.kind = OBS_OPERATOR,
	    .ts_us = FEED_T0 + t_ms * 1000,
	    .op = verb,
	    .op_id = t_ms + 1,
	    .op_until_us = until_ms == 0 ? 0 : FEED_T0 + until_ms * 1000};

	snprintf(o.customer, sizeof(o.customer), "%s", customer);
	return o;
}

static inline struct observation row_move(const char *customer, int64_t t_ms)
{
	struct observation o = {
	    .kind = OBS_MOVE, .ts_us = FEED_T0 + t_ms * 1000};

	snprintf(o.customer, sizeof(o.customer), "%s", customer);
	return o;
}

static inline struct observation row_tick(const char *customer, int64_t ts_us)
{
	struct observation o = {.kind = OBS_TICK, .ts_us = ts_us};

	snprintf(o.customer, sizeof(o.customer), "%s", customer);
	return o;
}

/* All ticks that are due up to t. */
static inline int feed_until(struct feed *f, int64_t t_ms)
{
	char customer[ROW_ID_LEN];
	int64_t due_us;
	int n = 0;

	for (; engine_due(f->engine, FEED_T0 + t_ms * 1000, customer, &due_us);
	     n++) {
		struct observation o = row_tick(customer, due_us);

		assert_true(n < 1000);
		feed_row(f, &o);
	}
	return n;
}

/* n answered connections, 100 ms apart, each to a server of its own. */
static inline void feed_burst(
    struct feed *f, const char *customer, int64_t t_ms, int n)
{
	for (int i = 0; i < n; i++) {
		struct observation o =
		    row_attempt(customer, t_ms + i * 100, i, ANSWERED);

		feed_row(f, &o);
	}
}

static inline const struct decision *feed_last(const struct feed *f)
{
	assert_true(f->n_decisions > 0);
	return &f->decisions[f->n_decisions - 1];
}
