/* SPDX-License-Identifier: Apache-2.0 */
/* One customer: who it is, what it holds, what happened, what is in force.
 * Everything comes from indexes; of the observation log a week is read, the
 * customer's rows alone. */
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "reports/cli/customer_refusals.h"
#include "reports/cli/decision_row.h"
#include "reports/cli/incident_row.h"
#include "reports/cli/verb.h"
#include "reports/out/object.h"
#include "reports/out/text.h"
#include "store/read.h"

#define REFUSALS_US (7 * US_PER_DAY)
#define SHOWN       10 /* of each kind in a text; JSON has as many as --limit */

struct show {
	struct cli *c;
	char id[ROW_ID_LEN];
	struct customer_row row;
	int64_t at_us, limit;
	struct jsonw *json; /* NULL: text */
	int64_t leases, incidents, decisions;
	struct decision newest[SHOWN]; /* of a text; they come oldest first */
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

static bool is_shown(const struct show *s, int64_t n)
{
	return s->json ? s->limit == 0 || n < s->limit : n < SHOWN;
}

static void line(struct show *s, const char *name, const char *value)
{
	char safe[1024];

	if (s->json && *value == '\0') {
		jsonw_key(s->json, name);
		jsonw_null(s->json);
	} else if (s->json) {
		jsonw_kstring(s->json, name, value);
	} else if (*value != '\0') {
		fprintf(s->c->out, "%-14s %s\n", name,
		    text_safe(value, safe, sizeof(safe)));
	}
}

static void begin(struct show *s, const char *name)
{
	if (s->json) {
		jsonw_key(s->json, name);
		jsonw_array_begin(s->json);
	} else {
		fprintf(s->c->out, "\n%s\n", name);
	}
}

static void end(struct show *s, int64_t n)
{
	char all[32];

	if (s->json)
		jsonw_array_end(s->json);
	else if (n == 0)
		fputs("  none\n", s->c->out);
	else if (n > SHOWN)
		fprintf(s->c->out, "  %d of %s\n", SHOWN, text_grouped(n, all));
}

static int show_lease(void *arg, const struct lease *l)
{
	struct show *s = arg;
	struct target t = {l->prefix, l->first_port, l->last_port};
	char what[TARGET_STRLEN], from[CLOCK_STRLEN], to[CLOCK_STRLEN] = "";

	if (!is_shown(s, s->leases++))
		return 0;
	target_format(&t, what);
	clock_format(l->from_us, from);
	if (l->until_us != INT64_MAX)
		clock_format(l->until_us, to);
	if (!s->json) {
		fprintf(s->c->out, "  %-22s %s %s  %s\n", what,
		    l->from_us == 0 ? "the beginning" : from, to, l->source);
		return 0;
	}
	jsonw_object_begin(s->json);
	line(s, "prefix", what);
	line(s, "from", l->from_us == 0 ? "" : from);
	line(s, "until", to);
	line(s, "source", l->source);
	line(s, "session", l->session);
	jsonw_object_end(s->json);
	return 0;
}

static int show_incident(void *arg, const struct incident *i)
{
	struct show *s = arg;
	struct incident_row r = {0};
	char time[CLOCK_STRLEN], safe[1024];

	if (!is_shown(s, s->incidents++))
		return 0;
	if (!s->json) {
		fprintf(s->c->out, "  I%-6" PRId64 " %-12s %-20s %s  %s\n",
		    i->id, incident_state_name(i->state),
		    incident_kind_name(i->kind), clock_format(i->last_us, time),
		    text_safe(i->summary, safe, sizeof(safe)));
		return 0;
	}
	if (incident_row_fill(&r, s->c->db, i) != 0)
		return -1;
	out_json_object(s->json, incident_columns, INCIDENT_COLUMNS, r.v);
	return 0;
}

static int take_decision(void *arg, const struct decision *d)
{
	struct show *s = arg;
	struct decision_row r = {0};

	if (!s->json) {
		s->newest[s->decisions++ % SHOWN] = *d;
		return 0;
	}
	if (!is_shown(s, s->decisions++))
		return 0;
	decision_row_fill(&r, d);
	out_json_object(s->json, decision_columns, DECISION_COLUMNS, r.v);
	return 0;
}

static void print_decision(const struct show *s, const struct decision *d)
{
	char since[CLOCK_STRLEN], until[CLOCK_STRLEN] = "without end";
	char safe[1024];

	if (d->until_us != 0)
		clock_format(d->until_us, until);
	fprintf(s->c->out, "  D%-6" PRId64 " %-6s %-9s %s  %s  %s\n", d->seq,
	    action_name(d->action), cause_name(d->cause),
	    clock_format(d->since_us, since), until,
	    text_safe(d->reason, safe, sizeof(safe)));
}

static void print_newest(const struct show *s)
{
	int64_t n = s->decisions < SHOWN ? s->decisions : SHOWN;

	for (int64_t i = 1; !s->json && i <= n; i++)
		print_decision(s, &s->newest[(s->decisions - i) % SHOWN]);
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
	line(s, "decision", rc == 1 ? id : "");
	line(s, "action", rc == 1 ? action_name(d.action) : "");
	line(s, "until", until);
	if (rc == 0 && !s->json)
		line(s, "decision", "none; the rule of the class applies");
	return 0;
}

static void show_refused(struct show *s, const struct refused *f)
{
	char time[CLOCK_STRLEN], name[4 * ROW_DOMAIN_LEN], status[64];

	clock_format(f->last_us, time);
	if (!s->json) {
		fprintf(s->c->out, "  %5" PRId64 "  %-28s %d %-7s %s  %s\n",
		    f->mails, text_safe(f->receiver, name, sizeof(name)),
		    f->code, text_safe(f->enhanced, status, sizeof(status)),
		    time, f->words);
		return;
	}
	jsonw_object_begin(s->json);
	line(s, "receiver", f->receiver);
	line(s, "why", f->why);
	jsonw_kint(s->json, "code", f->code);
	line(s, "enhanced", f->enhanced);
	jsonw_kint(s->json, "mails", f->mails);
	line(s, "last", time);
	line(s, "advice", f->words);
	jsonw_object_end(s->json);
}

/* The sender often never hears of it. */
static int show_refusals(struct show *s)
{
	static struct refusals r;

	if (customer_refusals(
		s->c->db, s->id, s->at_us - REFUSALS_US, s->at_us + 1, &r) != 0)
		return -1;
	begin(s, "refused_by");
	for (size_t i = 0; i < r.n; i++)
		if (is_shown(s, (int64_t)i))
			show_refused(s, &r.v[i]);
	end(s, (int64_t)r.n);
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

	line(s, "id", s->id);
	line(
	    s, "class", s->row.id[0] ? line_class_name(s->row.line_class) : "");
	line(s, "language", s->row.language);
	line(s, "contact", s->row.contact);
	line(s, "own_domains", s->row.own_domains);
	if (show_state(s) != 0)
		return -1;
	begin(s, "leases");
	if (read_customer_leases(db, s->id, -1, show_lease, s) != 0)
		return -1;
	end(s, s->leases);
	begin(s, "incidents");
	if (read_incident_page(db, &page, show_incident, s) != 0)
		return -1;
	end(s, s->incidents);
	begin(s, "decisions");
	if (read_decisions(db, &decisions, take_decision, s) != 0)
		return -1;
	print_newest(s);
	end(s, s->decisions);
	return show_refusals(s);
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
	struct show s = {.c = c, .limit = cli_limit(c)};
	struct jsonw j;
	int code = cli_need_db(c, DB_READ), rc;

	s.at_us = c->at_us != 0 ? c->at_us : c->now_us;
	if (code == CLI_OK)
		code = find(&s);
	if (code != CLI_OK)
		return code;
	rc = exists(&s);
	if (rc == 0)
		return cli_fail(c, CLI_NOT_FOUND,
		    "%.64s is no customer or address that is known; sekisho "
		    "customer list and lease list show them",
		    c->args[0]);
	if (rc > 0) {
		jsonw_init(&j, c->out);
		s.json =
		    c->format == OUT_JSON || c->format == OUT_JSONL ? &j : NULL;
		if (s.json)
			jsonw_object_begin(&j);
		rc = show_all(&s);
		if (s.json) {
			jsonw_object_end(&j);
			jsonw_newline(&j);
		}
		jsonw_free(&j);
	}
	return rc < 0 ? cli_fail_db(c) : CLI_OK;
}
