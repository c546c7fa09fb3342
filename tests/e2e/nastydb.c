/* SPDX-License-Identifier: Apache-2.0 */
/* nastydb DB LIST: a database of one day, 2026-11-24, in which every text
 * that somebody else chooses is one of the list. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/enforcement.h"
#include "store/sample.h"
#include "store/write.h"
#include "tests/nasty.h"

/* 2026-11-24T00:00:00Z */
#define DAY_US INT64_C(1795478400000000)

static void must(struct db *db, int rc)
{
	if (rc == 0)
		return;
	fprintf(stderr, "nastydb: %s\n", db_error(db));
	exit(1);
}

#define SET(field, text) snprintf(field, sizeof(field), "%s", text)

/* Six mails each: fewer are not named in a report. */
static void add_mails(struct db *db, int64_t ts_us, const char *text)
{
	for (int k = 0; k < 6; k++) {
		struct observation o = {.kind = OBS_TRANSACTION,
		    .ts_us = ts_us + k,
		    .start_us = ts_us + k,
		    .traffic_case = 2,
		    .server_port = 25,
		    .client_port = 49152,
		    .line_class = CLASS_DYNAMIC,
		    .tier = PRIVACY_DOMAINS,
		    .label = LABEL_SPF_FAIL,
		    .weight_milli = 2485,
		    .verdict = VERDICT_SPOOFED,
		    .spf = SPF_FAIL,
		    .mail_from_seen = true,
		    .rcpt_count = 1,
		    .rcpt_accepted = 1};

		SET(o.agent, "tap0");
		SET(o.customer, text);
		SET(o.mail_from, text);
		SET(o.header_from, text);
		SET(o.helo, text);
		SET(o.spf_domain, text);
		SET(o.spf_term, text);
		SET(o.spf_record, text);
		SET(o.spf_trail, text);
		SET(o.verdict_reason, text);
		SET(o.dkim, text);
		SET(o.dmarc, text);
		(void)addr_parse(&o.client, "192.0.2.7");
		(void)addr_parse(&o.server, "198.51.100.1");
		must(db, write_observation(db, &o));
	}
}

static void add_case(struct db *db, int64_t id, int64_t ts_us, const char *text)
{
	struct incident i = {.id = id,
	    .kind = (enum incident_kind)(id % INCIDENT_KIND_COUNT),
	    .line_class = id % 7 == 0 ? CLASS_WHOLESALE : CLASS_DYNAMIC,
	    .opened_us = ts_us,
	    .last_us = ts_us + US_PER_S,
	    .first_obs = 1,
	    .last_obs = INT32_MAX,
	    .observations = 6,
	    .servers = 3};
	struct decision d = {.seq = 2 * id - 1,
	    .line_class = i.line_class,
	    .action = ACTION_BLOCK,
	    .cause = CAUSE_DETECTOR,
	    .since_us = ts_us,
	    .until_us = ts_us + 3600 * US_PER_S,
	    .incident_id = id,
	    .step = 2,
	    .mode = MODE_ENFORCE};
	struct decision allow = {.seq = 2 * id,
	    .line_class = CLASS_DYNAMIC,
	    .action = ACTION_ALLOW,
	    .cause = CAUSE_MANUAL,
	    .since_us = ts_us + 1,
	    .until_us = DAY_US + 3 * US_PER_DAY,
	    .mode = MODE_ENFORCE};

	SET(i.customer, text);
	SET(i.summary, text);
	SET(d.customer, text);
	SET(d.reason, text);
	SET(allow.customer, text);
	SET(allow.reason, text);
	must(db, write_incident(db, &i));
	must(db, write_decision(db, &d));
	must(db, write_decision(db, &allow));
}

static void add_customers(struct db *db, const struct nasty *list)
{
	static struct customer_row rows[NASTY_MAX];

	for (size_t i = 0; i < list->n; i++) {
		rows[i].line_class = CLASS_DYNAMIC;
		SET(rows[i].id, list->v[i]);
		SET(rows[i].own_domains, list->v[i]);
		SET(rows[i].contact, list->v[i]);
		SET(rows[i].language, list->v[i]);
	}
	must(db, write_customers(db, rows, list->n));
}

static void add_rest(struct db *db, int64_t ts_us, const char *text)
{
	struct audit a = {.at_us = ts_us, .source = AUDIT_CLI};
	struct delivery sent = {.decision_seq = 1, .created_us = ts_us};
	struct difference diff = {
	    .found_us = ts_us, .last_us = ts_us, .seen = 1};
	struct enforcer e = {.since_us = ts_us, .listed_us = ts_us};
	struct enforcer_sample held = {
	    .first_us = ts_us, .last_us = ts_us, .lists = 1};

	SET(a.operator, text);
	SET(a.verb, text);
	SET(a.object, text);
	SET(a.reason, text);
	SET(a.detail, text);
	SET(a.outcome, "accepted");
	must(db, write_audit(db, &a));
	SET(sent.driver, text);
	SET(sent.op, "block");
	SET(sent.event, "new");
	SET(sent.state, "dead");
	SET(sent.error, text);
	must(db, write_delivery(db, &sent));
	SET(diff.driver, text);
	SET(diff.kind, "missing");
	SET(diff.customer, text);
	SET(diff.wanted, text);
	SET(diff.held, text);
	SET(diff.reason, text);
	must(db, write_difference(db, &diff));
	SET(e.driver, text);
	SET(e.state, "ready");
	SET(e.error, text);
	must(db, write_enforcer(db, &e));
	SET(held.driver, text);
	must(db, write_sample(db, &held));
}

int main(int argc, char **argv)
{
	char err[DB_ERROR_BYTES] = "";
	struct nasty list = {.n = 0};
	struct db *db;

	if (argc != 3 || nasty_load(&list, argv[2]) != 0) {
		fprintf(stderr, "usage: nastydb DB LIST\n");
		return 2;
	}
	db = db_open(argv[1], DB_CREATE, err);
	if (!db) {
		fprintf(stderr, "nastydb: %s\n", err);
		return 1;
	}
	must(db, db_begin(db));
	must(db, write_meta(db, "privacy_tier", "domains"));
	must(db, write_meta(db, "legal_basis", list.v[0]));
	must(db, write_meta(db, "provider", list.v[list.n - 1]));
	must(db, write_meta(db, "mode", "enforce"));
	for (size_t i = 0; i < list.n; i++) {
		int64_t ts_us = DAY_US + (int64_t)i * 60 * US_PER_S;

		add_mails(db, ts_us, list.v[i]);
		add_case(db, (int64_t)i + 1, ts_us, list.v[i]);
	}
	add_customers(db, &list);
	must(db, db_commit(db));
	for (size_t i = 0; i < list.n; i++)
		add_rest(db, DAY_US + (int64_t)i * 60 * US_PER_S, list.v[i]);
	db_close(db);
	printf("%zu strings\n", list.n);
	nasty_free(&list);
	return 0;
}
