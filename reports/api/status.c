/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of the whole, and whether it works. */
#include "reports/api/status.h"

#include <string.h>

#include "base/version.h"
#include "reports/api/personal.h"
#include "reports/api/routes.h"
#include "store/desk.h"
#include "store/heard.h"

static int count_op(void *arg, const struct op_action *a)
{
	(void)a;
	++*(int64_t *)arg;
	return 0;
}

static int note_sum(void *arg, const struct delivery_sum *s)
{
	struct numbers *n = arg;

	n->pending += s->pending;
	n->dead += s->dead;
	return 0;
}

static int tally(void *arg, enum incident_state state, enum incident_kind kind,
    enum line_class line_class, int64_t count)
{
	struct numbers *n = arg;

	(void)line_class;
	if (state != INCIDENT_CLOSED) {
		n->open += count;
		n->open_kind[kind] += count;
	}
	return 0;
}

static int note_last(void *arg, const struct incident *i)
{
	*(int64_t *)arg = i->last_us;
	return 0;
}

int numbers_read(struct numbers *n, struct db *db, int64_t now_us)
{
	struct incident_page newest = {
	    .range = {.state = -1, .kind = -1, .limit = 1},
	    .sort = INCIDENT_BY_LAST,
	    .descending = true};

	memset(n, 0, sizeof(*n));
	if (read_last_numbers(db, &n->observations, &n->applied, &n->incidents,
		&n->decisions) != 0 ||
	    read_standing_sums(db, now_us, &n->in_force, &n->blocks) != 0 ||
	    read_op_actions(db, true, count_op, &n->waiting) != 0 ||
	    read_delivery_sums(db, note_sum, n) != 0 ||
	    read_incident_tally(db, true, tally, n) != 0 ||
	    read_incident_page(db, &newest, note_last, &n->newest_us) != 0 ||
	    read_heard(db, HEARD_AGENTS, &n->agents_us) != 0 ||
	    read_heard(db, HEARD_LEASES, &n->leases_us) != 0)
		return -1;
	n->analyzer = db_lock_apply(db) != 0;
	if (!n->analyzer)
		db_unlock_apply(db);
	return 0;
}

static void put_meta(struct call *c, const char *key)
{
	char value[512] = "";

	(void)read_meta(c->db, key, value, sizeof(value));
	jsonw_kstring(&c->json, key, value[0] ? value : NULL);
}

static void put_degraded(struct jsonw *j, const struct numbers *n)
{
	jsonw_key(j, "degraded");
	jsonw_array_begin(j);
	if (!n->analyzer)
		jsonw_string(j, "no analyzer runs: nothing new is judged");
	if (n->dead > 0)
		jsonw_string(j, "a driver did not take something: see the "
				"enforcers");
	if (n->analyzer && n->waiting > 0)
		jsonw_string(j, "an action of an operator waits for the "
				"analyzer");
	jsonw_array_end(j);
}

void status_get(struct call *c)
{
	bool reason = personal_needed(c);
	struct numbers n;
	struct jsonw *j;

	if (numbers_read(&n, c->db, c->now_us) != 0) {
		call_db_failed(c);
		return;
	}
	j = call_json(c, 200);
	jsonw_object_begin(j);
	jsonw_kstring(j, "version", SEKISHO_VERSION);
	put_meta(c, "privacy_tier");
	put_meta(c, "legal_basis");
	put_meta(c, "mode");
	put_meta(c, "provider");
	jsonw_kint(j, "observations", n.observations);
	jsonw_kint(j, "applied", n.applied);
	jsonw_kint(j, "incidents", n.incidents);
	jsonw_kint(j, "incidents_open", n.open);
	jsonw_kint(j, "decisions", n.decisions);
	jsonw_kint(j, "decisions_in_force", n.in_force);
	jsonw_kint(j, "blocks_in_force", n.blocks);
	jsonw_kint(j, "operator_actions_waiting", n.waiting);
	jsonw_kint(j, "deliveries_pending", n.pending);
	jsonw_kint(j, "deliveries_dead", n.dead);
	jsonw_ktime(j, "newest_evidence", n.newest_us);
	jsonw_kbool(j, "analyzer_running", n.analyzer);
	put_degraded(j, &n);
	jsonw_ktime(j, "now", c->now_us);
	jsonw_kbool(j, "reason_required", reason);
	jsonw_object_end(j);
}
