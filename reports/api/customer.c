/* SPDX-License-Identifier: Apache-2.0 */
/* Everything about a customer, and who had an address. */
#include <inttypes.h>
#include <string.h>

#include "reports/api/decision_json.h"
#include "reports/api/inproc.h"
#include "reports/api/routes.h"
#include "reports/cli/policy.h"
#include "reports/cli/verb.h"
#include "store/desk.h"

#define SHOWN 200 /* of each kind */

struct page {
	struct call *call;
	const char *id;
	struct customer_row row;
	bool known, truncated, in_force;
	struct decision decision;
	enum line_class line_class; /* of the newest lease */
	int64_t newest_us, n;
};

static int note_class(void *arg, const struct lease *l)
{
	struct page *p = arg;

	p->known = true;
	if (l->from_us >= p->newest_us) {
		p->newest_us = l->from_us;
		p->line_class = l->line_class;
	}
	return 0;
}

/* 1 somebody, 0 nobody ever had this name, -1. */
static int find(struct page *p)
{
	struct read_range of = {.customer = p->id, .state = -1, .kind = -1};
	struct db *db = p->call->db;
	int64_t n = 0;
	int rc;

	rc = read_customer(db, p->id, &p->row);
	if (rc < 0 || read_customer_leases(db, p->id, -1, note_class, p) != 0)
		return -1;
	if (rc == 1) {
		p->known = true;
		p->line_class = p->row.line_class;
	}
	rc = read_in_force(db, p->id, p->call->now_us, &p->decision);
	p->in_force = rc == 1;
	if (rc < 0 || read_incident_count(db, &of, &n) != 0)
		return -1;
	return p->known || p->in_force || n > 0;
}

static bool is_shown(struct page *p)
{
	if (p->n++ < SHOWN)
		return true;
	p->truncated = true;
	return false;
}

static int put_lease(void *arg, const struct lease *l)
{
	struct page *p = arg;
	struct jsonw *j = &p->call->json;
	struct target t = {l->prefix, l->first_port, l->last_port};
	char text[TARGET_STRLEN];

	if (!is_shown(p))
		return 0;
	jsonw_object_begin(j);
	jsonw_kstring(j, "target", target_format(&t, text));
	jsonw_ktime(j, "from", l->from_us);
	jsonw_ktime(j, "until", l->until_us == INT64_MAX ? 0 : l->until_us);
	jsonw_kstring(j, "source", l->source);
	jsonw_kstring(j, "class", line_class_name(l->line_class));
	jsonw_kstring(j, "nas", l->nas[0] ? l->nas : NULL);
	jsonw_kstring(j, "session", l->session[0] ? l->session : NULL);
	jsonw_object_end(j);
	return 0;
}

static int put_incident(void *arg, const struct incident *i)
{
	struct page *p = arg;

	if (!is_shown(p))
		return 1;
	return incident_json(&p->call->json, p->call->db, i, p->call->now_us);
}

static int put_incident_notes(void *arg, const struct incident *i)
{
	struct page *p = arg;

	if (!is_shown(p))
		return 1;
	return incident_notes_json(&p->call->json, p->call->db, i->id);
}

static int put_note(void *arg, const struct customer_note *n)
{
	struct page *p = arg;

	if (!is_shown(p))
		return 1;
	note_json(
	    &p->call->json, n->id, n->ts_us, n->actor, n->customer, 0, n->text);
	return 0;
}

static int put_decision(void *arg, const struct decision *d)
{
	struct page *p = arg;

	if (!is_shown(p))
		return 1;
	decision_json(&p->call->json, d);
	return 0;
}

static void put_words(struct jsonw *j, const char *key, const char *text)
{
	jsonw_key(j, key);
	jsonw_array_begin(j);
	while (*text != '\0') {
		size_t n = strcspn(text, " ");

		if (n > 0)
			jsonw_stringn(j, text, n);
		text += n;
		text += *text == ' ';
	}
	jsonw_array_end(j);
}

static void begin(struct page *p, const char *name)
{
	p->n = 0;
	jsonw_key(&p->call->json, name);
	jsonw_array_begin(&p->call->json);
}

static int put_lists(struct page *p)
{
	struct db *db = p->call->db;
	struct jsonw *j = &p->call->json;
	struct incident_page incidents = {
	    .range = {.customer = p->id, .state = -1, .kind = -1},
	    .sort = INCIDENT_BY_LAST,
	    .descending = true};
	struct decision_page decisions = {
	    .customer = p->id, .action = -1, .cause = -1};

	begin(p, "leases");
	if (read_customer_leases(db, p->id, -1, put_lease, p) < 0)
		return -1;
	jsonw_array_end(j);
	begin(p, "incidents");
	if (read_incident_page(db, &incidents, put_incident, p) < 0)
		return -1;
	jsonw_array_end(j);
	begin(p, "decisions");
	if (read_decision_page(db, &decisions, put_decision, p) < 0)
		return -1;
	jsonw_array_end(j);
	begin(p, "notes");
	if (read_customer_notes(db, p->id, 0, put_note, p) < 0 ||
	    read_incident_page(db, &incidents, put_incident_notes, p) < 0)
		return -1;
	jsonw_array_end(j);
	return 0;
}

/* The rules of the class, by the policy of the log. false after a problem. */
static bool is_open_by_class(struct page *p, bool *open)
{
	struct conf policy;
	struct inproc in;
	int code;

	if (!inproc_begin(&in, p->call, false))
		return false;
	code = policy_of(&in.cli, &policy, NULL);
	if (code == CLI_OK) {
		*open = conf_class_rules(&policy, p->line_class).port25_open;
		conf_free(&policy);
	} else {
		(void)inproc_end(&in, code);
	}
	inproc_free(&in);
	return code == CLI_OK;
}

static int put(struct page *p, bool open)
{
	struct jsonw *j = call_json(p->call, 200);
	const struct customer_row *r = &p->row;

	jsonw_object_begin(j);
	jsonw_kstring(j, "id", p->id);
	jsonw_kstring(
	    j, "class", p->known ? line_class_name(p->line_class) : NULL);
	jsonw_kstring(j, "contact", r->contact[0] ? r->contact : NULL);
	jsonw_kstring(j, "language", r->language[0] ? r->language : NULL);
	put_words(j, "own_domains", r->own_domains);
	jsonw_kstring(j, "port25", open ? "open" : "closed");
	jsonw_key(j, "in_force");
	if (p->in_force)
		decision_json(j, &p->decision);
	else
		jsonw_null(j);
	if (put_lists(p) != 0)
		return -1;
	jsonw_kbool(j, "truncated", p->truncated);
	jsonw_object_end(j);
	return 0;
}

/* The row of a path; false after a problem. */
static bool find_page(struct page *p, struct call *c)
{
	int rc;

	memset(p, 0, sizeof(*p));
	p->call = c;
	p->id = c->part;
	rc = strlen(c->part) < ROW_ID_LEN ? find(p) : 0;
	if (rc < 0)
		call_db_failed(c);
	else if (rc == 0)
		call_problem(c, 404, "not_found",
		    "%.63s is no customer that is known; /api/v1/who finds "
		    "one by an address",
		    c->part);
	return rc == 1;
}

void customer_get(struct call *c)
{
	struct page p;
	bool open;

	if (!find_page(&p, c) || !is_open_by_class(&p, &open))
		return;
	if (p.in_force)
		open = p.decision.action == ACTION_ALLOW;
	if (put(&p, open) != 0)
		call_db_failed(c);
}

void customer_note(struct call *c)
{
	struct customer_note n = {.ts_us = c->now_us};
	struct page p;

	if (!call_string(c, "text", true, n.text, ROW_TEXT_LEN) ||
	    !find_page(&p, c))
		return;
	snprintf(n.actor, sizeof(n.actor), "%s", c->who.name);
	snprintf(n.customer, sizeof(n.customer), "%.63s", c->part);
	if (write_customer_note(c->db, &n) != 0)
		call_db_failed(c);
	else
		note_json(call_json(c, 201), n.id, n.ts_us, n.actor, n.customer,
		    0, n.text);
}

void who_get(struct call *c)
{
	const char *ip = uri_get(&c->uri, "ip"), *text;
	char target[80];
	char *args[] = {target, NULL};
	int64_t port = 0, at_us = 0;
	struct inproc p;
	struct addr a;

	if (!call_number(c, "port", 1, 65535, &port) ||
	    !call_time(c, "at", &at_us))
		return;
	if (!ip || addr_parse(&a, ip) != 0) {
		call_problem(
		    c, 400, "bad_value", "ip: give an IPv4 or IPv6 address");
		return;
	}
	if (!inproc_begin(&p, c, false))
		return;
	if (port > 0)
		snprintf(target, sizeof(target), "[%s]:%" PRId64, ip, port);
	else
		snprintf(target, sizeof(target), "%s", ip);
	p.cli.args = args;
	p.cli.n_args = 1;
	p.cli.at_us = at_us;
	text = inproc_end(&p, cli_who(&p.cli));
	if (text)
		jsonw_raw(call_json(c, 200), text);
	inproc_free(&p);
}
