/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/explain.h"
#include "analyzer/identity/unit.h"
#include "reports/cli/decision_row.h"
#include "reports/cli/explain.h"
#include "reports/cli/incident_row.h"
#include "reports/out/object.h"
#include "store/read.h"

static void write_login(struct jsonw *j, const struct observation *o)
{
	char text[2 * ROW_HASH_BYTES + 1], client[ADDR_STRLEN];

	for (size_t i = 0; i < ROW_HASH_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", o->account_hash[i]);
	jsonw_kstring(j, "account_hash", text);
	jsonw_kstring(j, "client", addr_format(&o->client, client));
	jsonw_kstring(j, "login", login_result_name(o->login));
	jsonw_kint(j, "attempts", o->attempts);
	jsonw_kint(j, "messages", o->messages);
	if (o->login == LOGIN_DELIVERY) {
		jsonw_kint(j, "rcpt_count", o->rcpt_count);
		jsonw_kint(j, "rcpt_accepted", o->rcpt_accepted);
		jsonw_kint(j, "unknown_users", o->unknown_users);
	}
	jsonw_kbool(j, "own_line", o->own_line);
}

static void write_spf(struct jsonw *j, const struct observation *o)
{
	bool asked = o->spf != SPF_UNCHECKED;

	jsonw_kstring(j, "spf", asked ? spf_result_name(o->spf) : NULL);
	jsonw_kstring(j, "spf_domain", asked ? o->spf_domain : NULL);
	jsonw_kstring(j, "spf_record", asked ? o->spf_record : NULL);
	jsonw_kstring(j, "spf_term", asked ? o->spf_term : NULL);
}

static void write_row(
    void *arg, struct explanation *e, const struct observation *o)
{
	struct jsonw *j = arg;
	char words[2048];

	explain_observation(o, words, sizeof(words));
	jsonw_object_begin(j);
	jsonw_kint(j, "obs_no", o->obs_no);
	jsonw_ktime(j, "time", o->ts_us);
	jsonw_kstring(j, "kind", obs_kind_name(o->kind));
	jsonw_kstring(j, "label", label_name(o->label));
	jsonw_kint(j, "weight_milli", o->weight_milli);
	jsonw_kint(j, "score_milli", o->score_milli);
	jsonw_kstring(j, "novelty", o->novelty[0] ? o->novelty : NULL);
	jsonw_kint(j, "threshold_milli", e->threshold_milli);
	if (o->kind == OBS_LOGIN)
		write_login(j, o);
	write_spf(j, o);
	jsonw_kstring(j, "text", words);
	jsonw_object_end(j);
}

static void write_action(struct jsonw *j, const struct op_action *a)
{
	jsonw_object_begin(j);
	jsonw_kstring(j, "verb", op_verb_name(a->verb));
	jsonw_kstring(j, "target", a->target);
	jsonw_kstring(j, "actor", a->actor);
	jsonw_ktime(j, "time", a->ts_us);
	jsonw_kstring(j, "reason", a->reason);
	jsonw_object_end(j);
}

/* Only where one held the block. */
static int write_brake_of(struct explanation *e, struct jsonw *j)
{
	struct brake_row b;
	int rc = 0;

	if (e->incident.brake_id != 0)
		rc = read_brake(e->c->db, e->incident.brake_id, &b);
	if (rc < 0)
		return cli_fail_db(e->c);
	if (rc == 0)
		return CLI_OK;
	jsonw_key(j, "brake");
	jsonw_object_begin(j);
	jsonw_kint(j, "id", b.id);
	jsonw_ktime(j, "began", b.began_us);
	if (b.ended_us != 0)
		jsonw_ktime(j, "ended", b.ended_us);
	jsonw_kstring(j, "ended_by", brake_end_name(b.ended_by));
	jsonw_kint(j, "held", b.held);
	jsonw_kstring(j, "reason", b.reason);
	jsonw_object_end(j);
	return CLI_OK;
}

static int write_incident_of(struct explanation *e, struct jsonw *j)
{
	struct incident_row r = {0};

	jsonw_key(j, "incident");
	if (!e->has_incident) {
		jsonw_null(j);
		return CLI_OK;
	}
	if (incident_row_fill(&r, e->c->db, &e->incident) != 0)
		return cli_fail_db(e->c);
	out_json_object(j, incident_columns, INCIDENT_COLUMNS, r.v);
	return write_brake_of(e, j);
}

static void write_decisions(struct explanation *e, struct jsonw *j)
{
	jsonw_key(j, "decisions");
	jsonw_array_begin(j);
	for (size_t i = 0; i < e->n_decisions; i++) {
		struct decision_row r = {0};

		decision_row_fill(&r, &e->decisions[i]);
		out_json_object(j, decision_columns, DECISION_COLUMNS, r.v);
	}
	jsonw_array_end(j);
}

static void write_class(const struct explanation *e, struct jsonw *j)
{
	struct conf_class class = conf_class_rules(&e->policy, e->line_class);

	jsonw_key(j, "class");
	jsonw_object_begin(j);
	jsonw_kstring(j, "name", line_class_name(e->line_class));
	jsonw_kstring(j, "port25", class.port25_open ? "open" : "closed");
	jsonw_kstring(j, "mode", class_mode_name(class.mode));
	jsonw_kint(j, "burst_servers", class.burst_servers);
	jsonw_kint(j, "burst_connections", class.burst_connections);
	jsonw_kint(j, "threshold_milli", class.threshold_milli);
	jsonw_object_end(j);
}

/* Who has the addresses nothing named: only how long a line's prefix is, is
 * configured. */
static void write_unit(const struct explanation *e, struct jsonw *j)
{
	struct prefix p;
	struct target t = {.first_port = 0};
	char text[TARGET_STRLEN];

	jsonw_key(j, "ipv6_unit");
	if (!unit_is(e->customer) || !unit_prefix(e->customer, &p)) {
		jsonw_null(j);
		return;
	}
	t.prefix = p;
	jsonw_object_begin(j);
	jsonw_kstring(j, "prefix", target_format(&t, text));
	jsonw_kstring(j, "confidence", "low");
	jsonw_kstring(j, "reason",
	    "nothing named who had the addresses: the customer is the prefix "
	    "that network.ipv6_unit gives one line");
	jsonw_object_end(j);
}

static int write_aloud(struct explanation *e, struct jsonw *j)
{
	char words[2048];
	int code = explain_aloud(e, words, sizeof(words));

	jsonw_key(j, "to_read_out");
	jsonw_string(j, words[0] != '\0' ? words : NULL);
	return code;
}

int explain_as_json(struct explanation *e)
{
	struct jsonw j;
	int code;

	jsonw_init(&j, e->c->out);
	jsonw_object_begin(&j);
	code = write_incident_of(e, &j);
	if (code != CLI_OK)
		return code;
	write_unit(e, &j);
	code = write_aloud(e, &j);
	if (code != CLI_OK)
		return code;
	jsonw_key(&j, "operator");
	if (e->has_action)
		write_action(&j, &e->action);
	else
		jsonw_null(&j);
	jsonw_kstring(&j, "policy_hash", e->policy_hash);
	jsonw_kint(&j, "threshold_milli", e->threshold_milli);
	write_class(e, &j);
	jsonw_key(&j, "evidence");
	jsonw_array_begin(&j);
	code = explain_rows(e, write_row, &j);
	if (code != CLI_OK)
		return code;
	jsonw_array_end(&j);
	jsonw_kint(&j, "evidence_total", e->rows);
	visibility_json(&e->visibility, &j);
	write_decisions(e, &j);
	jsonw_object_end(&j);
	jsonw_newline(&j);
	jsonw_free(&j);
	return CLI_OK;
}
