/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/decide/logged.h"
#include "analyzer/decide/trial_events.h"
#include "store/read.h"

struct side {
	struct engine *engine;
	struct trial_events events;
	struct effects fx;
};
struct trial {
	struct db *db;
	const struct trial_owner *owner;
	int64_t since_us, until_us;
	bool over; /* the other policy has begun */
	enum mode mode;
	struct conf conf; /* of the log */
	struct policy logged, other;
	struct side old, new;
	struct trial_sum *sum;
	char *err;
	size_t size;
};

static int no_memory(struct trial *t)
{
	snprintf(t->err, t->size, "out of memory");
	return -1;
}

static int use_policy(struct trial *t, const struct observation *o)
{
	if (logged_policy(t->db, o->policy_hash, &t->conf, &t->logged, t->err,
		t->size) != 0)
		return -1;
	t->mode = o->mode;
	engine_set_policy(t->old.engine, &t->logged, t->mode);
	engine_set_policy(
	    t->new.engine, t->over ? &t->other : &t->logged, t->mode);
	return 0;
}

/* An operator spoke of an incident of the old engine. 1: in the new one there
 * is none like it, and the row has no meaning. */
static int translate(const struct trial *t, struct observation *o)
{
	if (o->kind != OBS_OPERATOR || o->op_incident == 0)
		return 0;
	o->op_incident =
	    trial_events_twin(&t->old.events, o->op_incident, &t->new.events);
	return o->op_incident == 0;
}

static bool is_counted(const struct trial *t, const struct observation *o)
{
	return t->over && (t->until_us == 0 || o->ts_us < t->until_us);
}

static int take_row(void *arg, const struct observation *row)
{
	struct trial *t = arg;
	struct observation a = *row, b = *row;
	bool counted;

	if (!t->over && row->ts_us >= t->since_us) {
		t->over = true;
		engine_set_policy(t->new.engine, &t->other, t->mode);
	}
	if (row->kind == OBS_POLICY && use_policy(t, row) != 0)
		return -1;
	counted = is_counted(t, row);
	t->new.fx.n = 0;
	b.score_milli = 0;
	if (engine_apply(t->old.engine, &a, &t->old.fx) != 0 ||
	    (translate(t, &b) == 0 &&
		engine_apply(t->new.engine, &b, &t->new.fx) != 0) ||
	    trial_events_take(
		&t->old.events, &t->old.fx, &a, b.score_milli, counted) != 0 ||
	    trial_events_take(
		&t->new.events, &t->new.fx, &b, a.score_milli, counted) != 0)
		return no_memory(t);
	t->sum->rows++;
	t->owner->row(t->owner->arg);
	return 0;
}

static int run(struct trial *t)
{
	char why[CONF_ERROR_BYTES];
	int rc;

	/* Until the log's first policy row. */
	if (conf_load(&t->conf, NULL, why) != 0 ||
	    policy_init(&t->logged, &t->conf) != 0 ||
	    (t->old.engine = engine_new(&t->logged, MODE_MONITOR)) == NULL ||
	    (t->new.engine = engine_new(&t->logged, MODE_MONITOR)) == NULL)
		return no_memory(t);
	t->err[0] = '\0';
	if (read_applied(t->db, 0, take_row, t) != 0) {
		if (t->err[0] == '\0')
			snprintf(t->err, t->size,
			    "the database cannot be read: %s", db_error(t->db));
		return -1;
	}
	rc = trial_events_compare(
	    &t->old.events, &t->new.events, t->owner, t->sum);
	return rc == -1 ? no_memory(t) : rc;
}

int trial_run(struct db *db, const struct conf *other, int64_t since_us,
    int64_t until_us, const struct trial_owner *owner, struct trial_sum *sum,
    char *err, size_t size)
{
	struct trial *t = calloc(1, sizeof(*t));
	int rc = -1;

	memset(sum, 0, sizeof(*sum));
	snprintf(err, size, "out of memory");
	if (t == NULL)
		return -1;
	t->db = db;
	t->owner = owner;
	t->sum = sum;
	t->since_us = since_us != 0 ? since_us : INT64_MIN;
	t->until_us = until_us;
	t->err = err;
	t->size = size;
	if (policy_init(&t->other, other) == 0)
		rc = run(t);
	engine_free(t->old.engine);
	engine_free(t->new.engine);
	trial_events_free(&t->old.events);
	trial_events_free(&t->new.events);
	conf_free(&t->conf);
	free(t);
	return rc;
}
