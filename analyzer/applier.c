/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/applier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/reach.h"
#include "analyzer/rebuild.h"
#include "base/log.h"
#include "store/enforcement.h"
#include "store/read.h"
#include "store/write.h"

struct applier {
	struct db *db;
	const struct conf *conf;
	struct directory *directory;
	struct lease_book *leases;
	struct lease_book_owner owner;
	struct applier_watch watch;
	struct engine *engine;
	struct logged_policies policies; /* the engine began under them */
	struct policy own;
	int64_t last_us;    /* greatest time of a row that was applied */
	int64_t brake_told; /* the brake of which the log has spoken */
	/* the log's last policy row is ours */
	bool policy_logged;
};

static void on_lease(void *arg, const char *customer, int64_t at_us)
{
	const struct applier *a = arg;

	if (a->owner.changed)
		a->owner.changed(a->owner.arg, customer, at_us);
}

enum line_class applier_class(const struct applier *a, const char *customer)
{
	enum line_class c = CLASS_UNKNOWN;

	directory_customer(a->directory, customer, &c);
	return c;
}

/* --- effects ----------------------------------------------------------- */

static void tell_brake(struct applier *a, const struct brake_row *b)
{
	if (b->ended_us != 0)
		log_warn("decide",
		    "the mass-event brake B%lld has ended: %s; it held %lld "
		    "customers",
		    (long long)b->id, brake_end_name(b->ended_by),
		    (long long)b->held);
	else if (b->id != a->brake_told)
		log_error("decide",
		    "the mass-event brake B%lld is on: %s; the detector "
		    "blocks nobody. sekisho brake show",
		    (long long)b->id, b->reason);
	a->brake_told = b->id;
}

static int write_one(struct applier *a, struct effect *e)
{
	struct decision *d = &e->u.decision;

	switch (e->kind) {
	case EFFECT_INCIDENT:
		return write_incident(a->db, &e->u.incident);
	case EFFECT_DECISION:
		d->n_targets = (int)reach_targets(a->directory, a->conf,
		    d->customer, d->since_us, d->targets);
		log_info("decide",
		    "D%lld %s customer=%s cause=%s step=%d mode=%s",
		    (long long)d->seq, action_name(d->action), d->customer,
		    cause_name(d->cause), d->step, mode_name(d->mode));
		if (a->watch.decided)
			a->watch.decided(a->watch.arg, d);
		return write_decision(a->db, d);
	case EFFECT_BRAKE:
		tell_brake(a, &e->u.brake);
		return write_brake(a->db, &e->u.brake);
	case EFFECT_RENAMED:
		return write_closed_as(
		    a->db, e->u.renamed.incident_id, e->u.renamed.closed_as);
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
	if (a->watch.row)
		a->watch.row(a->watch.arg, o);
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
	struct observation o;

	memset(&o, 0, sizeof(o));
	o.kind = OBS_TICK;
	o.ts_us = o.start_us = due_us;
	snprintf(o.customer, sizeof(o.customer), "%s", customer);
	o.line_class = applier_class(a, customer);
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

/* --- leases --------------------------------------------------------------- */

int applier_move(struct applier *a, const char *customer, int64_t now_us)
{
	struct target targets[ROW_TARGETS_MAX];
	struct observation o;
	struct decision d;
	size_t n;
	int rc;

	if (!engine_holds(a->engine, customer))
		return 0;
	n = reach_targets(a->directory, a->conf, customer, now_us, targets);
	rc = read_in_force(a->db, customer, now_us, &d);
	if (rc < 0 || (rc > 0 && reach_is_of(&d, targets, n)))
		return rc < 0 ? -1 : 0;
	memset(&o, 0, sizeof(o));
	o.kind = OBS_MOVE;
	o.ts_us = o.start_us = now_us;
	snprintf(o.customer, sizeof(o.customer), "%s", customer);
	o.line_class = applier_class(a, customer);
	return log_and_apply(a, &o);
}

struct held {
	char (*v)[ROW_ID_LEN];
	size_t n, cap;
};

static int keep_held(void *arg, const char *customer)
{
	struct held *h = arg;

	if (h->n == h->cap) {
		size_t cap = h->cap ? 2 * h->cap : 64;
		void *v = realloc(h->v, cap * sizeof(*h->v));

		if (!v)
			return -1;
		h->v = v;
		h->cap = cap;
	}
	snprintf(h->v[h->n++], ROW_ID_LEN, "%s", customer);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

int applier_move_all(struct applier *a, int64_t now_us)
{
	struct held h = {0};
	int rc = engine_each_hold(a->engine, keep_held, &h);

	/* Their order is in the log. */
	if (h.n > 0)
		qsort(h.v, h.n, sizeof(*h.v), by_name);
	for (size_t i = 0; i < h.n && rc == 0; i++)
		rc = applier_move(a, h.v[i], now_us);
	free(h.v);
	return rc;
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

static bool ends_brake(enum op_verb verb)
{
	return verb == OP_BRAKE_APPLY || verb == OP_BRAKE_DROP;
}

/* Of the brake's customers, and of nobody else, this is the time. */
static int is_held(void *arg, const char *customer, int64_t due_us)
{
	const struct applier *a = arg;

	(void)due_us;
	return engine_wish_due(a->engine, customer);
}

static int apply_op(struct applier *a, const struct op_action *op)
{
	struct observation o;

	memset(&o, 0, sizeof(o));
	o.kind = OBS_OPERATOR;
	o.ts_us = o.start_us = op->ts_us;
	memcpy(o.customer, op->customer, sizeof(o.customer));
	o.line_class = applier_class(a, op->customer);
	o.op = op->verb;
	o.op_id = op->id;
	o.op_until_us = op->until_us;
	o.op_incident = op->incident_id;
	snprintf(o.verdict_reason, sizeof(o.verdict_reason), "%s", op->reason);
	if (db_begin(a->db) != 0)
		return -1;
	if (log_and_apply(a, &o) != 0 ||
	    (ends_brake(op->verb) &&
		applier_tick(a, op->ts_us, is_held, a) != 0) ||
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

/* --- what drivers refused ------------------------------------------------- */

static int log_refusal(struct applier *a, const struct refusal *r)
{
	struct observation o;

	memset(&o, 0, sizeof(o));
	o.kind = OBS_FILTERED;
	o.ts_us = r->last_us;
	o.start_us = r->first_us;
	memcpy(o.agent, r->driver, sizeof(o.agent));
	memcpy(o.customer, r->customer, sizeof(o.customer));
	o.line_class = applier_class(a, r->customer);
	o.attempts = r->packets;
	o.source_validated =
	    reach_is_validated(a->directory, a->conf, r->customer, r->last_us);
	return log_and_apply(a, &o);
}

int applier_refusals(struct applier *a)
{
	struct refusal r;
	int rc;

	if (db_begin(a->db) != 0)
		return -1;
	while ((rc = take_refusal(a->db, &r)) == 1)
		if (log_refusal(a, &r) != 0) {
			rc = -1;
			break;
		}
	if (rc == 0 && db_commit(a->db) == 0)
		return 0;
	db_rollback(a->db);
	return -1;
}

/* --- open and close ------------------------------------------------------ */

static int rebuild(struct applier *a, char *err, size_t errsize)
{
	struct rebuild r = {.db = a->db,
	    .conf = a->conf,
	    .own = &a->own,
	    .directory = a->directory,
	    .engine = a->engine,
	    .err = err,
	    .errsize = errsize};
	int rc;

	a->leases = rebuild_leases(&r, (struct lease_book_owner){on_lease, a});
	if (!a->leases)
		return -1;
	rc = rebuild_engine(&r);
	a->policies = r.policies;
	a->last_us = r.last_us;
	a->policy_logged = r.policy_logged;
	return rc;
}

struct applier *applier_open(
    struct db *db, const struct conf *c, char *err, size_t errsize)
{
	struct applier *a = calloc(1, sizeof(*a));

	if (!a)
		goto nomem;
	a->db = db;
	a->conf = c;
	a->directory = directory_new();
	if (!a->directory || policy_init(&a->own, c) != 0)
		goto nomem;
	a->engine = engine_new(&a->own, c->mode);
	if (!a->engine)
		goto nomem;
	if (rebuild(a, err, errsize) != 0) {
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
	lease_book_free(a->leases);
	directory_free(a->directory);
	logged_policies_free(&a->policies);
	free(a);
}

struct lease_book *applier_leases(const struct applier *a)
{
	return a->leases;
}

void applier_on_lease(struct applier *a, struct lease_book_owner owner)
{
	a->owner = owner;
}

void applier_on_applied(struct applier *a, struct applier_watch watch)
{
	a->watch = watch;
}

bool applier_knows_account(
    const struct applier *a, const uint8_t id[static ROW_HASH_BYTES])
{
	return engine_knows_account(a->engine, id);
}

int64_t applier_last_us(const struct applier *a)
{
	return a->last_us;
}
