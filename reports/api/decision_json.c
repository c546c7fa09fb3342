/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/decision_json.h"

#include <inttypes.h>
#include <string.h>

#include "reports/cli/decision_row.h"
#include "reports/out/object.h"
#include "store/read.h"

static void kid(struct jsonw *j, const char *key, char letter, int64_t id)
{
	char text[24];

	snprintf(text, sizeof(text), "%c%" PRId64, letter, id);
	jsonw_kstring(j, key, id != 0 ? text : NULL);
}

static void ktext(struct jsonw *j, const char *key, const char *text)
{
	jsonw_kstring(j, key, text[0] != '\0' ? text : NULL);
}

void decision_json(struct jsonw *j, const struct decision *d)
{
	struct decision_row r = {0};

	decision_row_fill(&r, d);
	out_json_object(j, decision_columns, DECISION_COLUMNS, r.v);
}

int customer_blocked(struct db *db, const char *customer, int64_t now_us)
{
	struct decision d;
	int rc = read_in_force(db, customer, now_us, &d);

	return rc == 1 ? d.action == ACTION_BLOCK : rc;
}

struct said {
	struct jsonw *json;
	int64_t notes, actions, incident_id;
	char by[ROW_ID_LEN];
};

static int note_action(void *arg, const struct op_action *a)
{
	struct said *s = arg;

	s->actions++;
	if (a->verb == OP_NOTE) {
		s->notes++;
		if (s->json)
			note_json(s->json, a->id, a->ts_us, a->actor,
			    a->customer, a->incident_id, a->reason);
	} else {
		memcpy(s->by, a->actor, sizeof(s->by));
	}
	return 0;
}

int incident_notes_json(struct jsonw *j, struct db *db, int64_t incident_id)
{
	struct said s = {.json = j};

	return read_incident_actions(db, incident_id, note_action, &s);
}

int incident_json(
    struct jsonw *j, struct db *db, const struct incident *i, int64_t now_us)
{
	struct said s = {0};
	int blocked = customer_blocked(db, i->customer, now_us);

	if (blocked < 0 ||
	    read_incident_actions(db, i->id, note_action, &s) != 0)
		return -1;
	jsonw_object_begin(j);
	kid(j, "id", 'I', i->id);
	jsonw_kstring(j, "kind", incident_kind_name(i->kind));
	jsonw_kstring(j, "customer", i->customer);
	jsonw_kstring(j, "class", line_class_name(i->line_class));
	jsonw_kstring(j, "state", incident_state_name(i->state));
	jsonw_kstring(j, "closed_as",
	    i->closed_as == CLOSED_NOT ? NULL : closed_as_name(i->closed_as));
	jsonw_ktime(j, "opened", i->opened_us);
	jsonw_ktime(j, "last", i->last_us);
	jsonw_ktime(j, "closed", i->closed_us);
	jsonw_kint(j, "observations", i->observations);
	jsonw_kint(j, "servers", i->servers);
	jsonw_kint(j, "unknown_users", i->unknown_users);
	jsonw_kint(j, "blocklisted", i->blocklisted);
	jsonw_kint(j, "spoofed", i->spoofed);
	jsonw_kint(j, "score_milli", i->score_milli);
	jsonw_kint(j, "peak_milli", i->peak_milli);
	ktext(j, "summary", i->summary);
	ktext(j, "policy_hash", i->policy_hash);
	ktext(j, "by", s.by);
	jsonw_kint(j, "notes", s.notes);
	jsonw_kbool(j, "blocked", blocked == 1);
	jsonw_object_end(j);
	return 0;
}

void note_json(struct jsonw *j, int64_t id, int64_t ts_us, const char *actor,
    const char *customer, int64_t incident_id, const char *text)
{
	jsonw_object_begin(j);
	jsonw_kint(j, "id", id);
	jsonw_ktime(j, "time", ts_us);
	jsonw_kstring(j, "actor", actor);
	jsonw_kstring(j, "customer", customer);
	kid(j, "incident", 'I', incident_id);
	jsonw_kstring(j, "text", text);
	jsonw_object_end(j);
}

int incident_etag(
    struct db *db, const struct incident *i, char *buf, size_t size)
{
	struct said s = {0};

	if (read_incident_actions(db, i->id, note_action, &s) != 0)
		return -1;
	snprintf(buf, size,
	    "\"I%" PRId64 "-%" PRId64 "-%" PRId64 "-%d-%d-%" PRId64 "\"", i->id,
	    i->last_obs, i->observations, (int)i->state, (int)i->closed_as,
	    s.actions);
	return 0;
}
