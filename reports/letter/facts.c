/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/letter/facts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/record.pb-c.h"
#include "store/read.h"

/* Attempts that go to so few servers are a queue that tries again. */
#define QUEUE_SERVERS 5

/* --- evidence ----------------------------------------------------------- */

static void take_domain(struct letter_facts *f, const char *domain)
{
	for (int i = 0; i < f->n_domains; i++)
		if (strcasecmp(f->domains[i], domain) == 0)
			return;
	if (f->n_domains == LETTER_DOMAINS_MAX)
		f->more_domains = true;
	else
		snprintf(
		    f->domains[f->n_domains++], ROW_DOMAIN_LEN, "%s", domain);
}

static void take_helo(struct letter_facts *f, const char *helo)
{
	for (int i = 0; i < f->helos; i++)
		if (strcasecmp(f->helo_seen[i], helo) == 0)
			return;
	if (f->helos < 3)
		snprintf(f->helo_seen[f->helos++], ROW_DOMAIN_LEN, "%s", helo);
}

static void take_mail(struct letter_facts *f, const struct observation *o)
{
	f->mails++;
	f->delivered += o->end == SEKISHO__END_OF__END_DELIVERED;
	f->refused_for_good +=
	    o->unknown_users > 0 || o->label == LABEL_BLOCKLISTED;
	if (o->helo_kind == SEKISHO__HELO_KIND__HELO_KIND_FQDN &&
	    o->helo[0] != '\0')
		take_helo(f, o->helo);
	if (o->verdict == VERDICT_SPOOFED && o->spf_domain[0] != '\0')
		take_domain(f, o->spf_domain);
}

static int take_row(void *arg, const struct observation *o)
{
	static const struct addr none;
	struct letter_facts *f = arg;
	bool login = o->kind == OBS_LOGIN;

	if (!login && o->traffic_case != 2)
		return 0;
	if (f->first_us == 0 || o->start_us < f->first_us)
		f->first_us = o->start_us;
	if (o->ts_us > f->last_us)
		f->last_us = o->ts_us;
	if (o->source_validated || o->kind == OBS_TRANSACTION ||
	    o->kind == OBS_CLOSE ||
	    o->outcome == SEKISHO__OUTCOME__OUTCOME_ANSWERED)
		f->verified = true;
	/* A log-in comes from the thief's address. */
	if (!login && !addr_equal(&o->client, &none))
		f->client = o->client;
	if (o->kind == OBS_TRANSACTION)
		take_mail(f, o);
	return 0;
}

/* --- blocks ------------------------------------------------------------- */

struct blocks {
	struct letter_facts *f;
	int64_t at_us;
};

static int take_decision(void *arg, const struct decision *d)
{
	struct blocks *b = arg;
	struct letter_facts *f = b->f;

	if (d->since_us > b->at_us)
		return 0;
	if (d->action == ACTION_BLOCK) {
		f->was_blocked = true;
		f->released_us = 0;
	} else if (f->was_blocked && f->released_us == 0) {
		f->released_us = d->since_us;
	}
	return 0;
}

static int find_blocks(struct letter_facts *f, struct db *db, int64_t at_us)
{
	struct read_range all = {
	    .customer = f->customer, .state = -1, .kind = -1};
	struct blocks b = {f, at_us};
	struct decision d;
	int rc;

	if (read_decisions(db, &all, take_decision, &b) != 0)
		return -1;
	rc = read_in_force(db, f->customer, at_us, &d);
	if (rc < 0)
		return -1;
	if (rc == 1 && d.action == ACTION_BLOCK) {
		f->blocked = true;
		f->blocked_since_us = d.since_us;
		f->blocked_until_us = d.until_us;
		f->released_us = 0;
	}
	return 0;
}

/* --- the whole ---------------------------------------------------------- */

static int take_incident(struct letter_facts *f, struct db *db, int64_t id)
{
	int rc = read_incident(db, id, &f->incident);

	if (rc != 1)
		return rc;
	f->has_incident = true;
	memcpy(f->customer, f->incident.customer, sizeof(f->customer));
	f->line_class = f->incident.line_class;
	if (read_observations(db, f->customer, f->incident.first_obs,
		f->incident.last_obs, take_row, f) != 0)
		return -1;
	/* Its rows may be gone. */
	if (f->first_us == 0)
		f->first_us = f->incident.opened_us;
	if (f->last_us == 0)
		f->last_us = f->incident.last_us;
	return 1;
}

int letter_facts_incident(
    struct letter_facts *f, struct db *db, int64_t id, int64_t at_us)
{
	int rc;

	memset(f, 0, sizeof(*f));
	snprintf(f->reference, sizeof(f->reference), "I%" PRId64, id);
	rc = take_incident(f, db, id);
	if (rc != 1)
		return rc;
	return find_blocks(f, db, at_us) == 0 ? 1 : -1;
}

int letter_facts_decision(
    struct letter_facts *f, struct db *db, int64_t seq, int64_t at_us)
{
	int rc;

	memset(f, 0, sizeof(*f));
	snprintf(f->reference, sizeof(f->reference), "D%" PRId64, seq);
	rc = read_decision(db, seq, &f->told);
	if (rc != 1)
		return rc;
	if (f->told.incident_id != 0 &&
	    take_incident(f, db, f->told.incident_id) < 0)
		return -1;
	memcpy(f->customer, f->told.customer, sizeof(f->customer));
	f->line_class = f->told.line_class;
	return find_blocks(f, db, at_us) == 0 ? 1 : -1;
}

/* --- which letter ------------------------------------------------------- */

/* Mail that a server of the customer's own sends: from one or two full names,
 * mostly taken, no forged sender. Or nothing but attempts, again and again at
 * the same few servers. */
static bool is_server(const struct letter_facts *f)
{
	const struct incident *i = &f->incident;

	if (i->spoofed > 0 || f->n_domains > 0 || i->blocklisted > 0)
		return false;
	if (f->mails == 0)
		return (i->kind == INCIDENT_BLOCKED_ATTEMPTS ||
			   i->kind == INCIDENT_PORT_PROBE) &&
		       i->servers > 0 && i->servers <= QUEUE_SERVERS;
	return f->helos >= 1 && f->helos <= 2 && 2 * f->delivered >= f->mails &&
	       4 * f->refused_for_good < f->mails;
}

static int case_of_kind(
    const struct letter_facts *f, const struct conf *c, const char **why)
{
	bool closed = !conf_class_rules(c, f->line_class).port25_open;

	switch (f->incident.kind) {
	case INCIDENT_PORT_PROBE:
	case INCIDENT_BLOCKED_ATTEMPTS:
		if (!f->verified) {
			*why = "its source address is not verified, somebody "
			       "else may have forged it; if you know better, "
			       "name the case with --case";
			return -1;
		}
		return closed && is_server(f) ? LETTER_SERVER : LETTER_INFECTED;
	case INCIDENT_BOT_BURST:
	case INCIDENT_SPAM_BOT:
		return closed && is_server(f) ? LETTER_SERVER : LETTER_INFECTED;
	case INCIDENT_SPOOFED_SENDER:
		return LETTER_SPOOFED;
	case INCIDENT_COMPROMISED_ACCOUNT:
		return LETTER_PASSWORD;
	case INCIDENT_MISCONFIGURED_CLIENT:
		return LETTER_SUBMISSION;
	case INCIDENT_ENFORCEMENT_LEAK:
		*why = "a block of ours does not hold, and there is nothing "
		       "that the customer could do about it";
		return -1;
	case INCIDENT_KIND_COUNT:
		break;
	}
	*why = "its kind is not known";
	return -1;
}

int letter_facts_case(
    const struct letter_facts *f, const struct conf *c, const char **why)
{
	bool over = f->was_blocked && !f->blocked;

	*why = NULL;
	/* A row that ends a block, or an allowance by hand. */
	if (f->told.seq != 0 && f->told.action == ACTION_ALLOW)
		return LETTER_RELEASED;
	if (f->told.seq != 0 && f->told.cause == CAUSE_MANUAL)
		return LETTER_BLOCKED;
	if (!f->has_incident) {
		*why = "its incident is no longer in the store: name the "
		       "case with --case";
		return -1;
	}
	if (over && f->incident.state == INCIDENT_CLOSED)
		return LETTER_RELEASED;
	return case_of_kind(f, c, why);
}
