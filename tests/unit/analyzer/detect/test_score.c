/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/score.h"

#include "feed.h"

/* Default weights: delivered -865, rejected 1000, unknown_user 2485. */
static int32_t note(
    struct feed *f, struct score *s, struct observation o, enum label label)
{
	int32_t added;

	assert_int_not_equal(
	    score_note(s, &f->policy, o.line_class, &o, o.ts_us, label,
		score_weight(&f->policy, &o, label, false), &added),
	    -1);
	return added;
}

static void test_never_falls_below_zero(void **state)
{
	struct feed *f = feed_new();
	struct score s = {0};

	(void)state;
	assert_int_equal(
	    note(f, &s, row_delivered("C1", 0, 1), LABEL_DELIVERED), -865);
	assert_int_equal(s.value_milli, 0);
	note(f, &s, row_rejected("C1", 1, 2), LABEL_REJECTED);
	assert_int_equal(s.value_milli, 1000);
	note(f, &s, row_delivered("C1", 2, 3), LABEL_DELIVERED);
	assert_int_equal(s.value_milli, 135);
	assert_int_equal(score_evidence(&s)->observations, 1);
	note(f, &s, row_delivered("C1", 3, 4), LABEL_DELIVERED);
	assert_int_equal(s.value_milli, 0);
	assert_int_equal(score_evidence(&s)->observations, 0);
	assert_int_equal(score_evidence(&s)->first_obs, 0);
	score_free(&s);
	feed_free(f);
}

static void test_a_server_counts_once_a_minute_by_its_strongest(void **state)
{
	struct feed *f = feed_new();
	struct score s = {0};

	(void)state;
	/* FEED_T0 is 20 s into a minute: 40 s are left. */
	assert_int_equal(
	    note(f, &s, row_rejected("C1", 0, 1), LABEL_REJECTED), 1000);
	assert_int_equal(
	    note(f, &s, row_rejected("C1", 10, 1), LABEL_REJECTED), 0);
	assert_int_equal(
	    note(f, &s, row_delivered("C1", 20, 1), LABEL_DELIVERED), 0);
	assert_int_equal(
	    note(f, &s, row_unknown("C1", 30, 1), LABEL_UNKNOWN_USER), 1485);
	assert_int_equal(s.value_milli, 2485);
	assert_int_equal(score_evidence(&s)->observations, 1);
	assert_int_equal(
	    note(f, &s, row_unknown("C1", 39999, 1), LABEL_UNKNOWN_USER), 0);
	assert_int_equal(
	    note(f, &s, row_unknown("C1", 40000, 1), LABEL_UNKNOWN_USER), 2485);
	assert_int_equal(s.value_milli, 2 * 2485);
	assert_int_equal(score_evidence(&s)->strong_minutes, 2);
	score_free(&s);
	feed_free(f);
}

static void test_the_difference_undoes_what_the_weaker_label_did(void **state)
{
	struct feed *f = feed_new();
	struct score s = {0};

	(void)state;
	/* At the floor a delivery took nothing away ... */
	note(f, &s, row_delivered("C1", 0, 1), LABEL_DELIVERED);
	assert_int_equal(
	    note(f, &s, row_unknown("C1", 1, 1), LABEL_UNKNOWN_USER), 2485);
	assert_int_equal(s.value_milli, 2485);
	/* ... and above it the whole weight, which comes back. */
	note(f, &s, row_delivered("C1", 2, 2), LABEL_DELIVERED);
	assert_int_equal(s.value_milli, 1620);
	assert_int_equal(
	    note(f, &s, row_unknown("C1", 3, 2), LABEL_UNKNOWN_USER), 3350);
	assert_int_equal(s.value_milli, 2 * 2485);
	score_free(&s);
	feed_free(f);
}

static void test_a_second_delivery_takes_nothing_more_away(void **state)
{
	struct feed *f = feed_new();
	struct score s = {0};

	(void)state;
	note(f, &s, row_delivered("C1", 0, 1), LABEL_DELIVERED);
	note(f, &s, row_unknown("C1", 1, 2), LABEL_UNKNOWN_USER);
	assert_int_equal(
	    note(f, &s, row_delivered("C1", 2, 1), LABEL_DELIVERED), 0);
	assert_int_equal(s.value_milli, 2485);
	score_free(&s);
	feed_free(f);
}

static void test_the_alarm_is_at_h_itself(void **state)
{
	struct feed *f = feed_new();
	struct score s = {0};

	(void)state;
	f->conf.classes[CLASS_DYNAMIC].threshold_milli = 5000;
	feed_policy(f);
	for (int i = 0; i < 5; i++) {
		assert_false(score_alarm(&s, &f->policy, CLASS_DYNAMIC));
		note(f, &s, row_rejected("C1", i, i), LABEL_REJECTED);
	}
	assert_int_equal(s.value_milli, 5000);
	assert_true(score_alarm(&s, &f->policy, CLASS_DYNAMIC));
	score_free(&s);
	feed_free(f);
}

static void test_what_does_not_count_adds_no_destination(void **state)
{
	struct feed *f = feed_new();
	struct score s = {0};

	(void)state;
	for (int i = 0; i < 9; i++) { /* one server, one minute */
		struct observation o = row_unknown("C1", i, 1);

		o.tier = PRIVACY_DOMAINS;
		snprintf(
		    o.rcpt_domains, sizeof(o.rcpt_domains), "d%d.example", i);
		note(f, &s, o, LABEL_UNKNOWN_USER);
	}
	assert_int_equal(score_evidence(&s)->domains.n, 1);
	assert_int_equal(score_evidence(&s)->observations, 1);
	assert_int_equal(
	    score_evidence(&s)->unknown_users, 9); /* facts all the same */
	score_free(&s);
	feed_free(f);
}

static void test_a_full_minute_counts_no_further_server(void **state)
{
	struct feed *f = feed_new();
	struct score s = {0};

	(void)state;
	for (int i = 0; i < SCORE_PAIRS_MAX; i++)
		note(f, &s, row_delivered("C1", i, i), LABEL_DELIVERED);
	assert_int_equal(
	    note(f, &s, row_unknown("C1", 999, 999), LABEL_UNKNOWN_USER), 0);
	assert_int_equal(s.value_milli, 0);
	note(f, &s, row_unknown("C1", 60000, 999), LABEL_UNKNOWN_USER);
	assert_int_equal(s.value_milli, 2485);
	score_free(&s);
	feed_free(f);
}

static void test_weight_of_what_can_be_forged(void **state)
{
	struct feed *f = feed_new();
	struct observation o = row_attempt("C1", 0, 1, UNANSWERED);

	(void)state;
	assert_int_equal(
	    score_weight(&f->policy, &o, LABEL_UNANSWERED, false), 0);
	assert_int_equal(score_weight(&f->policy, &o, LABEL_REFUSED, false), 0);
	assert_int_equal(
	    score_weight(&f->policy, &o, LABEL_REJECTED, false), 1000);
	o.source_validated = true;
	assert_int_equal(
	    score_weight(&f->policy, &o, LABEL_UNANSWERED, false), 300);
	assert_int_equal(
	    score_weight(&f->policy, &o, LABEL_UNANSWERED, true), 0);
	assert_int_equal(
	    score_weight(&f->policy, &o, LABEL_REJECTED, true), 1000);
	assert_int_equal(score_weight(&f->policy, &o, LABEL_NONE, false), 0);
	feed_free(f);
}

static void test_h_alone_is_no_alarm(void **state)
{
	struct feed *f = feed_new();
	struct score s = {0};

	(void)state;
	for (int i = 0; i < 12; i++) /* three servers, twelve within 8 min */
		note(f, &s, row_rejected("C1", i * 40000, i % 3),
		    LABEL_REJECTED);
	assert_true(s.value_milli >= 9200);
	assert_false(score_alarm(&s, &f->policy, CLASS_DYNAMIC));
	note(f, &s, row_rejected("C1", 480001, 3), LABEL_REJECTED);
	assert_false(score_alarm(&s, &f->policy, CLASS_DYNAMIC));
	note(f, &s, row_rejected("C1", 480002, 4), LABEL_REJECTED);
	assert_true(score_alarm(&s, &f->policy, CLASS_DYNAMIC));
	assert_false(score_alarm(&s, &f->policy, CLASS_STATIC));
	score_free(&s);
	feed_free(f);
}

static void test_minimum_by_strong_minutes(void **state)
{
	struct feed *f = feed_new();
	struct score s = {0};

	(void)state;
	for (int i = 0; i < 8; i++) {
		assert_false(score_alarm(&s, &f->policy, CLASS_DYNAMIC));
		note(f, &s, row_unknown("C1", i * 60000, i % 3),
		    LABEL_UNKNOWN_USER);
	}
	assert_int_equal(score_evidence(&s)->strong_minutes, 8);
	assert_true(score_alarm(&s, &f->policy, CLASS_DYNAMIC));
	score_free(&s);
	feed_free(f);
}

static void test_minimum_by_named_domains(void **state)
{
	struct feed *f = feed_new();
	struct score s = {0};

	(void)state;
	/* Ten servers of one domain are one destination. */
	for (int i = 0; i < 10; i++) {
		struct observation o = row_unknown("C1", i, i);

		o.tier = PRIVACY_DOMAINS;
		snprintf(o.rcpt_domains, sizeof(o.rcpt_domains), "example.com");
		note(f, &s, o, LABEL_UNKNOWN_USER);
	}
	assert_true(s.value_milli >= 9200);
	assert_int_equal(score_evidence(&s)->domains.n, 1);
	assert_false(score_alarm(&s, &f->policy, CLASS_DYNAMIC));
	for (int i = 0; i < 2; i++) {
		struct observation o = row_unknown("C1", 100 + i, 20 + i);

		o.tier = PRIVACY_DOMAINS;
		snprintf(o.rcpt_domains, sizeof(o.rcpt_domains),
		    "a%d.example  Example.com b%d.example", i, i);
		note(f, &s, o, LABEL_UNKNOWN_USER);
	}
	assert_int_equal(score_evidence(&s)->domains.n, 5);
	assert_true(score_alarm(&s, &f->policy, CLASS_DYNAMIC));
	score_free(&s);
	feed_free(f);
}

static void test_minima_start_anew_with_the_score(void **state)
{
	struct feed *f = feed_new();
	struct score s = {0};

	(void)state;
	for (int i = 0; i < 6; i++)
		note(f, &s, row_unknown("C1", i, i), LABEL_UNKNOWN_USER);
	assert_true(score_alarm(&s, &f->policy, CLASS_DYNAMIC));
	for (int i = 0; s.value_milli > 0; i++)
		note(f, &s, row_delivered("C1", 60000 + i, i), LABEL_DELIVERED);
	assert_int_equal(score_evidence(&s)->unnamed.n, 0);
	assert_int_equal(score_evidence(&s)->strong_minutes, 0);
	score_restart(&s, 9000);
	note(f, &s, row_unknown("C1", 180000, 1), LABEL_UNKNOWN_USER);
	assert_true(s.value_milli >= 9200);
	assert_false(score_alarm(&s, &f->policy, CLASS_DYNAMIC));
	score_free(&s);
	feed_free(f);
}

static void test_a_score_stays_within_reach_of_good_mail(void **state)
{
	struct feed *f = feed_new();
	struct score s = {0};

	(void)state;
	for (int i = 0; i < 200; i++)
		note(f, &s, row_unknown("C1", i, i), LABEL_UNKNOWN_USER);
	assert_int_equal(s.value_milli, SCORE_CAP_THRESHOLDS * 9200);
	score_free(&s);
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_never_falls_below_zero),
	    cmocka_unit_test(
		test_a_server_counts_once_a_minute_by_its_strongest),
	    cmocka_unit_test(
		test_the_difference_undoes_what_the_weaker_label_did),
	    cmocka_unit_test(test_a_second_delivery_takes_nothing_more_away),
	    cmocka_unit_test(test_the_alarm_is_at_h_itself),
	    cmocka_unit_test(test_what_does_not_count_adds_no_destination),
	    cmocka_unit_test(test_a_full_minute_counts_no_further_server),
	    cmocka_unit_test(test_weight_of_what_can_be_forged),
	    cmocka_unit_test(test_h_alone_is_no_alarm),
	    cmocka_unit_test(test_minimum_by_strong_minutes),
	    cmocka_unit_test(test_minimum_by_named_domains),
	    cmocka_unit_test(test_minima_start_anew_with_the_score),
	    cmocka_unit_test(test_a_score_stays_within_reach_of_good_mail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
