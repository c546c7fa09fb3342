/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/cusum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Bad with probability bad, by the steps of FIELD's table: .05 against .6 */
static struct cusum coin(double bad)
{
	struct cusum c;

	memset(&c, 0, sizeof(c));
	c.weight_milli[LABEL_DELIVERED] = -865;
	c.weight_milli[LABEL_UNKNOWN_USER] = 2485;
	c.share[LABEL_DELIVERED] = 1 - bad;
	c.share[LABEL_UNKNOWN_USER] = bad;
	return c;
}

static double length(const struct cusum *c, int32_t h)
{
	struct cusum_length l;

	assert_int_equal(cusum_run_length(c, h, &l), 0);
	return l.from_zero;
}

static double half(const struct cusum *c, int32_t h)
{
	struct cusum_length l;

	assert_int_equal(cusum_run_length(c, h, &l), 0);
	return l.from_half;
}

static void near(double got, double want, double part)
{
	if (fabs(got - want) > want * part)
		fail_msg("%g is not %g", got, want);
}

/* One step up of p, h steps high, no way down: h / p. */
static void what_can_be_counted_by_hand(void **state)
{
	struct cusum c, d;
	struct cusum_length l;

	(void)state;
	memset(&c, 0, sizeof(c));
	c.weight_milli[LABEL_REJECTED] = 1000;
	c.share[LABEL_REJECTED] = 1;
	c.share[LABEL_OPAQUE] = 3; /* of weight 0 */
	near(length(&c, 5000), 20, 1e-9);
	assert_int_equal(cusum_run_length(&c, 5000, &l), 0);
	near(l.from_half, 12, 1e-9); /* from 2 of 5 */
	near(length(&c, 4001), 20, 1e-9);
	near(length(&c, 4000), 16, 1e-9);
	/* a fair coin of equal steps, reflected below: h (h + 1) */
	d = coin(0.5);
	d.weight_milli[LABEL_DELIVERED] = -500;
	d.weight_milli[LABEL_UNKNOWN_USER] = 500;
	near(length(&d, 500), 2, 1e-9);
	near(length(&d, 5000), 10 * 11, 1e-9);
}

/* Simulated by others, with a few hundred runs each. */
static void the_published_lengths(void **state)
{
	static const struct {
		double bad;
		int32_t h;
		double want;
	} rows[] = {
	    {.60, 9200, 9},
	    {.30, 9200, 35},
	    {.20, 9200, 139},
	    {.10, 9200, 2310},
	    {.60, 13800, 12},
	    {.30, 13800, 58},
	    {.20, 13800, 401},
	    {.10, 13800, 37000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cusum c = coin(rows[i].bad);

		near(length(&c, rows[i].h), rows[i].want, 0.12);
	}
}

static void two_ways_agree(void **state)
{
	static const double bad[] = {.01, .05, .10, .15};
	struct cusum_sample s;
	int compared = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		for (int32_t h = 3000; h <= 15000; h += 4000) {
			struct cusum c = coin(bad[i]);
			double l;

			c.share[LABEL_REJECTED] = bad[i] / 3;
			c.weight_milli[LABEL_REJECTED] = 1000;
			l = length(&c, h);
			if (isinf(l))
				continue;
			compared++;
			assert_int_equal(cusum_sample(&c, h, 200000, 7, &s), 0);
			assert_true(s.error < s.from_zero * 0.02);
			if (fabs(s.from_zero - l) > 5 * s.error + l * 0.01)
				fail_msg("%g %d: %g, sampled %g +- %g", bad[i],
				    (int)h, l, s.from_zero, s.error);
		}
	assert_true(compared >= 12);
}

static void a_threshold_is_the_least_that_suffices(void **state)
{
	struct cusum c = coin(.05);

	(void)state;
	for (double want = 10; want < 1e9; want *= 10) {
		int32_t h = cusum_threshold(&c, want, 100000);

		assert_true(h >= 1);
		assert_true(half(&c, h) >= want);
		if (h > 1)
			assert_true(half(&c, h - 1) < want);
	}
	assert_int_equal(cusum_threshold(&c, 1e9, 5000), 0);
}

/* Without a lattice the length is a bound from below, and a close one. */
static void odd_weights_are_rounded_up(void **state)
{
	struct cusum c = coin(.08), odd = c;
	struct cusum_length l;

	(void)state;
	odd.weight_milli[LABEL_UNKNOWN_USER] = 2483;
	assert_int_equal(cusum_run_length(&odd, 18400, &l), 0);
	assert_true(l.lattice_milli > 1);
	assert_true(l.from_zero >= length(&c, 18400) * 0.8);
	assert_true(l.from_zero <= length(&c, 18400) * 1.05);
}

static void what_has_no_length(void **state)
{
	struct cusum c = coin(0), none;
	struct cusum_length l;
	struct cusum_sample s;

	(void)state;
	assert_true(isinf(length(&c, 9200)));
	assert_int_equal(cusum_sample(&c, 9200, 100, 1, &s), -1);
	c = coin(.9);
	assert_int_equal(cusum_sample(&c, 9200, 100, 1, &s), -1);
	memset(&none, 0, sizeof(none));
	assert_int_equal(cusum_run_length(&none, 9200, &l), -1);
	none.share[LABEL_OPAQUE] = 1;
	assert_true(isinf(length(&none, 9200)));
	c = coin(.5);
	assert_int_equal(cusum_run_length(&c, 0, &l), -1);
	near(length(&c, 1), 2, 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_can_be_counted_by_hand),
	    cmocka_unit_test(the_published_lengths),
	    cmocka_unit_test(two_ways_agree),
	    cmocka_unit_test(a_threshold_is_the_least_that_suffices),
	    cmocka_unit_test(odd_weights_are_rounded_up),
	    cmocka_unit_test(what_has_no_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
