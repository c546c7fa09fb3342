/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/decide/bearing.h"
#include "analyzer/decide/checkpoint.h"
#include "analyzer/decide/incident.h"
#include "analyzer/decide/logged.h"
#include "store/digest.h"
#include "store/read.h"

struct verifier {
	struct db *db;
	void (*report)(void *arg, const char *line);
	void *arg;
	struct verified sum;
	bool digested; /* a row had a digest: all later ones have */
	char *err;
	size_t errsize;
	struct engine *engine;
	struct conf conf; /* of the policy in use */
	struct policy policy;
	struct effects fx;
	/* Computed incidents that are still open, by id; closed ones have
	 * been compared. */
	struct incident *open;
	size_t n_open, cap_open;
	int64_t last_incident, last_decision;
	struct brake_row brake; /* computed last, not compared yet; id 0 */
	/* Closed incidents whose name an operator changed later, by id: they
	 * are compared last. */
	int64_t *renamed;
	size_t n_renamed, cap_renamed;
};

static void __attribute__((format(printf, 2, 3)))
differ(struct verifier *v, const char *fmt, ...)
{
	char line[2 * ROW_TEXT_LEN + 256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	v->sum.differences++;
	if (v->report != NULL)
		v->report(v->arg, line);
}

static int __attribute__((format(printf, 2, 3)))
fail(struct verifier *v, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(v->err, v->errsize, fmt, ap);
	va_end(ap);
	return -1;
}

static int fail_store(struct verifier *v)
{
	return fail(v, "the database cannot be read: %s", db_error(v->db));
}

/* A number or a text of a row against what the log gives. */
static void compare_int(struct verifier *v, char letter, int64_t id,
    const char *field, int64_t stored, int64_t computed)
{
	if (stored != computed)
		differ(v,
		    "%c%" PRId64 ": %s is %" PRId64 " in the store, %" PRId64
		    " from the log",
		    letter, id, field, stored, computed);
}

static void compare_text(struct verifier *v, char letter, int64_t id,
    const char *field, const char *stored, const char *computed)
{
	if (strcmp(stored, computed) != 0)
		differ(v,
		    "%c%" PRId64
		    ": %s is \"%s\" in the store, \"%s\" from the log",
		    letter, id, field, stored, computed);
}

#define SAME_INT(f)  compare_int(v, letter, id, #f, s->f, c->f)
#define SAME_TEXT(f) compare_text(v, letter, id, #f, s->f, c->f)

static void compare_decision(
    struct verifier *v, const struct decision *s, const struct decision *c)
{
	const char letter = 'D';
	const int64_t id = c->seq;

	SAME_TEXT(customer);
	SAME_INT(line_class);
	SAME_INT(action);
	SAME_INT(cause);
	SAME_INT(since_us);
	SAME_INT(until_us);
	SAME_INT(incident_id);
	SAME_INT(ends_seq);
	SAME_INT(obs_no);
	SAME_INT(op_id);
	SAME_INT(step);
	SAME_INT(mode);
	SAME_TEXT(policy_hash);
	SAME_TEXT(reason);
}

static void compare_incident(
    struct verifier *v, const struct incident *s, const struct incident *c)
{
	const char letter = 'I';
	const int64_t id = c->id;

	SAME_INT(kind);
	SAME_TEXT(customer);
	SAME_INT(line_class);
	SAME_INT(state);
	SAME_INT(closed_as);
	SAME_INT(opened_us);
	SAME_INT(last_us);
	SAME_INT(closed_us);
	SAME_INT(first_obs);
	SAME_INT(last_obs);
	SAME_INT(observations);
	SAME_INT(servers);
	SAME_INT(unknown_users);
	SAME_INT(blocklisted);
	SAME_INT(spoofed);
	SAME_INT(score_milli);
	SAME_INT(peak_milli);
	SAME_TEXT(summary);
	SAME_TEXT(policy_hash);
	SAME_INT(brake_id);
}

static int check_decision(struct verifier *v, const struct decision *c)
{
	struct decision s;

	v->last_decision = c->seq;
	switch (read_decision(v->db, c->seq, &s)) {
	case 1:
		compare_decision(v, &s, c);
		return 0;
	case 0:
		differ(v,
		    "D%" PRId64 ": missing in the store, the log gives %s",
		    c->seq, c->reason);
		return 0;
	default:
		return fail_store(v);
	}
}

static int check_incident(struct verifier *v, const struct incident *c)
{
	struct incident s;

	switch (read_incident(v->db, c->id, &s)) {
	case 1:
		compare_incident(v, &s, c);
		return 0;
	case 0:
		differ(v,
		    "I%" PRId64 ": missing in the store, the log gives %s",
		    c->id, c->summary);
		return 0;
	default:
		return fail_store(v);
	}
}

/* Where id is or would be among the open ones. */
static size_t find_open(const struct verifier *v, int64_t id)
{
	size_t lo = 0, hi = v->n_open;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (v->open[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static bool is_renamed(const struct verifier *v, int64_t id)
{
	return v->n_renamed > 0 && bsearch(&id, v->renamed, v->n_renamed,
				       sizeof(id), by_number) != NULL;
}

static int note_renamed(void *arg, const struct op_action *a)
{
	struct verifier *v = arg;

	if (a->incident_id == 0 || incident_closed_by(a->verb) == CLOSED_NOT)
		return 0;
	if (v->n_renamed == v->cap_renamed) {
		size_t cap = v->cap_renamed == 0 ? 64 : v->cap_renamed * 2;
		int64_t *ids = realloc(v->renamed, cap * sizeof(*ids));

		if (ids == NULL)
			return fail(v, "out of memory");
		v->renamed = ids;
		v->cap_renamed = cap;
	}
	v->renamed[v->n_renamed++] = a->incident_id;
	return 0;
}

static int find_renamed(struct verifier *v)
{
	if (read_op_actions(v->db, false, note_renamed, v) != 0)
		return v->err[0] != '\0' ? -1 : fail_store(v);
	if (v->n_renamed > 0)
		qsort(v->renamed, v->n_renamed, sizeof(*v->renamed), by_number);
	return 0;
}

static int rename_incident(struct verifier *v, const struct effect *e)
{
	size_t at = find_open(v, e->u.renamed.incident_id);

	if (at < v->n_open && v->open[at].id == e->u.renamed.incident_id)
		v->open[at].closed_as = e->u.renamed.closed_as;
	return 0;
}

static int keep_incident(struct verifier *v, const struct incident *i)
{
	size_t at = find_open(v, i->id);
	bool known = at < v->n_open && v->open[at].id == i->id;
	struct incident *open = v->open;

	if (i->id > v->last_incident)
		v->last_incident = i->id;
	if (i->state == INCIDENT_CLOSED && !is_renamed(v, i->id)) {
		if (known)
			memmove(&open[at], &open[at + 1],
			    (--v->n_open - at) * sizeof(*open));
		return check_incident(v, i);
	}
	if (!known) {
		if (v->n_open == v->cap_open) {
			v->cap_open = v->cap_open == 0 ? 64 : v->cap_open * 2;
			open = realloc(open, v->cap_open * sizeof(*open));
			if (open == NULL)
				return fail(v, "out of memory");
			v->open = open;
		}
		/* Ids grow, but for those of a checkpoint. */
		memmove(&open[at + 1], &open[at],
		    (v->n_open++ - at) * sizeof(*open));
	}
	open[at] = *i;
	return 0;
}

static int keep_open(void *arg, const struct incident *i)
{
	struct verifier *v = arg;
	int64_t last = v->last_incident;
	int rc = keep_incident(v, i);

	v->last_incident = last;
	return rc;
}

static int use_policy(struct verifier *v, const struct observation *o)
{
	if (logged_policy(v->db, o->policy_hash, &v->conf, &v->policy, v->err,
		v->errsize) != 0)
		return -1;
	if (strcmp(v->policy.hash, o->policy_hash) != 0)
		differ(v,
		    "obs %" PRId64 ": policy is %s in the store, its text "
		    "gives %s",
		    o->obs_no, o->policy_hash, v->policy.hash);
	engine_set_policy(v->engine, &v->policy, o->mode);
	return 0;
}

/* What the log does not give again: its own rows. */
static void check_inputs(
    struct verifier *v, const struct observation *o, const char *bearing)
{
	switch (observation_digest_fits(o)) {
	case 1:
		return;
	case 0:
		differ(v,
		    "obs %" PRId64 ": what it was decided from was changed: "
		    "its digest does not fit (SPF record \"%s\", term \"%s\"); "
		    "%s",
		    o->obs_no, o->spf_record, o->spf_term, bearing);
		return;
	default:
		break;
	}
	if (v->digested)
		differ(v,
		    "obs %" PRId64 ": its digest is gone, which rows before it "
		    "have; %s",
		    o->obs_no, bearing);
	else
		v->sum.undigested++;
}

static void compare_row(struct verifier *v, const struct observation *s,
    const struct observation *c, const char *bearing)
{
	if (s->applied_no != c->applied_no)
		differ(v,
		    "obs %" PRId64 ": applied as number %" PRId64
		    ", the log gives %" PRId64 "; %s",
		    s->obs_no, s->applied_no, c->applied_no, bearing);
	if (s->label != c->label)
		differ(v,
		    "obs %" PRId64 ": label is %s in the store, %s from the "
		    "log; %s",
		    s->obs_no, label_name(s->label), label_name(c->label),
		    bearing);
	if (s->weight_milli != c->weight_milli)
		differ(v,
		    "obs %" PRId64 ": weight is %d in the store, %d from the "
		    "log; %s",
		    s->obs_no, (int)s->weight_milli, (int)c->weight_milli,
		    bearing);
	if (strcmp(s->novelty, c->novelty) != 0)
		differ(v,
		    "obs %" PRId64
		    ": of the weight came \"%s\" from novelty in "
		    "the store, \"%s\" from the log; %s",
		    s->obs_no, s->novelty, c->novelty, bearing);
	if (s->score_milli != c->score_milli)
		differ(v,
		    "obs %" PRId64 ": score is %d in the store, %d from the "
		    "log; %s",
		    s->obs_no, (int)s->score_milli, (int)c->score_milli,
		    bearing);
}

/* The store against the log, for one row. */
static int check_row(struct verifier *v, const struct observation *s,
    const struct observation *c)
{
	char bearing[384] = "";
	int fits = observation_digest_fits(s);

	if ((fits == 0 || (fits < 0 && v->digested) ||
		s->applied_no != c->applied_no || s->label != c->label ||
		s->weight_milli != c->weight_milli ||
		strcmp(s->novelty, c->novelty) != 0 ||
		s->score_milli != c->score_milli) &&
	    bearing_of(v->db, s, bearing, sizeof(bearing)) != 0)
		return fail_store(v);
	check_inputs(v, s, bearing);
	compare_row(v, s, c, bearing);
	v->digested |= fits >= 0;
	return 0;
}

static int check_brake(struct verifier *v)
{
	const struct brake_row *c = &v->brake;
	const char letter = 'B';
	const int64_t id = c->id;
	struct brake_row stored, *s = &stored;
	int rc = id == 0 ? 0 : read_brake(v->db, id, s);

	if (id == 0)
		return 0;
	if (rc == -1)
		return fail_store(v);
	if (rc == 0) {
		differ(v, "B%" PRId64 ": not in the store", id);
		return 0;
	}
	SAME_INT(began_us);
	SAME_INT(ended_us);
	SAME_TEXT(reason);
	SAME_INT(held);
	SAME_INT(lifted);
	SAME_INT(last_us);
	SAME_INT(ended_by);
	SAME_INT(obs_no);
	SAME_INT(op_id);
	SAME_TEXT(policy_hash);
	return 0;
}

/* It changes until the next one begins. */
static int keep_brake(struct verifier *v, const struct brake_row *b)
{
	int rc = b->id != v->brake.id ? check_brake(v) : 0;

	v->brake = *b;
	return rc;
}

static int extra_brake(void *arg, const struct brake_row *b)
{
	struct verifier *v = arg;

	if (b->id > v->brake.id)
		differ(v, "B%" PRId64 ": in the store, but not from the log",
		    b->id);
	return 0;
}

static int check_effect(struct verifier *v, const struct effect *e)
{
	switch (e->kind) {
	case EFFECT_INCIDENT:
		return keep_incident(v, &e->u.incident);
	case EFFECT_DECISION:
		return check_decision(v, &e->u.decision);
	case EFFECT_RENAMED:
		return rename_incident(v, e);
	case EFFECT_BRAKE:
		return keep_brake(v, &e->u.brake);
	}
	return 0;
}

static int verify_row(void *arg, const struct observation *s)
{
	struct verifier *v = arg;
	struct observation c = *s;

	if (++v->sum.rows % VERIFY_STEP == 0 && v->report != NULL)
		v->report(v->arg, NULL);
	if (s->kind == OBS_POLICY && use_policy(v, s) == -1)
		return -1;
	if (engine_apply(v->engine, &c, &v->fx) == -1)
		return fail(v, "out of memory");
	if (check_row(v, s, &c) == -1)
		return -1;
	for (size_t i = 0; i < v->fx.n; i++) {
		const struct effect *e = &v->fx.v[i];

		if (check_effect(v, e) == -1)
			return -1;
	}
	return 0;
}

static int extra_incident(void *arg, const struct incident *i)
{
	struct verifier *v = arg;

	if (i->id > v->last_incident)
		differ(v, "I%" PRId64 ": in the store, but not from the log",
		    i->id);
	return 0;
}

static int extra_decision(void *arg, const struct decision *d)
{
	struct verifier *v = arg;

	differ(v, "D%" PRId64 ": in the store, but not from the log", d->seq);
	return 0;
}

static int check_rest(struct verifier *v)
{
	const struct read_range all = {.state = -1, .kind = -1};

	for (size_t i = 0; i < v->n_open; i++)
		if (check_incident(v, &v->open[i]) == -1)
			return -1;
	if (check_brake(v) == -1)
		return -1;
	if (read_brakes(v->db, 0, 0, 0, extra_brake, v) != 0 ||
	    read_incidents(v->db, &all, extra_incident, v) != 0 ||
	    read_decisions_after(v->db, v->last_decision, extra_decision, v) !=
		0)
		return fail_store(v);
	return 0;
}

/* Rows before it are gone, or cannot be told from those that led there. */
static int load_checkpoint(struct verifier *v, int64_t *from)
{
	struct observation o = {.kind = OBS_POLICY};
	struct checkpoint cp;
	int rc = checkpoint_load(v->db, v->engine, &cp, v->err, v->errsize);

	*from = 0;
	if (rc != 1)
		return rc;
	memcpy(o.policy_hash, cp.policy_hash, sizeof(o.policy_hash));
	o.mode = cp.mode;
	v->last_incident = cp.last_incident;
	v->last_decision = cp.last_decision;
	engine_last_brake(v->engine, &v->brake);
	*from = cp.applied_no;
	if (engine_each_open(v->engine, keep_open, v) == -1)
		return -1;
	return use_policy(v, &o);
}

int verify_db(struct db *db, void (*report)(void *arg, const char *line),
    void *arg, struct verified *r, char *err, size_t errsize)
{
	struct verifier *v = calloc(1, sizeof(*v));
	char why[CONF_ERROR_BYTES];
	int64_t from;
	int rc = -1;

	memset(r, 0, sizeof(*r));
	snprintf(err, errsize, "out of memory");
	if (v == NULL)
		return -1;
	v->db = db;
	v->report = report;
	v->arg = arg;
	v->err = err;
	v->errsize = errsize;
	/* Until the log's first policy row. */
	if (conf_load(&v->conf, NULL, why) == -1 ||
	    policy_init(&v->policy, &v->conf) == -1 ||
	    (v->engine = engine_new(&v->policy, MODE_MONITOR)) == NULL)
		goto out;
	err[0] = '\0';
	if (find_renamed(v) == -1)
		goto out;
	if (load_checkpoint(v, &from) == -1)
		goto out;
	if (read_applied(db, from, verify_row, v) != 0) {
		if (err[0] == '\0')
			fail_store(v);
		goto out;
	}
	rc = check_rest(v);
	*r = v->sum;
out:
	engine_free(v->engine);
	conf_free(&v->conf);
	free(v->open);
	free(v->renamed);
	free(v);
	return rc;
}
