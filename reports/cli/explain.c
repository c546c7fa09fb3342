/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/explain.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "reports/cli/card.h"
#include "reports/cli/policy.h"
#include "reports/cli/verb.h"
#include "reports/out/text.h"
#include "store/read.h"

/* --- what belongs to it --------------------------------------------- */

static int keep_decision(struct explanation *e, const struct decision *d)
{
	if (!ROOM_FOR_ONE(e->decisions, e->n_decisions, e->cap_decisions))
		return -1;
	e->decisions[e->n_decisions++] = *d;
	return 0;
}

static int note_decision(void *arg, const struct decision *d)
{
	struct explanation *e = arg;

	return d->incident_id == e->incident.id ? keep_decision(e, d) : 0;
}

static int note_action(void *arg, const struct op_action *a)
{
	struct explanation *e = arg;

	if (a->id != e->decisions[0].op_id)
		return 0;
	e->action = *a;
	e->has_action = true;
	return 1;
}

static void take_incident(struct explanation *e)
{
	const struct incident *i = &e->incident;

	e->has_incident = true;
	memcpy(e->customer, i->customer, sizeof(e->customer));
	memcpy(e->policy_hash, i->policy_hash, sizeof(e->policy_hash));
	e->line_class = i->line_class;
	e->first_obs = i->first_obs;
	e->last_obs = i->last_obs;
}

static int find_incident(struct explanation *e, int64_t id)
{
	struct cli *c = e->c;
	struct read_range range = {
	    .customer = e->incident.customer, .state = -1, .kind = -1};
	int rc = read_incident(c->db, id, &e->incident);

	if (rc == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "there is no incident I%lld; sekisho incident list shows "
		    "them",
		    (long long)id);
	if (rc < 0 || read_decisions(c->db, &range, note_decision, e) != 0)
		return cli_fail_db(c);
	take_incident(e);
	return CLI_OK;
}

static int find_decision(struct explanation *e, int64_t seq)
{
	struct cli *c = e->c;
	struct decision d;
	int rc = read_decision(c->db, seq, &d);

	if (rc == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "there is no decision D%lld; sekisho decision list shows "
		    "them",
		    (long long)seq);
	if (rc > 0 && d.incident_id != 0)
		rc = read_incident(c->db, d.incident_id, &e->incident);
	if (rc < 0 || keep_decision(e, &d) != 0)
		return cli_fail_db(c);
	e->line_class = d.line_class;
	if (d.incident_id != 0 && rc == 1)
		take_incident(e);
	memcpy(e->customer, d.customer, sizeof(e->customer));
	memcpy(e->policy_hash, d.policy_hash, sizeof(e->policy_hash));
	/* What came after it was no reason for it. */
	if (!e->has_incident)
		e->first_obs = e->last_obs = d.obs_no;
	else if (d.obs_no >= e->first_obs && d.obs_no < e->last_obs)
		e->last_obs = d.obs_no;
	if (d.op_id != 0 && read_op_actions(c->db, false, note_action, e) < 0)
		return cli_fail_db(c);
	return CLI_OK;
}

static int find(struct explanation *e, const char *text)
{
	int64_t incident = cli_parse_id(text, 'I');
	int64_t decision = cli_parse_id(text, 'D');

	if (isdigit((unsigned char)*text) || (incident < 0 && decision < 0))
		return cli_fail(e->c, CLI_USAGE,
		    "\"%.40s\" is neither an incident (I12) nor a decision "
		    "(D7)",
		    text);
	return incident >= 0 ? find_incident(e, incident)
			     : find_decision(e, decision);
}

/* --- evidence ------------------------------------------------------- */

struct walk {
	struct explanation *e;
	explain_row_cb cb;
	void *arg;
};

static int pass_row(void *arg, const struct observation *o)
{
	struct walk *w = arg;

	if (o->kind == OBS_TICK)
		return 0;
	visibility_note(&w->e->visibility, o);
	if (cli_wants_row(w->e->c, w->e->rows++)) {
		w->cb(w->arg, w->e, o);
		w->e->shown++;
	}
	return 0;
}

int explain_rows(struct explanation *e, explain_row_cb cb, void *arg)
{
	struct walk w = {e, cb, arg};

	if (read_observations(e->c->db, e->customer, e->first_obs, e->last_obs,
		pass_row, &w) != 0)
		return cli_fail_db(e->c);
	return CLI_OK;
}

static int note_aloud(void *arg, const struct observation *o)
{
	if (o->kind != OBS_TICK)
		aloud_note(arg, o);
	return 0;
}

int explain_aloud(struct explanation *e, char *buf, size_t size)
{
	const struct incident *i = &e->incident;
	struct decision d;
	int rc;

	buf[0] = '\0';
	if (!e->has_incident)
		return CLI_OK;
	rc = read_in_force(e->c->db, e->customer, i->last_us, &d);
	e->aloud.closed_already = rc == 1 && d.action == ACTION_BLOCK;
	if (rc < 0 || read_observations(e->c->db, e->customer, i->first_obs,
			  i->last_obs, note_aloud, &e->aloud) != 0)
		return cli_fail_db(e->c);
	aloud_words(&e->aloud, i, e->decisions, e->n_decisions, buf, size);
	return CLI_OK;
}

int cli_explain(struct cli *c)
{
	struct explanation e = {.c = c};
	char shown[32], all[32];
	int code = card_check(c);

	if (code == CLI_OK)
		code = cli_need_db(c, DB_READ);
	if (code == CLI_OK)
		code = find(&e, c->args[0]);
	if (code == CLI_OK)
		code = policy_of(c, &e.policy, e.policy_hash);
	if (code != CLI_OK)
		goto out;
	e.threshold_milli = policy_threshold(&e.policy, e.line_class);
	code = c->format == OUT_JSON || c->format == OUT_JSONL
		   ? explain_as_json(&e)
		   : explain_as_text(&e);
	conf_free(&e.policy);
	if (code == CLI_OK && e.shown < e.rows)
		fprintf(c->err, "showing %s of %s (--limit 0: all)\n",
		    text_grouped(e.shown, shown), text_grouped(e.rows, all));
out:
	free(e.decisions);
	return code;
}
