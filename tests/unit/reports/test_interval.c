/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "reports/interval.h"

static void assert_near(double got, double want, double off)
{
	if (fabs(got - want) > off)
		print_error("%.10g instead of %.10g\n", got, want);
	assert_true(fabs(got - want) <= off);
}

/* From the tables of Clopper and Pearson and of Garwood. */
static void intervals_are_those_of_the_tables(void **state)
{
	static const struct {
		int64_t n, total;
		double low, high;
	} shares[] = {
	    {0, 10, 0, .3085},
	    {5, 10, .1871, .8129},
	    {9, 10, .5550, .9975},
	    {10, 10, .6915, 1},
	    {1, 1, .0250, 1},
	    {0, 1, 0, .9750},
	    {0, 0, 0, 1},
	    {50, 100, .3983, .6017},
	};
	static const struct {
		int64_t n;
		double low, high;
	} counts[] = {
	    {0, 0, 3.6889},
	    {1, .0253, 5.5716},
	    {2, .2422, 7.2247},
	    {10, 4.7954, 18.3904},
	    {20, 12.2165, 30.8884},
	    {100, 81.3640, 121.6268},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(shares) / sizeof(shares[0]); i++) {
		struct interval v =
		    interval_share(shares[i].n, shares[i].total);

		assert_near(v.low, shares[i].low, 6e-5);
		assert_near(v.high, shares[i].high, 6e-5);
	}
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct interval v = interval_count(counts[i].n);

		assert_near(v.low, counts[i].low, 6e-5);
		assert_near(v.high, counts[i].high, 6e-5);
	}
}

/* P(X >= n) for a share p, added up. */
static double tail(int64_t n, int64_t total, double p)
{
	double sum = 0;

	for (int64_t k = n; k <= total; k++)
		sum +=
		    exp(lgamma((double)total + 1) - lgamma((double)k + 1) -
			lgamma((double)(total - k) + 1) + (double)k * log(p) +
			(double)(total - k) * log1p(-p));
	return sum;
}

/* What an interval is: at its ends, what was seen has 2.5 %. */
static void the_ends_have_their_tails(void **state)
{
	static const int64_t of[] = {3, 40, 700, 20000};

	(void)state;
	for (size_t i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		for (int64_t n = 1; n < of[i]; n += of[i] / 3) {
			struct interval v = interval_share(n, of[i]);

			assert_near(tail(n, of[i], v.low), .025, 1e-7);
			assert_near(1 - tail(n + 1, of[i], v.high), .025, 1e-7);
		}
	}
}

static void a_large_count_is_like_a_normal_one(void **state)
{
	struct interval v = interval_count(1000000);

	(void)state;
	assert_near(v.low, 1e6 - 1.959964e3, 3);
	assert_near(v.high, 1e6 + 1.959964e3, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(intervals_are_those_of_the_tables),
	    cmocka_unit_test(the_ends_have_their_tails),
	    cmocka_unit_test(a_large_count_is_like_a_normal_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
