/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/explain.h"

#include "../detect/feed.h"

#define SIZE 2048

static void test_durations(void **state)
{
	static const struct {
		int64_t us;
		const char *want;
	} cases[] = {
	    {-5, "less than a second"},
	    {999999, "less than a second"},
	    {US_PER_S, "1 s"},
	    {119 * US_PER_S, "119 s"},
	    {120 * US_PER_S, "2 min"},
	    {600 * US_PER_S, "10 min"},
	    {7199 * US_PER_S, "119 min"},
	    {7200 * US_PER_S, "2 h"},
	    {86400 * US_PER_S, "24 h"},
	    {7 * US_PER_DAY, "7 d"},
	};
	char buf[SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		explain_duration(cases[i].us, buf, sizeof(buf));
		assert_string_equal(buf, cases[i].want);
	}
}

static void test_summaries_of_incidents(void **state)
{
	static const struct {
		struct incident i;
		bool unverified, estimate;
		const char *want;
	} cases[] = {
	    {{.kind = INCIDENT_BOT_BURST, .observations = 23, .servers = 19},
		false, false,
		"23 new connections to port 25 in 40 s to 19 different mail "
		"servers"},
	    {{.kind = INCIDENT_SPAM_BOT,
		 .observations = 1,
		 .servers = 1,
		 .blocklisted = 1,
		 .spoofed = 2,
		 .score_milli = 9249},
		false, false,
		"1 refused or suspect mail in 40 s to one mail server; 1 "
		"refusal names a block list; 2 mails with a forged sender "
		"domain; score 9.2"},
	    {{.kind = INCIDENT_SPOOFED_SENDER, .observations = 3, .servers = 3},
		false, false,
		"3 mails with a forged sender domain in 40 s to 3 different "
		"mail servers; the domains do not allow this line to send "
		"for them"},
	    {{.kind = INCIDENT_MISCONFIGURED_CLIENT,
		 .observations = 3,
		 .servers = 1},
		false, false,
		"3 log-ins on port 25 in 40 s at one mail server of another "
		"provider; the mail program should use port 587"},
	    {{.kind = INCIDENT_PORT_PROBE, .observations = 30, .servers = 2},
		true, false,
		"30 connection attempts to port 25 without success in 40 s "
		"to 2 different mail servers; the source address is not "
		"verified, somebody else may have forged it"},
	    {{.kind = INCIDENT_BLOCKED_ATTEMPTS,
		 .observations = 30,
		 .servers = 2},
		false, false,
		"30 connection attempts to port 25 without success in 40 s "
		"to 2 different mail servers; port 25 is closed for this "
		"line"},
	    {{.kind = INCIDENT_PORT_PROBE, .observations = 30, .servers = 8},
		false, true,
		"30 connection attempts to port 25 without success in 40 s "
		"to about 8 different mail servers"},
	    {{.kind = INCIDENT_BOT_BURST, .observations = 30, .servers = 1},
		false, true,
		"30 new connections to port 25 in 40 s to about one mail "
		"server"},
	};
	char buf[SIZE], small[9];

	(void)state;
	for (size_t n = 0; n < sizeof(cases) / sizeof(cases[0]); n++) {
		struct explain_evidence e = {.since_us = FEED_T0,
		    .unverified = cases[n].unverified,
		    .estimate = cases[n].estimate};
		struct incident i = cases[n].i;

		i.last_us = FEED_T0 + 40 * FEED_S;
		explain_incident_summary(&i, &e, buf, sizeof(buf));
		assert_string_equal(buf, cases[n].want);
		explain_incident_summary(&i, &e, small, sizeof(small));
		assert_memory_equal(small, cases[n].want, 8);
		assert_int_equal(small[8], '\0');
	}
}

static void test_spf_in_words(void **state)
{
	static const struct {
		enum spf_result spf;
		const char *want;
	} cases[] = {
	    {SPF_UNCHECKED, ""},
	    {SPF_NONE, "example.com publishes no SPF record"},
	    {SPF_NEUTRAL,
		"example.com does not say whether 192.0.2.7 may send: -all"},
	    {SPF_PASS, "example.com allows 192.0.2.7 to send: -all"},
	    {SPF_FAIL, "example.com does not allow 192.0.2.7 to send: -all"},
	    {SPF_SOFTFAIL,
		"example.com does not expect 192.0.2.7 to send: -all"},
	    {SPF_TEMPERROR, "DNS gave no answer about example.com"},
	    {SPF_PERMERROR, "the SPF record of example.com is faulty"},
	};
	struct observation o = {
	    .spf_domain = "example.com", .spf_term = "-all"};
	char buf[SIZE];

	(void)state;
	addr_parse(&o.spf_address, "192.0.2.7");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		o.spf = cases[i].spf;
		explain_spf(&o, buf, sizeof(buf));
		assert_string_equal(buf, cases[i].want);
	}
}

static void test_observations_in_words(void **state)
{
	struct observation o = row_unknown("C1", 0, 1);
	char buf[SIZE];

	(void)state;
	o.label = LABEL_UNKNOWN_USER;
	o.weight_milli = 2485;
	o.score_milli = 4970;
	snprintf(o.reply_enhanced, sizeof(o.reply_enhanced), "5.1.1");
	explain_observation(&o, buf, sizeof(buf));
	assert_string_equal(buf,
	    "mail to 1 recipient, 1 unknown, refused with 550 5.1.1, server "
	    "198.18.0.2 port 25: unknown_user, score +2.5 = 5.0");

	o = row_delivered("C1", 0, 1);
	o.label = LABEL_DELIVERED;
	o.weight_milli = -865;
	explain_observation(&o, buf, sizeof(buf));
	assert_string_equal(buf,
	    "mail to 1 recipient, delivered, server 198.18.0.2 port 25: "
	    "delivered, score -0.9 = 0.0");

	o = row_attempt("C1", 0, 1, UNANSWERED);
	o.label = LABEL_UNANSWERED;
	explain_observation(&o, buf, sizeof(buf));
	assert_string_equal(buf,
	    "connection not answered (source not verified), server "
	    "198.18.0.2 port 25: unanswered, not counted");

	o = row_at(OBS_CLOSE, "C1", 0, 1);
	o.auth_outcome = SEKISHO__AUTH_OUTCOME__AUTH_FAILED;
	explain_observation(&o, buf, sizeof(buf));
	assert_string_equal(buf,
	    "connection ended after 0 mails, log-in refused, server "
	    "198.18.0.2 port 25: no evidence");

	o = row_summary("C1", 0, 480, 400);
	explain_observation(&o, buf, sizeof(buf));
	assert_string_equal(buf,
	    "480 connection attempts without success, told in one (source "
	    "not verified), about 400 different servers, port 25: not "
	    "scored");
	o = row_summary("C1", 0, 1, 1);
	o.source_validated = true;
	explain_observation(&o, buf, sizeof(buf));
	assert_string_equal(buf,
	    "1 connection attempt without success, told in one, about 1 "
	    "server, port 25: not scored");

	o = row_operator("C1", 0, OP_BLOCK, 1000);
	snprintf(o.verdict_reason, sizeof(o.verdict_reason), "ticket 4711");
	explain_observation(&o, buf, sizeof(buf));
	assert_string_equal(buf,
	    "an operator's block until 2026-05-28T20:26:21.000000Z: ticket "
	    "4711");

	o = (struct observation){.kind = OBS_POLICY, .policy_hash = "00ff"};
	explain_observation(&o, buf, sizeof(buf));
	assert_string_equal(
	    buf, "policy 00ff applies from here on, mode monitor");
}

static void test_logins_in_words(void **state)
{
	struct observation o = {.kind = OBS_LOGIN,
	    .login = LOGIN_SUCCESS,
	    .attempts = 3,
	    .messages = 2,
	    .account_hash = {0xab, 1}};
	char buf[1024];

	(void)state;
	addr_parse(&o.client, "198.51.100.9");
	explain_observation(&o, buf, sizeof(buf));
	assert_string_equal(buf, "3 log-ins from 198.51.100.9, account "
				 "ab01000000000000, 2 mails handed in");
	o.login = LOGIN_FAILURE;
	o.attempts = 1;
	o.messages = 0;
	o.own_line = true;
	explain_observation(&o, buf, sizeof(buf));
	assert_string_equal(buf,
	    "1 log-in with a wrong password from 198.51.100.9, the customer's "
	    "own line, account ab01000000000000");

	o.login = LOGIN_DELIVERY;
	o.own_line = false;
	o.attempts = o.rcpt_count = 6;
	o.rcpt_accepted = 3;
	o.unknown_users = 1;
	explain_observation(&o, buf, sizeof(buf));
	assert_string_equal(buf,
	    "receivers answered: 3 taken, 1 recipient unknown, 2 refused for "
	    "content or sender; mail from 198.51.100.9, account "
	    "ab01000000000000");
}

static void test_the_longest_row_is_cut_not_overrun(void **state)
{
	struct observation o = row_delivered("C1", 0, 1);
	char buf[100];

	(void)state;
	memset(o.spf_domain, 'd', sizeof(o.spf_domain) - 1);
	memset(o.spf_term, 't', sizeof(o.spf_term) - 1);
	memset(o.verdict_reason, 'r', sizeof(o.verdict_reason) - 1);
	o.spf = SPF_FAIL;
	o.verdict = VERDICT_SPOOFED;
	for (size_t size = 1; size <= sizeof(buf); size++) {
		memset(buf, 'x', sizeof(buf));
		explain_observation(&o, buf, size);
		assert_int_equal(strlen(buf), size - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_durations),
	    cmocka_unit_test(test_summaries_of_incidents),
	    cmocka_unit_test(test_spf_in_words),
	    cmocka_unit_test(test_observations_in_words),
	    cmocka_unit_test(test_logins_in_words),
	    cmocka_unit_test(test_the_longest_row_is_cut_not_overrun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
