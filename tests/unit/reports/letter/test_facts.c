/* SPDX-License-Identifier: Apache-2.0 */
/* Which letter an incident or a decision asks for. */
#include "tests/unit/reports/fixture.h"

#include "base/record.pb-c.h"
#include "reports/letter/facts.h"

#define FQDN      SEKISHO__HELO_KIND__HELO_KIND_FQDN
#define DELIVERED SEKISHO__END_OF__END_DELIVERED
#define REJECTED  SEKISHO__END_OF__END_REJECTED

struct mail {
	const char *helo;
	int end;
	int unknown_users;
	enum verdict verdict;
};

static struct observation row_of(enum obs_kind kind)
{
	struct observation o = {.kind = kind,
	    .ts_us = DAY_US + HOUR_US,
	    .start_us = DAY_US + HOUR_US,
	    .client_port = 4000,
	    .server_port = 25,
	    .line_class = CLASS_DYNAMIC,
	    .traffic_case = 2};

	strcpy(o.customer, "C1");
	assert_int_equal(addr_parse(&o.client, "192.0.2.7"), 0);
	assert_int_equal(addr_parse(&o.server, "203.0.113.9"), 0);
	return o;
}

static void put_row(struct db *db, struct observation *o)
{
	must_write(db, db_begin(db));
	must_write(db, write_observation(db, o));
	must_write(db, db_commit(db));
}

static void put_mail(struct db *db, const struct mail *m)
{
	struct observation o = row_of(OBS_TRANSACTION);

	o.helo_kind = FQDN;
	o.end = m->end;
	o.unknown_users = m->unknown_users;
	o.verdict = m->verdict;
	strcpy(o.helo, m->helo);
	if (m->verdict == VERDICT_SPOOFED)
		strcpy(o.spf_domain, "bank.example");
	put_row(db, &o);
}

static void put_incident(struct db *db, struct incident *i)
{
	i->first_obs = 1;
	i->last_obs = 100;
	must_write(db, db_begin(db));
	must_write(db, write_incident(db, i));
	must_write(db, db_commit(db));
}

static int case_of(struct db *db, int64_t id, const char **why)
{
	struct letter_facts f;
	struct conf c;
	char err[CONF_ERROR_BYTES];
	int which;

	assert_int_equal(conf_load(&c, NULL, err), 0);
	assert_int_equal(
	    letter_facts_incident(&f, db, id, DAY_US + 12 * HOUR_US), 1);
	which = letter_facts_case(&f, &c, why);
	conf_free(&c);
	return which;
}

/* One incident of C1 over these mails. */
static int case_for(
    const struct mail *mails, size_t n, enum line_class class, int64_t spoofed)
{
	struct db *db = open_fixture(DB_WRITE);
	struct incident i = fixed_incident(1, "C1");
	const char *why;
	int which;

	for (size_t m = 0; m < n; m++)
		put_mail(db, &mails[m]);
	i.line_class = class;
	i.spoofed = spoofed;
	i.unknown_users = 0;
	put_incident(db, &i);
	which = case_of(db, 1, &why);
	db_close(db);
	return which;
}

static const struct mail server_mails[] = {
    {"mail.shop.example", DELIVERED, 0, VERDICT_AUTHORISED},
    {"mail.shop.example", DELIVERED, 0, VERDICT_AUTHORISED},
    {"MAIL.shop.example", DELIVERED, 0, VERDICT_CANNOT_TELL},
    {"mail.shop.example", REJECTED, 0, VERDICT_CANNOT_TELL},
    {"mail.shop.example", DELIVERED, 1, VERDICT_CANNOT_TELL},
};

static void an_own_server_is_told_from_a_bot(void **state)
{
	(void)state;
	assert_int_equal(
	    case_for(server_mails, 5, CLASS_DYNAMIC, 0), LETTER_SERVER);
}

static void on_an_open_line_it_is_none_of_ours(void **state)
{
	(void)state;
	assert_int_equal(
	    case_for(server_mails, 5, CLASS_STATIC, 0), LETTER_INFECTED);
}

static void forged_senders_are_no_server(void **state)
{
	(void)state;
	assert_int_equal(
	    case_for(server_mails, 5, CLASS_DYNAMIC, 3), LETTER_INFECTED);
}

static void many_names_are_no_server(void **state)
{
	static const struct mail mails[] = {
	    {"a.example", DELIVERED, 0, VERDICT_CANNOT_TELL},
	    {"b.example", DELIVERED, 0, VERDICT_CANNOT_TELL},
	    {"c.example", DELIVERED, 0, VERDICT_CANNOT_TELL},
	};

	(void)state;
	assert_int_equal(case_for(mails, 3, CLASS_DYNAMIC, 0), LETTER_INFECTED);
	(void)fixture_down(NULL);
	assert_int_equal(fixture_up((void *[]){NULL}), 0);
	assert_int_equal(case_for(mails, 2, CLASS_DYNAMIC, 0), LETTER_SERVER);
}

static void mostly_refused_is_no_server(void **state)
{
	static const struct mail mails[] = {
	    {"a.example", DELIVERED, 0, VERDICT_CANNOT_TELL},
	    {"a.example", REJECTED, 3, VERDICT_CANNOT_TELL},
	    {"a.example", REJECTED, 2, VERDICT_CANNOT_TELL},
	};

	(void)state;
	assert_int_equal(case_for(mails, 3, CLASS_DYNAMIC, 0), LETTER_INFECTED);
}

/* Attempts without an answer, at so many servers. */
static int case_of_attempts(int64_t servers, bool validated, const char **why)
{
	struct db *db = open_fixture(DB_WRITE);
	struct incident i = fixed_incident(1, "C1");
	struct observation o = row_of(OBS_ATTEMPT);
	int which;

	o.outcome = SEKISHO__OUTCOME__OUTCOME_UNANSWERED;
	o.source_validated = validated;
	put_row(db, &o);
	i.kind = INCIDENT_BLOCKED_ATTEMPTS;
	i.servers = servers;
	put_incident(db, &i);
	which = case_of(db, 1, why);
	db_close(db);
	return which;
}

static void few_servers_are_a_queue(void **state)
{
	const char *why;

	(void)state;
	assert_int_equal(case_of_attempts(3, true, &why), LETTER_SERVER);
}

static void many_servers_are_a_bot(void **state)
{
	const char *why;

	(void)state;
	assert_int_equal(case_of_attempts(60, true, &why), LETTER_INFECTED);
}

static void what_may_be_forged_asks_for_no_letter(void **state)
{
	const char *why = NULL;

	(void)state;
	assert_int_equal(case_of_attempts(60, false, &why), -1);
	assert_has(why, "somebody else may have forged");
}

static void kinds_have_their_letters(void **state)
{
	static const struct {
		enum incident_kind kind;
		int want;
	} cases[] = {
	    {INCIDENT_SPOOFED_SENDER, LETTER_SPOOFED},
	    {INCIDENT_COMPROMISED_ACCOUNT, LETTER_PASSWORD},
	    {INCIDENT_MISCONFIGURED_CLIENT, LETTER_SUBMISSION},
	    {INCIDENT_ENFORCEMENT_LEAK, -1},
	    {INCIDENT_SPAM_BOT, LETTER_INFECTED},
	};
	struct db *db = open_fixture(DB_WRITE);
	const char *why;

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		struct incident i = fixed_incident((int64_t)n + 1, "C2");

		i.kind = cases[n].kind;
		put_incident(db, &i);
		assert_int_equal(
		    case_of(db, (int64_t)n + 1, &why), cases[n].want);
	}
	db_close(db);
}

static int case_of_decision(struct db *db, int64_t seq, int64_t at_us)
{
	struct letter_facts f;
	struct conf c;
	char err[CONF_ERROR_BYTES];
	const char *why;
	int which;

	assert_int_equal(conf_load(&c, NULL, err), 0);
	assert_int_equal(letter_facts_decision(&f, db, seq, at_us), 1);
	which = letter_facts_case(&f, &c, &why);
	conf_free(&c);
	return which;
}

static void decisions_have_theirs(void **state)
{
	struct db *db = open_fixture(DB_WRITE);
	struct decision d = fixed_decision(1, "C1", DAY_US, DAY_US + HOUR_US);
	struct decision e = fixed_decision(2, "C1", DAY_US + HOUR_US, 0);
	struct decision m = fixed_decision(3, "C2", DAY_US, 0);
	struct incident i = fixed_incident(1, "C1");
	struct letter_facts f;
	const char *why;

	(void)state;
	put_incident(db, &i);
	d.incident_id = e.incident_id = 1;
	e.action = ACTION_ALLOW;
	e.cause = CAUSE_EXPIRED;
	e.ends_seq = 1;
	m.cause = CAUSE_MANUAL;
	must_write(db, db_begin(db));
	must_write(db, write_decision(db, &d));
	must_write(db, write_decision(db, &e));
	must_write(db, write_decision(db, &m));
	must_write(db, db_commit(db));
	assert_int_equal(case_of_decision(db, 1, DAY_US + 60), LETTER_INFECTED);
	assert_int_equal(
	    case_of_decision(db, 2, DAY_US + 2 * HOUR_US), LETTER_RELEASED);
	assert_int_equal(case_of_decision(db, 3, DAY_US + 60), LETTER_BLOCKED);
	/* The block is told while it is in force, its end afterwards. */
	assert_int_equal(letter_facts_incident(&f, db, 1, DAY_US + 60), 1);
	assert_true(f.blocked && f.blocked_until_us == DAY_US + HOUR_US);
	assert_int_equal(
	    letter_facts_incident(&f, db, 1, DAY_US + 2 * HOUR_US), 1);
	assert_true(!f.blocked && f.released_us == DAY_US + HOUR_US);
	/* A closed incident whose block is over: the good news. */
	i.state = INCIDENT_CLOSED;
	i.closed_as = CLOSED_FIXED;
	put_incident(db, &i);
	assert_int_equal(case_of(db, 1, &why), LETTER_RELEASED);
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    REPORTS_TEST(an_own_server_is_told_from_a_bot),
	    REPORTS_TEST(on_an_open_line_it_is_none_of_ours),
	    REPORTS_TEST(forged_senders_are_no_server),
	    REPORTS_TEST(many_names_are_no_server),
	    REPORTS_TEST(mostly_refused_is_no_server),
	    REPORTS_TEST(few_servers_are_a_queue),
	    REPORTS_TEST(many_servers_are_a_bot),
	    REPORTS_TEST(what_may_be_forged_asks_for_no_letter),
	    REPORTS_TEST(kinds_have_their_letters),
	    REPORTS_TEST(decisions_have_theirs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
