/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/account.h"

#include "tests/unit/analyzer/detect/feed.h"

#define MIN INT64_C(60)
#define DAY INT64_C(86400)

/* Network n: a /24 of its own; block of 256 networks. */
static struct observation row_login(
    int account, int64_t t_s, int network, enum login_result result)
{
	struct observation o = {.kind = OBS_LOGIN,
	    .ts_us = FEED_T0 + t_s * FEED_S,
	    .start_us = FEED_T0 + t_s * FEED_S,
	    .line_class = CLASS_DYNAMIC,
	    .traffic_case = 3,
	    .login = result,
	    .attempts = 1};
	char text[ADDR_STRLEN];

	snprintf(text, sizeof(text), "%d.%d.%d.9", 10 + (network >> 16) % 100,
	    (network >> 8) & 255, network & 255);
	addr_parse(&o.client, text);
	memcpy(o.account_hash, &account, sizeof(account));
	o.account_hash[15] = 1;
	snprintf(o.customer, sizeof(o.customer), "C%d", account);
	return o;
}

/* Far apart: no two of the same /16. */
static int far(int n)
{
	return n << 8;
}

static void login(
    struct feed *f, int account, int64_t t_s, int network, int64_t messages)
{
	struct observation o = row_login(account, t_s, network, LOGIN_SUCCESS);

	o.messages = messages;
	feed_row(f, &o);
}

static void fails(struct feed *f, int account, int64_t t_s, int network)
{
	struct observation o = row_login(account, t_s, network, LOGIN_FAILURE);

	feed_row(f, &o);
}

static void at_home(struct feed *f, int account, int64_t t_s, int64_t messages)
{
	struct observation o = row_login(account, t_s, 99, LOGIN_SUCCESS);

	o.own_line = true;
	o.messages = messages;
	feed_row(f, &o);
}

static void assert_quiet(const struct feed *f)
{
	if (f->n_incidents > 0)
		fail_msg("%s", f->incidents[0].summary);
	assert_int_equal(f->n_decisions, 0);
}

static void assert_words(const struct feed *f, const char *words)
{
	assert_int_equal(f->n_incidents, 1);
	assert_int_equal(f->incidents[0].kind, INCIDENT_COMPROMISED_ACCOUNT);
	if (strstr(f->incidents[0].summary, words) == NULL)
		fail_msg("%s", f->incidents[0].summary);
	/* their line is innocent */
	assert_int_equal(f->n_decisions, 0);
}

/* --- many networks -------------------------------------------------------- */

static void a_password_used_everywhere_is_told(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (int n = 0; n < 7; n++)
		login(f, 1, n * 4 * MIN, far(n), 1);
	assert_quiet(f);
	for (int n = 7; n < 12; n++)
		login(f, 1, n * 4 * MIN, far(n), 1);
	assert_words(f, "account 0100000000000000 logged in from 12 networks "
			"in 44 min; somebody else has the password");
	assert_string_equal(f->incidents[0].customer, "C1");
	assert_int_equal(f->incidents[0].servers, 12);
	assert_int_equal(f->incidents[0].observations, 12);
	assert_int_equal(f->incidents[0].first_obs, 1);
	assert_int_equal(f->incidents[0].last_obs, 12);
	feed_free(f);
}

static void the_count_is_of_one_hour(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (int n = 0; n < 40; n++)
		login(f, 1, n * 9 * MIN, far(n), 1);
	assert_quiet(f);
	feed_free(f);
}

static void ipv6_networks_count_by_48_and_32(void **state)
{
	struct addr a, b, c;

	(void)state;
	addr_parse(&a, "2001:db8:1:ffff::1");
	addr_parse(&b, "2001:db8:1::2");
	addr_parse(&c, "2001:db8:2::2");
	assert_true(account_network(&a) == account_network(&b));
	assert_true(account_network(&a) != account_network(&c));
	assert_true(account_block(account_network(&a)) ==
		    account_block(account_network(&c)));
	addr_parse(&a, "192.0.2.255");
	addr_parse(&b, "192.0.3.0");
	addr_parse(&c, "192.1.3.0");
	assert_true(account_network(&a) != account_network(&b));
	assert_true(account_block(account_network(&a)) ==
		    account_block(account_network(&b)));
	assert_true(account_block(account_network(&a)) !=
		    account_block(account_network(&c)));
}

/* A telephone whose carrier has many addresses in few blocks. */
static void a_mobile_carrier_is_no_thief(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (int i = 0; i < 300; i++)
		login(f, 1, i * 30, (i % 3 << 8) + i % 25, 0);
	assert_quiet(f);
	feed_free(f);
}

static void a_telephone_that_flaps_is_no_thief(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (int i = 0; i < 2000; i++) {
		at_home(f, 1, i * 20, i % 100 == 0);
		login(f, 1, i * 20 + 7, far(1) + i % 4, 0);
	}
	assert_quiet(f);
	feed_free(f);
}

/* Home, train, telephone, café, hotel, office within an hour, for days. */
static void a_traveller_is_no_thief(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (int day = 0; day < 20; day++) {
		int64_t t = day * DAY;

		at_home(f, 1, t, 2);
		for (int n = 0; n < 6; n++)
			login(f, 1, t + (n + 1) * 9 * MIN, far(day * 6 + n),
			    1 + n % 3);
	}
	assert_quiet(f);
	feed_free(f);
}

/* The account of many branch offices: they came one by one. */
static void known_networks_do_not_count(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (int n = 0; n < 20; n++)
		login(f, 1, n * 2 * 60 * MIN, far(n), 3);
	for (int i = 0; i < 2000; i++)
		login(f, 1, 3 * DAY + i * 13, far(i % 20), 3);
	assert_quiet(f);
	feed_free(f);
}

/* --- a burst -------------------------------------------------------------- */

static void know(struct feed *f, int account, int days)
{
	for (int day = 0; day < days; day++)
		at_home(f, account, day * DAY, 3);
}

static void a_burst_from_a_new_network_is_told(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	know(f, 1, 8);
	login(f, 1, 8 * DAY, far(1), 0);
	for (int i = 0; i < 6; i++)
		login(f, 1, 8 * DAY + (3 + i) * MIN, far(1), 46);
	assert_words(f, "sent 276 mails in 5 min from a network first seen at "
			"2026-06-05T20:26Z; its busiest 10 min before had 3");
	assert_int_equal(f->incidents[0].first_obs, 10);
	feed_free(f);
}

static void both_are_told_in_one(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	know(f, 1, 8);
	for (int n = 0; n < 12; n++)
		login(f, 1, 8 * DAY + n * 3 * MIN, far(n), 0);
	for (int i = 0; i < 5; i++)
		login(f, 1, 8 * DAY + (40 + i) * MIN, far(3), 46);
	assert_words(f, "logged in from 12 networks in 33 min, then sent 230 "
			"mails in 4 min from a network first seen at ");
	feed_free(f);
}

/* The log begins: what an account is used to cannot be known yet. */
static void an_account_is_learned_first(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	login(f, 2, 0, far(9), 1);
	login(f, 1, 60 * MIN, far(1), 500);
	login(f, 1, 2 * DAY, far(2), 500);
	assert_quiet(f);
	/* one that was never used comes when all others are known */
	login(f, 3, 8 * DAY, far(1), 120);
	assert_words(f, "sent 120 mails in less than a second");
	feed_free(f);
}

static void a_script_may_send_what_it_always_sends(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (int i = 0; i < 20 * 24 * 6; i++)
		login(f, 1, i * 10 * MIN, far(1), 400);
	/* it moves to another machine */
	for (int i = 0; i < 20; i++)
		login(f, 1, 20 * DAY + i * MIN, far(2), 60);
	assert_quiet(f);
	/* a thief sends more than five times as much */
	for (int i = 0; i < 10; i++)
		login(f, 1, 21 * DAY + i * MIN, far(3), 300);
	assert_words(f, "its busiest 10 min before had 400");
	feed_free(f);
}

/* He tries the password, and comes back for his work. */
static void a_burst_may_come_hours_after_the_first_log_in(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	know(f, 1, 8);
	login(f, 1, 8 * DAY, far(1), 1);
	login(f, 1, 8 * DAY + 400 * MIN, far(1), 60);
	assert_quiet(f);
	login(f, 1, 8 * DAY + 405 * MIN, far(1), 60);
	assert_words(f, "sent 120 mails in 5 min from a network first seen at "
			"2026-06-05T20:26Z");
	feed_free(f);
}

static void slow_sending_is_no_burst(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	know(f, 1, 8);
	for (int i = 0; i < 300; i++)
		login(f, 1, 8 * DAY + i * MIN, far(1), 8);
	assert_quiet(f);
	feed_free(f);
}

/* --- guessing ------------------------------------------------------------- */

static void fewer_mails_are_enough_after_guessing(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (int n = 0; n < 6; n++)
		fails(f, 1, n * 5 * MIN, far(n));
	login(f, 1, 31 * MIN, far(4), 30);
	assert_words(f, "sent 30 mails in less than a second from a network "
			"first seen at 2026-05-28T20:57Z; its busiest 10 min "
			"before had 0; that network and 5 others had failed to "
			"log in before");
	feed_free(f);
}

static void who_did_not_guess_is_not_judged_by_it(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (int n = 0; n < 6; n++)
		fails(f, 1, n * 5 * MIN, far(n));
	login(f, 1, 31 * MIN, far(7), 30); /* was not among them */
	for (int n = 0; n < 4; n++)
		fails(f, 2, n * 5 * MIN, far(n));
	login(f, 2, 31 * MIN, far(1), 30); /* too few */
	for (int n = 0; n < 6; n++)
		fails(f, 3, n * MIN, far(n));
	login(f, 3, 90 * MIN, far(4), 30); /* too long ago */
	assert_quiet(f);
	feed_free(f);
}

/* A telephone with an old password, among the addresses of its carrier. */
static void a_carrier_that_failed_did_not_guess(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (int n = 0; n < 12; n++)
		fails(f, 1, n * 3 * MIN, (n % 3 << 8) + n);
	login(f, 1, 40 * MIN, (1 << 8) + 4, 30);
	assert_quiet(f);
	/* one more block, and it is somebody else */
	fails(f, 1, 41 * MIN, far(9) + 1);
	login(f, 1, 42 * MIN, far(9) + 1, 30);
	assert_words(f, "and 12 others had failed to log in before");
	feed_free(f);
}

static void failures_alone_are_nothing_against_the_owner(void **state)
{
	struct feed *f = feed_new();
	struct engine_stats s;

	(void)state;
	for (int i = 0; i < 1000000; i++)
		fails(f, 1 + i % 300000, i / 100, i * 7);
	assert_quiet(f);
	engine_stats(f->engine, &s);
	assert_int_equal(s.accounts, ACCOUNTS_MAX);
	assert_true(s.accounts_evicted > 0);
	assert_int_equal(s.customers, 0);
	feed_free(f);
}

/* --- what receivers say --------------------------------------------------- */

static void answers(struct feed *f, int account, int64_t t_s, int network,
    int unknown, int rejected, int delivered)
{
	struct observation o = row_login(account, t_s, network, LOGIN_DELIVERY);

	o.unknown_users = unknown;
	o.rcpt_accepted = delivered;
	o.rcpt_count = unknown + rejected + delivered;
	o.attempts = o.rcpt_count;
	feed_row(f, &o);
}

/* One address, a slow pace, and a list that was bought. */
static void a_bought_list_is_no_owners(void **state)
{
	struct feed *f = feed_default();

	(void)state;
	at_home(f, 1, 0, 1);
	for (int i = 0; i < 8; i++) {
		login(f, 1, i * 180, far(7), 1);
		answers(f, 1, i * 180, far(7), 1, 0, 0);
	}
	assert_quiet(f); /* 8 x 2080 */
	answers(f, 1, 1440, far(7), 0, 1, 0);
	assert_words(f,
	    "sent mail, of whose recipients in 24 min 8 were unknown, 1 "
	    "refused "
	    "it for its content or sender, and 0 took it; somebody else has "
	    "the password");
	assert_int_equal(f->incidents[0].first_obs, 3);
	feed_free(f);
}

/* The thief is a program. */
static void the_own_line_is_told(void **state)
{
	struct feed *f = feed_default();
	struct observation o = row_login(1, 0, 99, LOGIN_DELIVERY);

	(void)state;
	o.own_line = true;
	o.unknown_users = o.rcpt_count = 9;
	feed_row(f, &o);
	assert_words(f,
	    "from the customer's own line, so that a program there has the "
	    "password: clean the computer");
	feed_free(f);
}

static void an_owners_friends_speak_for_him(void **state)
{
	struct feed *f = feed_default();

	(void)state;
	/* Four of a hundred are bad, for ever. */
	for (int i = 0; i < 4000; i++)
		answers(f, 1, i * 60, 99, i % 25 == 0, 0, i % 25 != 0);
	assert_quiet(f);
	feed_free(f);
}

/* What was told does not accuse again whoever changed the password. */
static void what_was_told_is_over(void **state)
{
	struct feed *f = feed_default();

	(void)state;
	answers(f, 1, 0, far(7), 100, 0, 0);
	assert_words(f, "100 were unknown");
	assert_int_equal(f->incidents[0].observations, 1);
	answers(f, 1, 60, 99, 8, 0, 0);
	assert_int_equal(f->incidents[0].observations, 1);
	answers(f, 1, 120, 99, 1, 0, 0);
	assert_int_equal(f->incidents[0].observations, 2);
	assert_words(f, "100 were unknown"); /* the most */
	feed_free(f);
}

static void without_a_threshold_answers_do_not_matter(void **state)
{
	struct feed *f = feed_default();

	(void)state;
	f->conf.account_threshold_milli = 0;
	for (int i = 0; i < 100; i++)
		answers(f, 1, i * 60, far(7), 10, 10, 0);
	assert_quiet(f);
	feed_free(f);
}

/* --- memory --------------------------------------------------------------- */

static int note_success(struct accounts *t, const struct policy *p, int account,
    int64_t t_s, int network)
{
	struct observation o = row_login(account, t_s, network, LOGIN_SUCCESS);
	struct account_finding f;
	int rc = accounts_note(t, p, &o, &f);

	keyset_clear(&f.networks);
	return rc;
}

static void the_table_keeps_who_logged_in_last(void **state)
{
	struct feed *f = feed_new();
	struct accounts t = {.max = 3};
	struct account_finding finding;
	struct observation o;

	(void)state;
	for (int a = 1; a <= 3; a++)
		assert_int_equal(note_success(&t, &f->policy, a, a, 1), 0);
	assert_int_equal(note_success(&t, &f->policy, 1, 5, 1), 0);
	o = row_login(4, 6, 1, LOGIN_FAILURE);
	assert_int_equal(accounts_note(&t, &f->policy, &o, &finding), 0);
	assert_false(accounts_know(&t, o.account_hash)); /* it only failed */
	o = row_login(2, 7, 1, LOGIN_SUCCESS);
	assert_false(accounts_know(&t, o.account_hash)); /* made room */
	o = row_login(5, 7, 1, LOGIN_FAILURE);
	assert_int_equal(accounts_note(&t, &f->policy, &o, &finding), 0);
	/* one that only failed has made room for the next */
	o = row_login(3, 7, 1, LOGIN_SUCCESS);
	assert_true(accounts_know(&t, o.account_hash));
	o = row_login(1, 7, 1, LOGIN_SUCCESS);
	assert_true(accounts_know(&t, o.account_hash));
	assert_int_equal(t.n, 3);
	assert_int_equal(t.evicted, 2);
	accounts_free(&t);
	assert_int_equal(t.n, 0);
	feed_free(f);
}

static void an_account_remembers_so_many_networks(void **state)
{
	struct feed *f = feed_new();
	struct accounts t = {.max = 3};

	(void)state;
	for (int n = 0; n < 100000; n++)
		note_success(&t, &f->policy, 1, n * 3600, far(n));
	assert_int_equal(t.oldest->n_networks, ACCOUNT_NETWORKS_MAX);
	assert_int_equal(t.oldest->cap_networks, ACCOUNT_NETWORKS_MAX);
	accounts_free(&t);
	feed_free(f);
}

/* Rows of two servers' logs, one read after the other. */
static void older_rows_are_not_taken_for_now(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	for (int i = 0; i < 5; i++)
		login(f, 1, i * 50 * MIN, far(i), 1);
	for (int i = 0; i < 20; i++)
		login(f, 1, i * 50 * MIN - DAY, far(20 + i), 1);
	assert_quiet(f);
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_password_used_everywhere_is_told),
	    cmocka_unit_test(the_count_is_of_one_hour),
	    cmocka_unit_test(ipv6_networks_count_by_48_and_32),
	    cmocka_unit_test(a_mobile_carrier_is_no_thief),
	    cmocka_unit_test(a_telephone_that_flaps_is_no_thief),
	    cmocka_unit_test(a_traveller_is_no_thief),
	    cmocka_unit_test(known_networks_do_not_count),
	    cmocka_unit_test(a_burst_from_a_new_network_is_told),
	    cmocka_unit_test(both_are_told_in_one),
	    cmocka_unit_test(an_account_is_learned_first),
	    cmocka_unit_test(a_script_may_send_what_it_always_sends),
	    cmocka_unit_test(a_burst_may_come_hours_after_the_first_log_in),
	    cmocka_unit_test(slow_sending_is_no_burst),
	    cmocka_unit_test(fewer_mails_are_enough_after_guessing),
	    cmocka_unit_test(who_did_not_guess_is_not_judged_by_it),
	    cmocka_unit_test(a_carrier_that_failed_did_not_guess),
	    cmocka_unit_test(failures_alone_are_nothing_against_the_owner),
	    cmocka_unit_test(a_bought_list_is_no_owners),
	    cmocka_unit_test(the_own_line_is_told),
	    cmocka_unit_test(an_owners_friends_speak_for_him),
	    cmocka_unit_test(what_was_told_is_over),
	    cmocka_unit_test(without_a_threshold_answers_do_not_matter),
	    cmocka_unit_test(the_table_keeps_who_logged_in_last),
	    cmocka_unit_test(an_account_remembers_so_many_networks),
	    cmocka_unit_test(older_rows_are_not_taken_for_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
