/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/complete_names.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/target.h"
#include "store/access.h"
#include "store/desk.h"
#include "store/enforcement.h"

#define SHOWN 50

struct names {
	struct db *db;
	complete_offer offer;
	void *arg;
	int n;
	char seen[SHOWN][ROW_ID_LEN]; /* customers */
};

static void offer_id(
    const struct names *s, const char *letter, int64_t id, const char *what)
{
	char text[32];

	snprintf(text, sizeof(text), "%s%" PRId64, letter, id);
	s->offer(s->arg, text, what);
}

/* --- one noun each ---------------------------------------------------------
 */

static int on_incident(void *arg, const struct incident *i)
{
	offer_id(arg, "I", i->id, i->customer);
	return 0;
}

static int on_customer_of(void *arg, const struct incident *i)
{
	struct names *s = arg;

	for (int n = 0; n < s->n; n++)
		if (strcmp(s->seen[n], i->customer) == 0)
			return 0;
	memcpy(s->seen[s->n++], i->customer, sizeof(i->customer));
	s->offer(s->arg, i->customer, incident_kind_name(i->kind));
	return s->n == SHOWN;
}

static void newest_incidents(struct names *s, read_incident_cb cb)
{
	const struct incident_page newest = {
	    .range = {.state = -1, .kind = -1, .limit = SHOWN},
	    .sort = INCIDENT_BY_LAST,
	    .descending = true};

	(void)read_incident_page(s->db, &newest, cb, s);
}

static void incidents(struct names *s)
{
	newest_incidents(s, on_incident);
}

static void customers(struct names *s)
{
	newest_incidents(s, on_customer_of);
}

static int on_decision(void *arg, const struct decision *d)
{
	offer_id(arg, "D", d->seq, d->customer);
	return 0;
}

static void decisions(struct names *s)
{
	const struct decision_page newest = {
	    .action = -1, .cause = -1, .limit = SHOWN};

	(void)read_decision_page(s->db, &newest, on_decision, s);
}

static void incidents_and_decisions(struct names *s)
{
	incidents(s);
	decisions(s);
}

static int on_complaint(void *arg, const struct complaint *c)
{
	offer_id(arg, "R", c->id, c->customer[0] ? c->customer : c->type);
	return 0;
}

static void complaints(struct names *s)
{
	const struct complaint_range newest = {.limit = SHOWN};

	(void)read_complaints(s->db, &newest, on_complaint, s);
}

static int on_audit(void *arg, const struct audit *a)
{
	offer_id(arg, "A", a->audit_no, a->verb);
	return 0;
}

static void audits(struct names *s)
{
	const struct audit_range newest = {.limit = SHOWN};

	(void)read_audits(s->db, &newest, on_audit, s);
}

static int on_brake(void *arg, const struct brake_row *b)
{
	offer_id(arg, "B", b->id, b->reason);
	return 0;
}

static void brakes(struct names *s)
{
	(void)read_brakes(s->db, 0, 0, SHOWN, on_brake, s);
}

static int on_delivery(void *arg, const struct delivery *d)
{
	offer_id(arg, "", d->id, d->driver);
	return 0;
}

static void deliveries(struct names *s)
{
	const struct delivery_page newest = {.limit = SHOWN};

	(void)read_delivery_page(s->db, &newest, on_delivery, s);
}

static int on_difference(void *arg, const struct difference *d)
{
	struct names *s = arg;

	offer_id(s, "", d->id, d->driver);
	return ++s->n == SHOWN;
}

static void differences(struct names *s)
{
	(void)read_differences_there(s->db, NULL, on_difference, s);
}

static int on_enforcer(void *arg, const struct enforcer *e)
{
	struct names *s = arg;

	s->offer(s->arg, e->driver, e->state);
	return 0;
}

static void drivers(struct names *s)
{
	(void)read_enforcers(s->db, on_enforcer, s);
}

static int on_token(void *arg, const struct token *t)
{
	struct names *s = arg;

	s->offer(s->arg, t->id, t->name);
	return ++s->n == SHOWN;
}

static void tokens(struct names *s)
{
	(void)read_tokens(s->db, on_token, s);
}

static int on_operator(void *arg, const struct operator_row *o)
{
	struct names *s = arg;

	s->offer(s->arg, o->name, "operator");
	return ++s->n == SHOWN;
}

static void operators(struct names *s)
{
	(void)read_operators(s->db, on_operator, s);
}

static int on_lease(void *arg, const struct lease *l)
{
	struct names *s = arg;
	struct target t = {l->prefix, l->first_port, l->last_port};
	char text[TARGET_STRLEN];

	s->offer(s->arg, target_format(&t, text), l->customer);
	return ++s->n == SHOWN;
}

static void leases(struct names *s)
{
	(void)read_leases(s->db, -1, on_lease, s);
}

/* --- which -----------------------------------------------------------------
 */

/* The first that fits, by noun ("": any) and what the verb calls it. */
static const struct {
	const char *noun, *arg;
	void (*names)(struct names *s);
} nouns[] = {
    {"incident", "ID", incidents},
    {"decision", "ID", decisions},
    {"explain", "ID", incidents_and_decisions},
    {"complaint", "ID", complaints},
    {"audit", "ID", audits},
    {"brake", "ID", brakes},
    {"hook", "ID", deliveries},
    {"hook", "DRIVER", drivers},
    {"enforce", "ID", differences},
    {"token", "ID", tokens},
    {"operator", "NAME", operators},
    {"lease", "CUSTOMER", customers},
    {"lease", "TARGET", leases},
    {"", "TARGET", customers},
    {"", "CUSTOMER", customers},
};

static void find_names(struct cli *c, void (*which)(struct names *s),
    complete_offer offer, void *arg)
{
	struct names s = {.offer = offer, .arg = arg};

	if (cli_need_db(c, DB_READ) != CLI_OK)
		return;
	s.db = c->db;
	which(&s);
}

/* An argument "CUSTOMER TARGET..." is the one, then the other. */
void complete_names(
    struct cli *c, const struct verb *v, int n, complete_offer offer, void *arg)
{
	const char *args = v->args, *next;

	for (; n > 0 && (next = strchr(args, ' ')); n--)
		args = next + 1;
	args += strspn(args, "[");
	for (size_t i = 0; i < sizeof(nouns) / sizeof(nouns[0]); i++)
		if ((nouns[i].noun[0] == '\0' ||
			strcmp(nouns[i].noun, v->noun) == 0) &&
		    strncmp(nouns[i].arg, args, strlen(nouns[i].arg)) == 0) {
			find_names(c, nouns[i].names, offer, arg);
			return;
		}
}

void complete_option_names(
    struct cli *c, const char *option, complete_offer offer, void *arg)
{
	static const struct {
		const char *option;
		void (*names)(struct names *s);
	} options[] = {{"--customer", customers}, {"--driver", drivers}};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strcmp(option, options[i].option) == 0)
			find_names(c, options[i].names, offer, arg);
}
