/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/radius_clock.h"

#define T      INT64_C(1700000000)
#define S(x)   ((x)*US_PER_S)
#define HALF_S (US_PER_S / 2)

static struct radius_clock *clock_;

static int set_up(void **state)
{
	(void)state;
	clock_ = radius_clock_new(S(5), true);
	return clock_ != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	radius_clock_free(clock_);
	return 0;
}

/* In seconds, after T; event -1: none. */
static int64_t at(const char *nas, double received, int delay, double event)
{
	struct radius_moment m = {
	    .received_us = S(T) + (int64_t)(received * 1e6),
	    .delay_us = S(delay),
	    .event_us = event < 0 ? 0 : S(T) + S((int64_t)event)};

	return radius_clock_at(clock_, nas, &m) - S(T);
}

static void without_a_time_stamp_the_delay_counts(void **state)
{
	(void)state;
	assert_int_equal(at("a", 100, 0, -1), S(100));
	assert_int_equal(at("a", 100, 7, -1), S(93));
	assert_int_equal(radius_clock_skewed(clock_), 0);
}

static void a_right_clock_is_believed(void **state)
{
	(void)state;
	/* The second is the NAS's, the rest the arrival's. */
	assert_int_equal(at("a", 100.5, 0, 100), S(100) + HALF_S);
	assert_int_equal(at("a", 103.5, 0, 103), S(103) + HALF_S);
	/* Sent again 20 s later without a word: it happened at 110. */
	assert_int_equal(at("a", 130.5, 0, 110), S(111) - 1);
	/* With Acct-Delay-Time it is no other. */
	assert_int_equal(at("a", 131.25, 20, 111), S(111) + US_PER_S / 4);
	/* A second ahead of us: not in the future. */
	assert_int_equal(at("a", 140.5, 0, 142), S(140) + HALF_S);
}

static void order_is_kept_within_a_second(void **state)
{
	int64_t start_us, stop_us;

	(void)state;
	(void)at("a", 1.1, 0, 1);
	start_us = at("a", 10.3, 0, 10);
	stop_us = at("a", 10.4, 0, 10);
	assert_true(start_us < stop_us);
}

static void a_clock_not_yet_known_is_not_believed(void **state)
{
	(void)state;
	/* An hour late: a queue that was kept, or a slow clock? */
	assert_int_equal(at("a", 5000, 0, 1400), S(5000));
	assert_int_equal(at("a", 5001, 2, 1401), S(4999));
	/* One prompt packet shows the clock to be right. */
	assert_int_equal(at("a", 5002.5, 0, 5002), S(5002) + HALF_S);
	assert_int_equal(at("a", 5003, 0, 4950), S(4951) - 1);
	assert_int_equal(radius_clock_skewed(clock_), 0);
}

static void a_wrong_clock_is_found_and_corrected(void **state)
{
	(void)state;
	for (int i = 0; i < RADIUS_CLOCK_RUN - 1; i++)
		assert_int_equal(
		    at("a", 40000 + i, 0, 7600 + i), S(40000) + S(i));
	assert_int_equal(radius_clock_skewed(clock_), 0);
	assert_int_equal(at("a", 40010, 0, 7610), S(40010));
	assert_int_equal(radius_clock_skewed(clock_), 1);
	/* Sent again 30 s later: placed by the corrected clock. */
	assert_int_equal(at("a", 40050, 0, 7620), S(40021) - 1);
	/* Set right: it takes the same run to believe it. */
	for (int i = 0; i < RADIUS_CLOCK_RUN; i++)
		assert_int_equal(
		    at("a", 40100 + i, 0, 40100 + i), S(40100) + S(i));
	assert_int_equal(radius_clock_skewed(clock_), 0);
}

static void a_clock_in_the_future_never_makes_a_future_lease(void **state)
{
	(void)state;
	for (int i = 0; i < 3 * RADIUS_CLOCK_RUN; i++)
		assert_int_equal(at("a", 100 + i, 0, 40000 + i), S(100) + S(i));
	assert_int_equal(radius_clock_skewed(clock_), 1);
}

static void one_absurd_time_stamp_changes_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		(void)at("a", 100.5 + i, 0, 100 + i);
	assert_int_equal(at("a", 110, 0, 90000), S(110));
	assert_int_equal(at("a", 90000, 0, 120), S(90000));
	assert_int_equal(at("a", 90001.5, 0, 90001), S(90001) + HALF_S);
	assert_int_equal(radius_clock_skewed(clock_), 0);
}

static void without_correction_a_wrong_clock_is_ignored(void **state)
{
	(void)state;
	radius_clock_free(clock_);
	clock_ = radius_clock_new(S(5), false);
	assert_non_null(clock_);
	for (int i = 0; i < RADIUS_CLOCK_RUN; i++)
		(void)at("a", 40000 + i, 0, 7600 + i);
	assert_int_equal(radius_clock_skewed(clock_), 1);
	assert_int_equal(at("a", 40050, 3, 7620), S(40047));
}

static void each_nas_has_its_own_and_many_fit(void **state)
{
	char name[16];

	(void)state;
	for (int i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "nas%d", i);
		assert_int_equal(at(name, i + 0.5, 0, i), S(i) + HALF_S);
	}
	for (int i = 0; i < RADIUS_CLOCK_RUN; i++)
		(void)at("slow", 30000 + i, 0, 20000 + i);
	assert_int_equal(radius_clock_skewed(clock_), 1);
	/* What makes room takes its skew with it. */
	for (int i = 0; i < 40000; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		(void)at(name, 50000.5 + i, 0, 50000 + i);
	}
	assert_int_equal(radius_clock_skewed(clock_), 0);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    CASE(without_a_time_stamp_the_delay_counts),
	    CASE(a_right_clock_is_believed),
	    CASE(order_is_kept_within_a_second),
	    CASE(a_clock_not_yet_known_is_not_believed),
	    CASE(a_wrong_clock_is_found_and_corrected),
	    CASE(a_clock_in_the_future_never_makes_a_future_lease),
	    CASE(one_absurd_time_stamp_changes_nothing),
	    CASE(without_correction_a_wrong_clock_is_ignored),
	    CASE(each_nas_has_its_own_and_many_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
