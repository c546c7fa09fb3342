/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/applier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/detect/engine.h"
#include "base/log.h"
#include "store/read.h"
#include "store/write.h"

/* refeed() has said why in err. */
#define REFEED_FAILED (-2)

struct applier {
	struct db *db;
	const struct conf *conf;
	struct directory *directory;
	struct engine *engine;
	/* The log's policies while it is read again; then ours. */
	struct policy_slot {
		struct conf conf;
		struct policy policy;
		struct policy_slot *next;
	} * policies;
	struct policy own;
	int64_t last_us; /* greatest time of a row that was applied */
	/* the log's last policy row is ours */
	bool policy_logged;
	char *err;
	size_t errsize;
};

static int fail(struct applier *a, const char *what, const char *why)
{
	snprintf(a->err, a->errsize, "%s: %s", what, why);
	return -1;
}

/* --- the log again --------------------------------------------------- */

static const struct policy *find_policy(struct applier *a, const char *hash)
{
	char key[32], text[16384], why[CONF_ERROR_BYTES];
	struct policy_slot *s;

	if (strcmp(hash, a->own.hash) == 0)
		return &a->own;
	for (s = a->policies; s; s = s->next)
		if (strcmp(hash, s->policy.hash) == 0)
			return &s->policy;
	snprintf(key, sizeof(key), "policy:%s", hash);
	if (read_meta(a->db, key, text, sizeof(text)) != 0)
		return NULL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	if (text[0] == '\0' ||
	    conf_load_policy_text(&s->conf, text, why) != 0) {
		conf_free(&s->conf);
		free(s);
		return NULL;
	}
	policy_init_logged(&s->policy, &s->conf, text);
	s->next = a->policies;
	a->policies = s;
	return &s->policy;
}

static int use_policy_row(struct applier *a, const struct observation *o)
{
	const struct policy *p = find_policy(a, o->policy_hash);

	if (!p)
		return fail(a, "policy of the log",
		    "its text is not in the database; the log can't be "
		    "applied again");
	engine_set_policy(a->engine, p, o->mode);
	a->policy_logged = p == &a->own && o->mode == a->conf->mode;
	return 0;
}

static int refeed(void *arg, const struct observation *logged)
{
	struct applier *a = arg;
	struct observation o = *logged;
	struct effects fx;

	if (o.kind == OBS_POLICY && use_policy_row(a, &o) != 0)
		return REFEED_FAILED;
	if (engine_apply(a->engine, &o, &fx) != 0) {
		fail(a, "log", "out of memory");
		return REFEED_FAILED;
	}
	if (o.applied_no != logged->applied_no) {
		fail(a, "log", "rows are missing from it: restore a backup");
		return REFEED_FAILED;
	}
	if (o.ts_us > a->last_us)
		a->last_us = o.ts_us;
	return 0;
}

static int add_lease(void *arg, const struct lease *l)
{
	return directory_add(arg, l);
}

/* --- effects ----------------------------------------------------------- */

static int write_one(struct applier *a, struct effect *e)
{
	struct decision *d = &e->u.decision;

	switch (e->kind) {
	case EFFECT_INCIDENT:
		return write_incident(a->db, &e->u.incident);
	case EFFECT_DECISION:
		d->n_targets = (int)directory_targets(a->directory, d->customer,
		    d->since_us, d->targets, ROW_TARGETS_MAX);
		log_info("decide",
		    "D%lld %s customer=%s cause=%s step=%d mode=%s",
		    (long long)d->seq, action_name(d->action), d->customer,
		    cause_name(d->cause), d->step, mode_name(d->mode));
		return write_decision(a->db, d);
	}
	return -1;
}

/* A log that began under another policy says where ours begins: before the
 * first row that is applied by it, at that row's time. */
static int log_policy(struct applier *a, int64_t ts_us)
{
	char key[32], *text = conf_policy_text(a->conf);
	struct observation o;
	struct effects fx;
	int rc = -1;

	if (!text)
		return -1;
	memset(&o, 0, sizeof(o));
	o.kind = OBS_POLICY;
	o.ts_us = o.start_us = ts_us;
	memcpy(o.policy_hash, a->own.hash, sizeof(o.policy_hash));
	o.mode = a->conf->mode;
	snprintf(key, sizeof(key), "policy:%s", a->own.hash);
	if (write_meta(a->db, key, text) != 0 ||
	    write_observation(a->db, &o) != 0 ||
	    engine_apply(a->engine, &o, &fx) != 0 ||
	    write_applied(a->db, &o) != 0)
		goto out;
	a->policy_logged = true;
	rc = 0;
out:
	free(text);
	return rc;
}

int applier_apply(struct applier *a, struct observation *o)
{
	struct effects fx;

	if (!a->policy_logged && log_policy(a, o->ts_us) != 0)
		return -1;
	if (engine_apply(a->engine, o, &fx) != 0)
		return -1;
	if (o->ts_us > a->last_us)
		a->last_us = o->ts_us;
	if (write_applied(a->db, o) != 0)
		return -1;
	for (size_t i = 0; i < fx.n; i++)
		if (write_one(a, &fx.v[i]) != 0)
			return -1;
	return 0;
}

static int log_and_apply(struct applier *a, struct observation *o)
{
	return write_observation(a->db, o) != 0 ? -1 : applier_apply(a, o);
}

static int tick(struct applier *a, const char *customer, int64_t due_us)
{
	const struct lease *l =
	    directory_customer(a->directory, customer, due_us);
	struct observation o;

	memset(&o, 0, sizeof(o));
	o.kind = OBS_TICK;
	o.ts_us = o.start_us = due_us;
	snprintf(o.customer, sizeof(o.customer), "%s", customer);
	o.line_class = l ? l->line_class : CLASS_UNKNOWN;
	return log_and_apply(a, &o);
}

int applier_tick(
    struct applier *a, int64_t now_us, applier_may_cb may, void *arg)
{
	char customer[ROW_ID_LEN];
	int64_t due_us;
	int found;

	if (engine_next_due(a->engine) > now_us)
		return 0;
	found = engine_due(a->engine, now_us, customer, &due_us);
	while (found) {
		if (may && !may(arg, customer, due_us)) {
			found = engine_due_after(
			    a->engine, now_us, customer, &due_us);
			continue;
		}
		if (tick(a, customer, due_us) != 0)
			return -1;
		/* What the tick began is due later than now, or again the
		 * first in the order. */
		found = engine_due(a->engine, now_us, customer, &due_us);
	}
	return 0;
}

/* --- operator actions ---------------------------------------------------- */

struct op_list {
	struct op_action *v;
	size_t n, cap;
};

static int keep_op(void *arg, const struct op_action *op)
{
	struct op_list *l = arg;

	if (l->n == l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 16;
		void *v = realloc(l->v, cap * sizeof(*l->v));

		if (!v)
			return -1;
		l->v = v;
		l->cap = cap;
	}
	l->v[l->n++] = *op;
	return 0;
}

static int apply_op(struct applier *a, const struct op_action *op)
{
	const struct lease *l =
	    directory_customer(a->directory, op->customer, op->ts_us);
	struct observation o;

	memset(&o, 0, sizeof(o));
	o.kind = OBS_OPERATOR;
	o.ts_us = o.start_us = op->ts_us;
	memcpy(o.customer, op->customer, sizeof(o.customer));
	o.line_class = l ? l->line_class : CLASS_UNKNOWN;
	o.op = op->verb;
	o.op_id = op->id;
	o.op_until_us = op->until_us;
	snprintf(o.verdict_reason, sizeof(o.verdict_reason), "%s", op->reason);
	if (db_begin(a->db) != 0)
		return -1;
	if (log_and_apply(a, &o) != 0 ||
	    write_op_applied(a->db, op->id, o.obs_no) != 0 ||
	    db_commit(a->db) != 0) {
		db_rollback(a->db);
		return -1;
	}
	return 0;
}

int applier_operator(struct applier *a)
{
	struct op_list l = {0};
	int n = -1;
	size_t i;

	if (read_op_actions(a->db, true, keep_op, &l) != 0)
		goto out;
	for (i = 0; i < l.n; i++)
		if (apply_op(a, &l.v[i]) != 0)
			goto out;
	n = (int)l.n;
out:
	free(l.v);
	return n;
}

/* --- open and close ------------------------------------------------------ */

static int rebuild(struct applier *a)
{
	int rc;

	if (read_leases(a->db, -1, add_lease, a->directory) != 0)
		return fail(a, "leases", db_error(a->db));
	directory_seal(a->directory);
	rc = read_applied(a->db, 0, refeed, a);
	if (rc == REFEED_FAILED)
		return -1;
	if (rc != 0)
		return fail(a, "log", db_error(a->db));
	engine_set_policy(a->engine, &a->own, a->conf->mode);
	return 0;
}

struct applier *applier_open(
    struct db *db, const struct conf *c, char *err, size_t errsize)
{
	struct applier *a = calloc(1, sizeof(*a));

	if (!a)
		goto nomem;
	a->db = db;
	a->conf = c;
	a->err = err;
	a->errsize = errsize;
	a->directory = directory_new();
	if (!a->directory || policy_init(&a->own, c) != 0)
		goto nomem;
	a->engine = engine_new(&a->own, c->mode);
	if (!a->engine)
		goto nomem;
	if (rebuild(a) != 0) {
		applier_close(a);
		return NULL;
	}
	return a;
nomem:
	applier_close(a);
	snprintf(err, errsize, "out of memory");
	return NULL;
}

void applier_close(struct applier *a)
{
	if (!a)
		return;
	engine_free(a->engine);
	directory_free(a->directory);
	while (a->policies) {
		struct policy_slot *s = a->policies;

		a->policies = s->next;
		conf_free(&s->conf);
		free(s);
	}
	free(a);
}

const struct directory *applier_directory(const struct applier *a)
{
	return a->directory;
}

int64_t applier_last_us(const struct applier *a)
{
	return a->last_us;
}
