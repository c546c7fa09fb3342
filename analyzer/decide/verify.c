/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/verify.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/decide/incident.h"
#include "analyzer/detect/engine.h"
#include "store/read.h"

#define POLICY_TEXT_BYTES 65536

struct verifier {
	struct db *db;
	void (*report)(void *arg, const char *line);
	void *arg;
	int64_t rows, differences;
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
	v->differences++;
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
	if (!known) { /* ids grow: it belongs at the end */
		if (v->n_open == v->cap_open) {
			v->cap_open = v->cap_open == 0 ? 64 : v->cap_open * 2;
			open = realloc(open, v->cap_open * sizeof(*open));
			if (open == NULL)
				return fail(v, "out of memory");
			v->open = open;
		}
		at = v->n_open++;
	}
	open[at] = *i;
	return 0;
}

static int use_policy(struct verifier *v, const struct observation *o)
{
	char key[32], why[CONF_ERROR_BYTES];
	char *text = malloc(POLICY_TEXT_BYTES);
	struct conf conf;
	int rc = -1;

	if (text == NULL)
		return fail(v, "out of memory");
	snprintf(key, sizeof(key), "policy:%s", o->policy_hash);
	if (read_meta(v->db, key, text, POLICY_TEXT_BYTES) == -1) {
		rc = fail_store(v);
		goto out;
	}
	if (text[0] == '\0') {
		fail(v,
		    "obs %" PRId64 " switches to policy %s, whose text is not "
		    "in the database; restore the database from a backup",
		    o->obs_no, o->policy_hash);
		goto out;
	}
	if (conf_load_policy_text(&conf, text, why) == -1) {
		conf_free(&conf);
		fail(v, "policy %s: %s", o->policy_hash, why);
		goto out;
	}
	conf_free(&v->conf);
	v->conf = conf;
	policy_init_logged(&v->policy, &v->conf, text);
	if (strcmp(v->policy.hash, o->policy_hash) != 0)
		differ(v,
		    "obs %" PRId64 ": policy is %s in the store, its text "
		    "gives %s",
		    o->obs_no, o->policy_hash, v->policy.hash);
	engine_set_policy(v->engine, &v->policy, o->mode);
	rc = 0;
out:
	free(text);
	return rc;
}

static void compare_row(struct verifier *v, const struct observation *s,
    const struct observation *c)
{
	if (s->applied_no != c->applied_no)
		differ(v,
		    "obs %" PRId64 ": applied as number %" PRId64
		    ", the log gives %" PRId64,
		    s->obs_no, s->applied_no, c->applied_no);
	if (s->label != c->label)
		differ(v,
		    "obs %" PRId64 ": label is %s in the store, %s from the "
		    "log",
		    s->obs_no, label_name(s->label), label_name(c->label));
	if (s->weight_milli != c->weight_milli)
		differ(v,
		    "obs %" PRId64 ": weight is %d in the store, %d from the "
		    "log",
		    s->obs_no, (int)s->weight_milli, (int)c->weight_milli);
	if (s->score_milli != c->score_milli)
		differ(v,
		    "obs %" PRId64 ": score is %d in the store, %d from the "
		    "log",
		    s->obs_no, (int)s->score_milli, (int)c->score_milli);
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
	}
	return 0;
}

static int verify_row(void *arg, const struct observation *s)
{
	struct verifier *v = arg;
	struct observation c = *s;

	v->rows++;
	if (s->kind == OBS_POLICY && use_policy(v, s) == -1)
		return -1;
	if (engine_apply(v->engine, &c, &v->fx) == -1)
		return fail(v, "out of memory");
	compare_row(v, s, &c);
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
	if (read_incidents(v->db, &all, extra_incident, v) != 0 ||
	    read_decisions_after(v->db, v->last_decision, extra_decision, v) !=
		0)
		return fail_store(v);
	return 0;
}

int verify_db(struct db *db, void (*report)(void *arg, const char *line),
    void *arg, int64_t *rows, int64_t *differences, char *err, size_t errsize)
{
	struct verifier *v = calloc(1, sizeof(*v));
	char why[CONF_ERROR_BYTES];
	int rc = -1;

	*rows = *differences = 0;
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
	if (read_applied(db, 0, verify_row, v) != 0) {
		if (err[0] == '\0')
			fail_store(v);
		goto out;
	}
	rc = check_rest(v);
	*rows = v->rows;
	*differences = v->differences;
out:
	engine_free(v->engine);
	conf_free(&v->conf);
	free(v->open);
	free(v->renamed);
	free(v);
	return rc;
}
