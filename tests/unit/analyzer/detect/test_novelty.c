/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/novelty.h"

#include "feed.h"

#define DAY_MS INT64_C(86400000)

static struct observation mail(int64_t t_ms, const char *from, const char *to)
{
	struct observation o = row_rejected("C1", t_ms, 1);

	o.tier = PRIVACY_DOMAINS;
	o.rcpt_count = 1;
	snprintf(o.mail_from, sizeof(o.mail_from), "%s", from);
	snprintf(o.rcpt_domains, sizeof(o.rcpt_domains), "%s", to);
	return o;
}

static void note(struct novelty **n, const struct observation *o)
{
	assert_int_equal(novelty_note(n, o, o->ts_us), 0);
}

static void senders_are_counted_within_two_days(void **state)
{
	struct novelty *n = NULL;
	struct observation o;
	char name[32];

	(void)state;
	for (int i = 0; i < 9; i++) {
		snprintf(name, sizeof(name), "s%d.example", i % 6);
		o = mail(i, name, "to.example");
		note(&n, &o);
	}
	assert_int_equal(novelty_count(n, NOVELTY_SENDERS), 6);
	assert_int_equal(novelty_count(n, NOVELTY_DOMAINS), 1);
	assert_int_equal(novelty_count(n, NOVELTY_HELOS), 0);
	o = mail(DAY_MS, "S0.EXAMPLE", "to.example"); /* known */
	note(&n, &o);
	assert_int_equal(novelty_count(n, NOVELTY_SENDERS), 6);
	assert_false(novelty_is_over(n, o.ts_us + DAY_MS * 1000));
	assert_true(novelty_is_over(n, o.ts_us + 2 * DAY_MS * 1000));
	o = mail(2 * DAY_MS, "", "");
	note(&n, &o);
	assert_int_equal(novelty_count(n, NOVELTY_SENDERS), 1);
	o = mail(9 * DAY_MS, "", "");
	note(&n, &o);
	assert_int_equal(novelty_count(n, NOVELTY_SENDERS), 0);
	free(n);
}

/* Within three standard errors of linear counting at 256 bits. */
static void many_are_about_as_many(void **state)
{
	struct novelty *n = NULL;
	char name[32];

	(void)state;
	for (int i = 1; i <= 200; i++) {
		struct observation o;

		snprintf(name, sizeof(name), "n%d.example", i);
		o = mail(i, name, "");
		note(&n, &o);
		if (i == 50 || i == 100 || i == 200)
			assert_in_range(novelty_count(n, NOVELTY_SENDERS),
			    i - i / 8, i + i / 8);
	}
	free(n);
}

static void destinations_of_the_day_before_are_known(void **state)
{
	struct novelty *n = NULL;
	struct observation o = mail(0, "s.example", "a.example b.example");

	(void)state;
	note(&n, &o);
	assert_int_equal(novelty_count(n, NOVELTY_DOMAINS), 2);
	o = mail(DAY_MS, "s.example", "a.example c.example");
	note(&n, &o);
	assert_int_equal(novelty_count(n, NOVELTY_DOMAINS), 1);
	o = mail(3 * DAY_MS, "s.example", "a.example");
	note(&n, &o);
	assert_int_equal(novelty_count(n, NOVELTY_DOMAINS), 1);
	free(n);
}

static void names_of_sessions_without_mail_count(void **state)
{
	struct novelty *n = NULL;
	struct observation o = row_at(OBS_CLOSE, "C1", 0, 1);

	(void)state;
	for (int i = 0; i < 5; i++) {
		snprintf(o.helo, sizeof(o.helo), "h%d.example", i);
		note(&n, &o);
	}
	assert_int_equal(novelty_count(n, NOVELTY_HELOS), 5);
	free(n);
	n = NULL;
	o = row_attempt("C1", 0, 1, SEKISHO__OUTCOME__OUTCOME_ANSWERED);
	note(&n, &o);
	assert_null(n);
}

static void a_share_needs_recipients(void **state)
{
	struct novelty *n = NULL;
	struct observation o = mail(0, "s.example", "a.example");

	(void)state;
	o.rcpt_count = 9;
	o.unknown_users = 9;
	note(&n, &o);
	assert_int_equal(novelty_count(n, NOVELTY_UNKNOWN), 0);
	o.unknown_users = 0;
	note(&n, &o);
	assert_int_equal(novelty_count(n, NOVELTY_UNKNOWN), 50);
	/* What an agent tells may be anything. */
	o.rcpt_count = -5;
	o.unknown_users = INT32_MAX;
	note(&n, &o);
	assert_int_equal(novelty_count(n, NOVELTY_UNKNOWN), 50);
	free(n);
}

/* Refused mails with so many senders; what the last one weighed. */
static struct observation refused(struct feed *f, int n)
{
	struct observation o = {0};

	for (int i = 0; i < n; i++) {
		char name[32];

		snprintf(name, sizeof(name), "s%d.example", i);
		o = mail(i * 61000, name, "to.example");
		o.server.b[15] = (uint8_t)(i + 1);
		feed_row(f, &o);
	}
	return o;
}

static void a_refusal_weighs_more_and_says_why(void **state)
{
	struct feed *f = feed_default();
	struct observation o = refused(f, 6);

	(void)state;
	assert_int_equal(o.weight_milli, 1000);
	assert_string_equal(o.novelty, "");
	feed_free(f);
	f = feed_default();
	f->conf.novelty_senders_milli = 800;
	feed_policy(f);
	o = refused(f, 5);
	assert_int_equal(o.weight_milli, 1000);
	o = refused(f, 6);
	assert_int_equal(o.weight_milli, 1800);
	assert_string_equal(o.novelty, "0.800 for 6 sender domains");
	/* Good mail, and what is only late, does not. */
	o = mail(500000, "s1.example", "to.example");
	o.reply_code = 451;
	feed_row(f, &o);
	assert_int_equal(o.weight_milli, 100);
	assert_string_equal(o.novelty, "");
	o = row_delivered("C1", 600000, 9);
	feed_row(f, &o);
	assert_int_equal(o.weight_milli, -865);
	assert_string_equal(o.novelty, "");
	feed_free(f);
}

static void all_features_together(void **state)
{
	struct feed *f = feed_default();
	struct observation o = {0};

	(void)state;
	f->conf.novelty_domains = 3;
	f->conf.novelty_domains_milli = 100;
	f->conf.novelty_helos = 3;
	f->conf.novelty_helos_milli = 20;
	f->conf.novelty_unknown_milli = 3;
	feed_policy(f);
	for (int i = 0; i < 12; i++) {
		char to[32];

		snprintf(to, sizeof(to), "d%d.example", i);
		o = mail(i * 61000, "s.example", to);
		snprintf(o.helo, sizeof(o.helo), "h%d.example", i);
		o.unknown_users = 1;
		feed_row(f, &o);
	}
	assert_int_equal(o.weight_milli, 2485 + 123);
	assert_string_equal(o.novelty,
	    "0.100 for 12 new destination domains, 0.020 for 12 HELO names, "
	    "0.003 for 100 % unknown recipients");
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(senders_are_counted_within_two_days),
	    cmocka_unit_test(many_are_about_as_many),
	    cmocka_unit_test(destinations_of_the_day_before_are_known),
	    cmocka_unit_test(names_of_sessions_without_mail_count),
	    cmocka_unit_test(a_share_needs_recipients),
	    cmocka_unit_test(a_refusal_weighs_more_and_says_why),
	    cmocka_unit_test(all_features_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
