/* SPDX-License-Identifier: Apache-2.0 */
/* One incident: with its evidence, as sekisho explain has it; and what an
 * analyst says of it, which goes the way of sekisho incident ack and close. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "reports/api/api.h"
#include "reports/api/decision_json.h"
#include "reports/api/inproc.h"
#include "reports/api/routes.h"
#include "reports/cli/verb.h"
#include "store/read.h"

#define ETAG_LEN 96

/* The row; false after a problem. */
static bool find(struct call *c, struct incident *i)
{
	int64_t id;
	int rc;

	if (!call_id(c, 'I', &id))
		return false;
	rc = read_incident(c->db, id, i);
	if (rc == 1)
		return true;
	if (rc < 0)
		call_db_failed(c);
	else
		call_problem(
		    c, 404, "not_found", "there is no incident %s", c->part);
	return false;
}

/* Text of JSON; NULL after a problem. The caller frees p. */
static const char *explain(
    struct inproc *p, struct call *c, const char *id, int64_t limit)
{
	char *args[] = {(char *)(uintptr_t)id, NULL};

	p->cli.args = args;
	p->cli.n_args = 1;
	p->cli.limit = limit;
	(void)c;
	return inproc_end(p, cli_explain(&p->cli));
}

static int put_whole(struct call *c, const struct incident *i,
    const char *explanation, const char *etag)
{
	struct jsonw *j = call_json(c, 200);
	int rc;

	jsonw_object_begin(j);
	jsonw_key(j, "incident");
	rc = incident_json(j, c->db, i, c->now_us);
	jsonw_key(j, "explanation");
	jsonw_raw(j, explanation);
	jsonw_key(j, "notes");
	jsonw_array_begin(j);
	if (rc == 0)
		rc = incident_notes_json(j, c->db, i->id);
	jsonw_array_end(j);
	jsonw_kstring(j, "etag", etag);
	jsonw_object_end(j);
	return rc;
}

static void show(struct call *c, const struct incident *i, int64_t limit)
{
	const char *explanation;
	char etag[ETAG_LEN], id[24];
	struct inproc p;

	if (incident_etag(c->db, i, etag, sizeof(etag)) != 0) {
		call_db_failed(c);
		return;
	}
	if (!inproc_begin(&p, c, false))
		return;
	snprintf(id, sizeof(id), "I%" PRId64, i->id);
	explanation = explain(&p, c, id, limit);
	if (explanation && put_whole(c, i, explanation, etag) != 0)
		call_db_failed(c);
	else if (explanation)
		call_field(c, "ETag", "%s", etag);
	inproc_free(&p);
}

void incident_get(struct call *c)
{
	int64_t limit = 1000;
	struct incident i;

	if (call_number(c, "limit", 1, 10000, &limit) && find(c, &i))
		show(c, &i, limit);
}

void decision_get(struct call *c)
{
	const char *explanation;
	struct inproc p;
	int64_t seq;

	if (!call_id(c, 'D', &seq) || !inproc_begin(&p, c, false))
		return;
	explanation = explain(&p, c, c->part, 1000);
	if (explanation)
		jsonw_raw(call_json(c, 200), explanation);
	inproc_free(&p);
}

/* --- changes ---------------------------------------------------------------
 */

/* Runs a verb on the incident; false after a problem. Holds c->api->change. */
static bool act(struct call *c, const struct incident *i,
    int (*verb)(struct cli *c), const char *reason, const char *as)
{
	char id[24];
	char *args[] = {id, NULL};
	struct inproc p;
	bool done;

	if (!inproc_begin(&p, c, true))
		return false;
	snprintf(id, sizeof(id), "I%" PRId64, i->id);
	p.cli.args = args;
	p.cli.n_args = 1;
	p.cli.reason = reason[0] ? reason : NULL;
	p.cli.as = as;
	done = inproc_end(&p, verb(&p.cli)) != NULL;
	inproc_free(&p);
	return done;
}

/* "*" and a list are legal (RFC 9110 section 13.1.1). */
static bool is_fresh(struct call *c, const struct incident *i)
{
	char etag[ETAG_LEN];
	const char *at;

	if (incident_etag(c->db, i, etag, sizeof(etag)) != 0) {
		call_db_failed(c);
		return false;
	}
	at = strstr(c->if_match, etag);
	/* A weak one never matches here. */
	if (at > c->if_match + 1 && memcmp(at - 2, "W/", 2) == 0)
		at = NULL;
	if (at || strcmp(c->if_match, "*") == 0)
		return true;
	call_problem(c, 412, "stale",
	    "%s has changed since you read it; look again, then decide",
	    c->part);
	return false;
}

static bool patch(struct call *c, const struct incident *i)
{
	char state[20], as[20], reason[501];

	if (!call_string(c, "state", true, state, sizeof(state)) ||
	    !call_string(c, "closed_as", false, as, sizeof(as)) ||
	    !call_string(c, "reason", false, reason, sizeof(reason)))
		return false;
	if (strcmp(state, "acknowledged") == 0 && i->state == INCIDENT_CLOSED) {
		call_problem(c, 422, "refused",
		    "%s is closed; new evidence opens an incident anew, "
		    "nothing else does",
		    c->part);
		return false;
	}
	if (strcmp(state, "acknowledged") == 0)
		return act(c, i, cli_incident_ack, reason, NULL);
	if (strcmp(state, "closed") != 0) {
		call_problem(
		    c, 422, "refused", "state: give acknowledged or closed");
		return false;
	}
	if (as[0] == '\0' || reason[0] == '\0') {
		call_problem(c, 422, "refused",
		    "closed needs closed_as (fixed, false_positive, "
		    "duplicate) and a reason");
		return false;
	}
	return act(c, i, cli_incident_close, reason, as);
}

void incident_patch(struct call *c)
{
	struct incident i;
	bool done = false;

	if (!c->if_match) {
		call_problem(c, 428, "etag_required",
		    "send If-Match with the ETag of what you read");
		return;
	}
	pthread_mutex_lock(&c->api->change);
	if (find(c, &i) && is_fresh(c, &i))
		done = patch(c, &i);
	pthread_mutex_unlock(&c->api->change);
	if (done && find(c, &i))
		show(c, &i, 1000);
}

struct newest {
	struct op_action note;
	bool found;
};

static int keep_newest(void *arg, const struct op_action *a)
{
	struct newest *n = arg;

	if (a->verb == OP_NOTE) {
		n->note = *a;
		n->found = true;
	}
	return 0;
}

void incident_note_post(struct call *c)
{
	char text[ROW_TEXT_LEN];
	struct newest n = {.found = false};
	struct incident i;
	bool done;

	if (!call_string(c, "text", true, text, sizeof(text)) || !find(c, &i))
		return;
	pthread_mutex_lock(&c->api->change);
	done = act(c, &i, cli_incident_note, text, NULL);
	if (done && read_incident_actions(c->db, i.id, keep_newest, &n) != 0) {
		call_db_failed(c);
		done = false;
	}
	pthread_mutex_unlock(&c->api->change);
	if (!done || !n.found)
		return;
	note_json(call_json(c, 201), n.note.id, n.note.ts_us, n.note.actor,
	    n.note.customer, i.id, n.note.reason);
}
