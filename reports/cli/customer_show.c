/* SPDX-License-Identifier: Apache-2.0 */
/* One customer: who it is, what it holds, what happened, what is in force.
 * Everything comes from indexes; of the observation log a week is read, the
 * customer's rows alone. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "reports/cli/card.h"
#include "reports/cli/customer_heard.h"
#include "reports/cli/decision_row.h"
#include "reports/cli/incident_row.h"
#include "reports/cli/verb.h"
#include "store/read.h"

struct show {
	struct cli *c;
	struct card card;
	char id[ROW_ID_LEN];
	struct customer_row row;
	int64_t at_us;
	int64_t leases, incidents, decisions;
	/* of a text; they come oldest first */
	struct decision newest[CARD_SHOWN];
};

/* "ID", or an address and whose it is at --at or now. */
static int find(struct show *s)
{
	struct cli *c = s->c;
	const char *text = c->args[0];
	struct addr a;
	struct lease l;
	int rc;

	if (addr_parse(&a, text) != 0) {
		snprintf(s->id, sizeof(s->id), "%s", text);
		return CLI_OK;
	}
	rc = read_lease_at(c->db, &a, 0, s->at_us, &l);
	if (rc < 0)
		return cli_fail_db(c);
	if (rc == 2)
		return cli_fail(c, CLI_REFUSED,
		    "%.60s: several customers shared the address at that "
		    "time; sekisho who ADDRESS:PORT names one",
		    text);
	if (rc == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "nobody is known to have had %.60s at that time; check "
		    "--at",
		    text);
	snprintf(s->id, sizeof(s->id), "%s", l.customer);
	return CLI_OK;
}

static int show_lease(void *arg, const struct lease *l)
{
	struct show *s = arg;
	struct target t = {l->prefix, l->first_port, l->last_port};
	char what[TARGET_STRLEN], from[CLOCK_STRLEN], to[CLOCK_STRLEN] = "";

	if (!card_shows(&s->card, s->leases++))
		return 0;
	target_format(&t, what);
	clock_format(l->from_us, from);
	if (l->until_us != INT64_MAX)
		clock_format(l->until_us, to);
	if (!s->card.json) {
		fprintf(s->card.out, "  %-22s %s %s  %s\n", what,
		    l->from_us == 0 ? "the beginning" : from, to, l->source);
		return 0;
	}
	jsonw_object_begin(s->card.json);
	card_line(&s->card, "prefix", what);
	card_line(&s->card, "from", l->from_us == 0 ? "" : from);
	card_line(&s->card, "until", to);
	card_line(&s->card, "source", l->source);
	card_line(&s->card, "session", l->session);
	jsonw_object_end(s->card.json);
	return 0;
}

static int show_incident(void *arg, const struct incident *i)
{
	struct show *s = arg;
	struct incident_row r = {0};
	char time[CLOCK_STRLEN], safe[1024];

	if (!card_shows(&s->card, s->incidents++))
		return 0;
	if (!s->card.json) {
		fprintf(s->card.out, "  I%-6" PRId64 " %-12s %-20s %s  %s\n",
		    i->id, incident_state_name(i->state),
		    incident_kind_name(i->kind), clock_format(i->last_us, time),
		    text_safe(i->summary, safe, sizeof(safe)));
		return 0;
	}
	if (incident_row_fill(&r, s->c->db, i) != 0)
		return -1;
	out_json_object(s->card.json, incident_columns, INCIDENT_COLUMNS, r.v);
	return 0;
}

static int take_decision(void *arg, const struct decision *d)
{
	struct show *s = arg;
	struct decision_row r = {0};

	if (!s->card.json) {
		s->newest[s->decisions++ % CARD_SHOWN] = *d;
		return 0;
	}
	if (!card_shows(&s->card, s->decisions++))
		return 0;
	decision_row_fill(&r, d);
	out_json_object(s->card.json, decision_columns, DECISION_COLUMNS, r.v);
	return 0;
}

static void print_decision(const struct show *s, const struct decision *d)
{
	char since[CLOCK_STRLEN], until[CLOCK_STRLEN] = "without end";
	char safe[1024];

	if (d->until_us != 0)
		clock_format(d->until_us, until);
	fprintf(s->card.out, "  D%-6" PRId64 " %-6s %-9s %s  %s  %s\n", d->seq,
	    action_name(d->action), cause_name(d->cause),
	    clock_format(d->since_us, since), until,
	    text_safe(d->reason, safe, sizeof(safe)));
}

static void print_newest(const struct show *s)
{
	int64_t n = s->decisions < CARD_SHOWN ? s->decisions : CARD_SHOWN;

	for (int64_t i = 1; !s->card.json && i <= n; i++)
		print_decision(s, &s->newest[(s->decisions - i) % CARD_SHOWN]);
}

static int show_state(struct show *s)
{
	struct decision d;
	char id[32], until[CLOCK_STRLEN] = "";
	int rc = read_in_force(s->c->db, s->id, s->at_us, &d);

	if (rc < 0)
		return -1;
	snprintf(id, sizeof(id), "D%" PRId64, rc == 1 ? d.seq : 0);
	if (rc == 1 && d.until_us != 0)
		clock_format(d.until_us, until);
	card_line(&s->card, "decision", rc == 1 ? id : "");
	card_line(&s->card, "action", rc == 1 ? action_name(d.action) : "");
	card_line(&s->card, "until", until);
	if (rc == 0 && !s->card.json)
		card_line(&s->card, "decision",
		    "none; the rule of the class applies");
	return 0;
}

static int show_all(struct show *s)
{
	struct db *db = s->c->db;
	struct incident_page page = {
	    .range = {.customer = s->id, .state = -1, .kind = -1},
	    .sort = INCIDENT_BY_LAST,
	    .descending = true};
	struct read_range decisions = {
	    .customer = s->id, .state = -1, .kind = -1};

	card_line(&s->card, "id", s->id);
	card_line(&s->card, "class",
	    s->row.id[0] ? line_class_name(s->row.line_class) : "");
	card_line(&s->card, "language", s->row.language);
	card_line(&s->card, "contact", s->row.contact);
	card_line(&s->card, "own_domains", s->row.own_domains);
	if (show_state(s) != 0)
		return -1;
	card_begin(&s->card, "leases");
	if (read_customer_leases(db, s->id, -1, show_lease, s) != 0)
		return -1;
	card_end(&s->card, s->leases);
	card_begin(&s->card, "incidents");
	if (read_incident_page(db, &page, show_incident, s) != 0)
		return -1;
	card_end(&s->card, s->incidents);
	card_begin(&s->card, "decisions");
	if (read_decisions(db, &decisions, take_decision, s) != 0)
		return -1;
	print_newest(s);
	card_end(&s->card, s->decisions);
	return customer_heard(&s->card, db, s->id, s->at_us);
}

static int found(void *arg, const struct lease *l)
{
	(void)arg;
	(void)l;
	return 1;
}

/* 1 somebody, 0 nobody ever had this name, -1. */
static int exists(struct show *s)
{
	struct db *db = s->c->db;
	struct read_range of = {.customer = s->id, .state = -1, .kind = -1};
	struct decision d;
	int64_t n = 0;
	int rc = read_customer(db, s->id, &s->row);

	if (rc == 0)
		rc = read_customer_leases(db, s->id, -1, found, NULL);
	if (rc == 0)
		rc = read_in_force(db, s->id, s->at_us, &d);
	if (rc == 0 && read_incident_count(db, &of, &n) != 0)
		rc = -1;
	return rc == 0 ? n > 0 : rc;
}

int cli_customer_show(struct cli *c)
{
	struct show s = {.c = c, .at_us = c->at_us != 0 ? c->at_us : c->now_us};
	struct jsonw j;
	int code = card_check(c), rc;

	if (code == CLI_OK)
		code = cli_need_db(c, DB_READ);
	if (code == CLI_OK)
		code = find(&s);
	if (code != CLI_OK)
		return code;
	rc = exists(&s);
	if (rc < 0)
		return cli_fail_db(c);
	if (rc == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "%.64s is no customer or address that is known; sekisho "
		    "customer list and lease list show them",
		    c->args[0]);
	card_open(&s.card, c, &j);
	rc = show_all(&s);
	return card_close(&s.card, c, rc);
}
