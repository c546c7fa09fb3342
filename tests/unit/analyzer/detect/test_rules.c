/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/rules.h"

#include "feed.h"

static const struct incident *incident_of(
    const struct feed *f, const char *customer, enum incident_kind kind)
{
	for (size_t i = 0; i < f->n_incidents; i++)
		if (f->incidents[i].kind == kind &&
		    strcmp(f->incidents[i].customer, customer) == 0)
			return &f->incidents[i];
	return NULL;
}

static void feed_attempts(struct feed *f, const char *customer, int64_t t_ms,
    int n, int outcome, bool validated)
{
	for (int i = 0; i < n; i++) {
		struct observation o =
		    row_attempt(customer, t_ms + i * 100, i, outcome);

		o.source_validated = validated;
		feed_row(f, &o);
	}
}

static void test_a_burst_blocks_at_its_threshold(void **state)
{
	struct feed *f = feed_new();
	const struct incident *i;

	(void)state;
	feed_burst(f, "C1", 0, 14);
	assert_int_equal(f->n_incidents, 0);
	feed_burst(f, "C1", 1400, 15); /* the fifteenth connection is here */
	i = incident_of(f, "C1", INCIDENT_BOT_BURST);
	assert_non_null(i);
	assert_int_equal(i->opened_us, FEED_T0 + 1400000);
	assert_int_equal(i->first_obs, 1);
	assert_int_equal(i->observations, 15 + 14);
	assert_int_equal(i->servers, 15);
	assert_int_equal(f->n_decisions, 1);
	assert_int_equal(f->decisions[0].action, ACTION_BLOCK);
	assert_int_equal(f->decisions[0].cause, CAUSE_DETECTOR);
	assert_int_equal(f->decisions[0].since_us, FEED_T0 + 1400000);
	assert_int_equal(
	    f->decisions[0].until_us, FEED_T0 + 1400000 + 600 * FEED_S);
	assert_int_equal(f->decisions[0].incident_id, i->id);
	assert_int_equal(f->decisions[0].obs_no, 15);
	assert_int_equal(f->decisions[0].step, 1);
	assert_int_equal(f->decisions[0].mode, MODE_ENFORCE);
	assert_string_equal(f->decisions[0].policy_hash, f->policy.hash);
	assert_non_null(strstr(f->decisions[0].reason, "step 1 of 4"));
	feed_free(f);
}

static void test_a_slow_or_narrow_client_is_no_burst(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (int i = 0; i < 200; i++) { /* 15 in 60 s, one too few */
		struct observation o = row_attempt("C1", i * 4300, i, ANSWERED);

		feed_row(f, &o);
		o = row_attempt("C2", i * 10, i % 9, ANSWERED);
		feed_row(f, &o);
	}
	assert_int_equal(f->n_incidents, 0);
	feed_free(f);
}

static void test_a_static_line_flushes_its_queue(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (int i = 0; i < 199; i++) {
		struct observation o = row_attempt("C1", i * 50, i, ANSWERED);

		o.line_class = CLASS_STATIC;
		feed_row(f, &o);
		o = row_delivered("C1", i * 50 + 20, i);
		o.line_class = CLASS_STATIC;
		feed_row(f, &o);
	}
	assert_int_equal(f->n_incidents, 0);
	assert_int_equal(f->n_decisions, 0);
	feed_free(f);
}

static void test_an_unknown_class_has_the_dynamic_numbers(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (int i = 0; i < 15; i++) {
		struct observation o = row_attempt("C1", i, i, ANSWERED);

		o.line_class = CLASS_UNKNOWN;
		feed_row(f, &o);
	}
	assert_int_equal(f->n_decisions, 1);
	feed_free(f);
}

static void test_unanswered_is_a_burst_only_from_a_validated_source(
    void **state)
{
	struct feed *f = feed_new();

	(void)state;
	f->conf.classes[CLASS_DYNAMIC].port25_open = true;
	feed_policy(f);
	feed_attempts(f, "C1", 0, 20, UNANSWERED, true);
	assert_non_null(incident_of(f, "C1", INCIDENT_BOT_BURST));
	assert_int_equal(f->n_decisions, 1);
	feed_attempts(f, "C2", 0, 1000, UNANSWERED, false);
	assert_int_equal(f->n_decisions, 1);
	feed_free(f);
}

static void feed_summary(struct feed *f, const char *customer, int64_t t_ms,
    int64_t n, int64_t servers, bool validated)
{
	struct observation o = row_summary(customer, t_ms, n, servers);

	o.source_validated = validated;
	feed_row(f, &o);
	assert_int_equal(o.label, LABEL_NONE);
	assert_int_equal(o.weight_milli, 0);
}

/* What nobody can prove is told and blocks nobody, however much it is. */
static void test_a_summary_of_an_unverified_source_is_a_probe(void **state)
{
	struct feed *f = feed_new();
	const struct incident *i;

	(void)state;
	f->conf.classes[CLASS_DYNAMIC].port25_open = true;
	feed_policy(f);
	feed_summary(f, "C1", 0, 29, 29, false);
	assert_int_equal(f->n_incidents, 0);
	feed_summary(f, "C1", 1000, 480, 400, false);
	i = incident_of(f, "C1", INCIDENT_PORT_PROBE);
	assert_non_null(i);
	assert_int_equal(i->observations, 480);
	assert_int_equal(i->servers, 400);
	assert_int_equal(i->first_obs, 2);
	feed_summary(f, "C1", 2000, 500, 390, false);
	assert_int_equal(i->observations, 980);
	assert_int_equal(i->servers, 400); /* they may be the same ones */
	assert_string_equal(i->summary,
	    "980 connection attempts to port 25 without success in 1 s to "
	    "about 400 different mail servers; the source address is not "
	    "verified, somebody else may have forged it");
	assert_int_equal(f->n_incidents, 1);
	assert_int_equal(f->n_decisions, 0);
	feed_free(f);
}

static void test_named_and_told_servers_are_not_added(void **state)
{
	struct feed *f = feed_new();
	const struct incident *i;

	(void)state;
	f->conf.classes[CLASS_DYNAMIC].port25_open = true;
	feed_policy(f);
	feed_attempts(f, "C1", 0, 20, UNANSWERED, false);
	feed_summary(f, "C1", 2000, 15, 12, false);
	i = incident_of(f, "C1", INCIDENT_PORT_PROBE);
	assert_non_null(i);
	assert_int_equal(i->observations, 30);
	assert_int_equal(i->servers, 20);
	assert_null(strstr(i->summary, "about"));
	feed_summary(f, "C1", 3000, 15, 25, false);
	assert_int_equal(i->servers, 25);
	assert_non_null(strstr(i->summary, "about 25 different"));
	feed_attempts(f, "C1", 4000, 30, UNANSWERED, false);
	assert_int_equal(i->servers, 30);
	assert_null(strstr(i->summary, "about"));
	assert_int_equal(i->observations, 75);
	feed_free(f);
}

static void test_a_summary_of_a_validated_source_is_a_burst(void **state)
{
	struct feed *f = feed_new();
	const struct incident *i;

	(void)state;
	f->conf.classes[CLASS_DYNAMIC].port25_open = true;
	feed_policy(f);
	/* 13 servers less two standard errors are 9: one too few */
	feed_summary(f, "C1", 0, 480, 13, true);
	feed_summary(f, "C1", 1000, 480, 13, true);
	assert_int_equal(f->n_decisions, 0);
	feed_summary(f, "C1", 2000, 14, 14, true);
	i = incident_of(f, "C1", INCIDENT_BOT_BURST);
	assert_non_null(i);
	/* one of those before that the window holds, and these */
	assert_int_equal(i->observations, 15);
	assert_int_equal(i->servers, 14);
	assert_string_equal(i->summary,
	    "15 new connections to port 25 in 1 s to about 14 different mail "
	    "servers");
	assert_int_equal(f->n_decisions, 1);
	assert_int_equal(f->decisions[0].action, ACTION_BLOCK);
	/* fourteen connections are no burst, however many servers */
	feed_summary(f, "C2", 0, 14, 4000, true);
	assert_int_equal(f->n_decisions, 1);
	feed_free(f);
}

static void test_a_summary_that_bears_no_evidence_does_nothing(void **state)
{
	struct feed *f = feed_new();
	struct observation o;

	(void)state;
	f->conf.classes[CLASS_DYNAMIC].port25_open = true;
	feed_policy(f);
	for (int n = 0; n < 3; n++) {
		o = row_summary("C1", n * 1000, 5000, 5000);
		o.source_validated = true;
		o.traffic_case = n == 0 ? 1 : 2;
		o.server_port = n == 1 ? 587 : 25;
		o.attempts = n == 2 ? 0 : o.attempts;
		feed_row(f, &o);
	}
	assert_int_equal(f->n_incidents, 0);
	/* a closed port: our own filter made the silence */
	f->conf.classes[CLASS_DYNAMIC].port25_open = false;
	feed_policy(f);
	feed_summary(f, "C1", 9000, 5000, 5000, true);
	assert_int_equal(f->n_incidents, 1);
	assert_non_null(incident_of(f, "C1", INCIDENT_BLOCKED_ATTEMPTS));
	assert_int_equal(f->n_decisions, 0);
	feed_free(f);
}

static void test_score_alarm_makes_spam_bot_and_block(void **state)
{
	struct feed *f = feed_new();
	struct observation o;
	const struct incident *i;

	(void)state;
	for (int n = 0; n < 4; n++) {
		o = row_unknown("C1", n * 70000, n);
		feed_row(f, &o);
		assert_int_equal(o.weight_milli, 2485);
		assert_int_equal(o.score_milli, (n + 1) * 2485);
	}
	assert_int_equal(f->n_incidents, 0); /* h, but four servers */
	o = row_unknown("C1", 280000, 4);
	o.unknown_users = 3;
	feed_row(f, &o);
	i = incident_of(f, "C1", INCIDENT_SPAM_BOT);
	assert_non_null(i);
	assert_int_equal(i->observations, 5);
	assert_int_equal(i->unknown_users, 7);
	assert_int_equal(i->servers, 5);
	assert_int_equal(i->first_obs, 1);
	assert_int_equal(i->last_obs, 5);
	assert_int_equal(i->peak_milli, 5 * 2485);
	assert_string_equal(i->summary,
	    "5 refused or suspect mails in 4 min to 5 different mail servers; "
	    "7 recipients unknown; score 12.4");
	assert_int_equal(f->n_decisions, 1);
	/* Evidence goes on: raised, not opened again, not blocked again. */
	o = row_unknown("C1", 340000, 9);
	feed_row(f, &o);
	assert_int_equal(f->n_incidents, 1);
	assert_int_equal(f->n_decisions, 1);
	i = incident_of(f, "C1", INCIDENT_SPAM_BOT);
	assert_int_equal(i->observations, 6);
	assert_int_equal(i->unknown_users, 8);
	assert_int_equal(i->servers, 6);
	feed_free(f);
}

static void test_three_carriers_are_enough_in_eight_minutes(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (int n = 0; n < 8; n++) {
		struct observation o = row_unknown("C1", n * 60000, n % 3);

		assert_int_equal(f->n_decisions, 0);
		feed_row(f, &o);
	}
	assert_int_equal(f->n_decisions, 1);
	feed_free(f);
}

static void test_good_mail_keeps_a_home_server_free(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	/* One in four is refused, to many servers, for days. */
	for (int n = 0; n < 2000; n++) {
		struct observation o = n % 4 == 0
					   ? row_rejected("C1", n * 100000, n)
					   : row_delivered("C1", n * 100000, n);

		o.line_class = CLASS_STATIC;
		feed_row(f, &o);
	}
	assert_int_equal(f->n_incidents, 0);
	feed_free(f);
}

static struct observation row_spoofed(
    const char *customer, int64_t t_ms, int server)
{
	struct observation o = row_delivered(customer, t_ms, server);

	o.verdict = VERDICT_SPOOFED;
	o.spf = SPF_FAIL;
	return o;
}

static void test_spoofed_sender_needs_messages_and_servers(void **state)
{
	struct feed *f = feed_new();
	const struct incident *i;
	struct observation o;

	(void)state;
	for (int n = 0; n < 6; n++) { /* six, two servers */
		o = row_spoofed("C1", n, n % 2);
		feed_row(f, &o);
	}
	assert_null(incident_of(f, "C1", INCIDENT_SPOOFED_SENDER));
	o = row_spoofed("C1", 10, 2);
	feed_row(f, &o);
	i = incident_of(f, "C1", INCIDENT_SPOOFED_SENDER);
	assert_non_null(i);
	assert_int_equal(i->spoofed, 3);
	assert_int_equal(i->servers, 3);
	assert_int_equal(feed_last(f)->incident_id, i->id);
	o = row_spoofed("C1", 11, 2);
	feed_row(f, &o);
	i = incident_of(f, "C1", INCIDENT_SPOOFED_SENDER);
	assert_int_equal(i->spoofed, 4);
	/* Not within a day: */
	for (int n = 0; n < 3; n++) {
		o = row_spoofed("C2", n * 43200000, n);
		feed_row(f, &o);
	}
	assert_null(incident_of(f, "C2", INCIDENT_SPOOFED_SENDER));
	feed_free(f);
}

static void test_after_a_block_spoofing_is_counted_anew(void **state)
{
	struct feed *f = feed_new();
	struct observation o;

	(void)state;
	for (int n = 0; n < 3; n++) {
		o = row_spoofed("C1", n, n);
		feed_row(f, &o);
	}
	assert_int_equal(f->n_decisions, 1);
	feed_until(f, 700000);
	assert_int_equal(f->n_decisions, 2);
	for (int n = 0; n < 3; n++) {
		/* The incident is open and goes on, the block waits for
		 * three new ones. */
		assert_int_equal(f->n_decisions, 2);
		o = row_spoofed("C1", 800000 + n, 10 + n);
		o.ts_us += 1;
		feed_row(f, &o);
	}
	assert_int_equal(f->n_incidents, 1);
	assert_int_equal(f->incidents[0].spoofed, 6);
	assert_int_equal(f->n_decisions, 3);
	feed_free(f);
}

static struct observation row_login(
    const char *customer, int64_t t_ms, int server)
{
	struct observation o = row_at(OBS_CLOSE, customer, t_ms, server);

	o.auth_outcome = SEKISHO__AUTH_OUTCOME__AUTH_SUCCEEDED;
	o.transactions = 1;
	return o;
}

static void test_misconfigured_client_is_told_not_blocked(void **state)
{
	struct feed *f = feed_new();
	struct observation o;

	(void)state;
	for (int n = 0; n < 3; n++) {
		assert_int_equal(f->n_incidents, 0);
		o = row_login("C1", n * 3600000, n % 2);
		feed_row(f, &o);
		o = row_login("C2", n * 3600000, n); /* three servers */
		feed_row(f, &o);
		o = n == 0 ? row_unknown("C3", 0, 9) : row_login("C3", n, 1);
		feed_row(f, &o);
	}
	o = row_login("C3", 10, 1); /* a mail program with bad evidence */
	feed_row(f, &o);
	assert_non_null(incident_of(f, "C1", INCIDENT_MISCONFIGURED_CLIENT));
	assert_int_equal(f->n_incidents, 1);
	assert_int_equal(f->n_decisions, 0);
	feed_free(f);
}

static void test_blocked_attempts_and_port_probe(void **state)
{
	struct feed *f = feed_new();
	const struct incident *i;

	(void)state;
	feed_attempts(f, "C1", 0, 29, UNANSWERED, true);
	assert_int_equal(f->n_incidents, 0);
	feed_attempts(f, "C1", 3000, 5, UNANSWERED, true);
	i = incident_of(f, "C1", INCIDENT_BLOCKED_ATTEMPTS);
	assert_non_null(i);
	assert_int_equal(i->observations, 34);
	assert_int_equal(i->servers, 29);
	assert_null(strstr(i->summary, "not verified"));
	/* The class rule does not close this line. */
	for (int n = 0; n < 30; n++) {
		struct observation o = row_attempt("C2", n, n, REFUSED);

		o.line_class = CLASS_STATIC;
		o.source_validated = true;
		feed_row(f, &o);
	}
	assert_non_null(incident_of(f, "C2", INCIDENT_PORT_PROBE));
	assert_null(incident_of(f, "C2", INCIDENT_BLOCKED_ATTEMPTS));
	/* Slower than the count an hour. */
	for (int n = 0; n < 300; n++) {
		struct observation o =
		    row_attempt("C3", n * 125000, n, UNANSWERED);

		feed_row(f, &o);
	}
	assert_null(incident_of(f, "C3", INCIDENT_BLOCKED_ATTEMPTS));
	assert_int_equal(f->n_decisions, 0);
	feed_free(f);
}

static void test_a_block_of_a_static_line_makes_blocked_attempts(void **state)
{
	struct feed *f = feed_new();
	struct observation o = row_operator("C1", 0, OP_BLOCK, 0);

	(void)state;
	o.line_class = CLASS_STATIC;
	feed_row(f, &o);
	for (int n = 0; n < 30; n++) {
		o = row_attempt("C1", 10 + n, n, UNANSWERED);
		o.line_class = CLASS_STATIC;
		feed_row(f, &o);
	}
	assert_non_null(incident_of(f, "C1", INCIDENT_BLOCKED_ATTEMPTS));
	assert_null(incident_of(f, "C1", INCIDENT_PORT_PROBE));
	feed_free(f);
}

static void test_failures_before_and_after_a_block_are_two_counts(void **state)
{
	struct feed *f = feed_new();
	struct observation o;

	(void)state;
	for (int n = 0; n < 58; n++) {
		if (n == 29) {
			o = row_operator("C1", 29, OP_BLOCK, 0);
			feed_row(f, &o);
			assert_int_equal(
			    feed_last(f)->line_class, CLASS_STATIC);
		}
		o = row_attempt("C1", 30 + n, n, REFUSED);
		o.line_class = CLASS_STATIC;
		feed_row(f, &o);
	}
	assert_int_equal(f->n_incidents, 0);
	o = row_attempt("C1", 100, 1, REFUSED);
	o.line_class = CLASS_STATIC;
	feed_row(f, &o);
	assert_int_equal(f->incidents[0].kind, INCIDENT_BLOCKED_ATTEMPTS);
	assert_int_equal(f->incidents[0].observations, 30);
	feed_free(f);
}

static void test_an_allowance_opens_a_dynamic_line(void **state)
{
	struct feed *f = feed_new();
	struct observation o = row_operator("C1", 0, OP_ALLOW, 0);

	(void)state;
	feed_row(f, &o);
	feed_attempts(f, "C1", 1, 30, REFUSED, false);
	assert_int_equal(f->n_incidents, 1);
	assert_int_equal(f->incidents[0].kind, INCIDENT_PORT_PROBE);
	feed_free(f);
}

/* Somebody forges an innocent customer's address, on whatever line, with
 * whatever answer short of a handshake. */
static void test_forged_packets_never_block(void **state)
{
	static const int outcomes[] = {UNANSWERED, REFUSED, HALF_OPEN};

	(void)state;
	for (int open = 0; open < 2; open++)
		for (int class = 0; class < CLASS_OWN; class ++) {
			struct feed *f = feed_new();

			f->conf.classes[CLASS_DYNAMIC].port25_open = open;
			feed_policy(f);
			for (int n = 0; n < 3000; n++) {
				struct observation o = row_attempt(
				    "C1", n * 20, n % 2000, outcomes[n % 3]);

				o.line_class = class;
				feed_row(f, &o);
				assert_int_equal(o.weight_milli, 0);
				assert_int_equal(o.score_milli, 0);
			}
			assert_int_equal(f->n_decisions, 0);
			assert_int_equal(f->n_incidents, 1);
			assert_non_null(strstr(f->incidents[0].summary,
			    "the source address is not verified"));
			feed_free(f);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_burst_blocks_at_its_threshold),
	    cmocka_unit_test(test_a_slow_or_narrow_client_is_no_burst),
	    cmocka_unit_test(test_a_static_line_flushes_its_queue),
	    cmocka_unit_test(test_an_unknown_class_has_the_dynamic_numbers),
	    cmocka_unit_test(
		test_unanswered_is_a_burst_only_from_a_validated_source),
	    cmocka_unit_test(test_a_summary_of_an_unverified_source_is_a_probe),
	    cmocka_unit_test(test_named_and_told_servers_are_not_added),
	    cmocka_unit_test(test_a_summary_of_a_validated_source_is_a_burst),
	    cmocka_unit_test(
		test_a_summary_that_bears_no_evidence_does_nothing),
	    cmocka_unit_test(test_score_alarm_makes_spam_bot_and_block),
	    cmocka_unit_test(test_three_carriers_are_enough_in_eight_minutes),
	    cmocka_unit_test(test_good_mail_keeps_a_home_server_free),
	    cmocka_unit_test(test_spoofed_sender_needs_messages_and_servers),
	    cmocka_unit_test(test_after_a_block_spoofing_is_counted_anew),
	    cmocka_unit_test(test_misconfigured_client_is_told_not_blocked),
	    cmocka_unit_test(test_blocked_attempts_and_port_probe),
	    cmocka_unit_test(
		test_a_block_of_a_static_line_makes_blocked_attempts),
	    cmocka_unit_test(
		test_failures_before_and_after_a_block_are_two_counts),
	    cmocka_unit_test(test_an_allowance_opens_a_dynamic_line),
	    cmocka_unit_test(test_forged_packets_never_block),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
