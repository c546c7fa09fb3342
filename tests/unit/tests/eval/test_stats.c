/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/stats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>

static void near(double got, double want)
{
	if (!(fabs(got - want) <= 1e-4 * fabs(want) + 1e-9))
		fail_msg("%.8g is not %.8g", got, want);
}

/* Garwood's table: half a chi-square quantile of 2 (n + 1) degrees. */
static void poisson_bounds_are_those_of_the_table(void **state)
{
	(void)state;
	near(stats_poisson_upper(0, .05), 2.995732);
	near(stats_poisson_upper(1, .05), 4.743865);
	near(stats_poisson_upper(5, .05), 10.51303);
	near(stats_poisson_upper(10, .05), 16.96222);
	near(stats_poisson_upper(20, .05), 29.06202);
	near(stats_poisson_upper(20, .025), 30.88838);
	near(stats_poisson_upper(100, .05), 118.0786);
}

/* The rule of three, powers, and a symmetric case. */
static void binomial_bounds_are_those_of_the_table(void **state)
{
	(void)state;
	near(stats_binomial_lower(100, 100, .05), pow(.05, .01));
	near(stats_binomial_upper(0, 100, .05), 1 - pow(.05, .01));
	near(stats_binomial_lower(0, 100, .05), 0);
	near(stats_binomial_upper(100, 100, .05), 1);
	near(stats_binomial_lower(8, 10, .05), .4930987);
	near(stats_binomial_upper(8, 10, .05), .9632286);
	near(stats_binomial_lower(1, 2, .025), .01257912);
	near(stats_binomial_upper(950, 1000, .05),
	    1 - stats_binomial_lower(50, 1000, .05));
}

/* Under the bound, exactly alpha is left. */
static void bounds_leave_what_they_say(void **state)
{
	double p = stats_binomial_lower(990, 1000, .05), sum = 0;

	(void)state;
	for (int k = 990; k <= 1000; k++)
		sum += exp(lgamma(1001) - lgamma(k + 1) - lgamma(1001 - k) +
			   k * log(p) + (1000 - k) * log1p(-p));
	near(sum, .05);
}

static void quantiles_are_values_that_were_there(void **state)
{
	double v[] = {9, 1, 5, 3, 7};

	(void)state;
	near(stats_quantile(v, 5, .5), 5);
	near(stats_quantile(v, 5, .9), 9);
	near(stats_quantile(v, 5, .01), 1);
	assert_true(isnan(stats_quantile(v, 0, .5)));
}

/* One customer with many blocks tells less than many with one each. */
static void bootstrap_knows_that_blocks_come_together(void **state)
{
	uint64_t alone[STATS_HIST] = {0}, together[STATS_HIST] = {0};
	double a, b;

	(void)state;
	alone[1] = 40;
	together[40] = 1;
	a = stats_bootstrap(alone, .95, 2000, 1);
	b = stats_bootstrap(together, .95, 2000, 1);
	assert_true(a > 48 && a < 54);
	assert_true(b >= 80);
	assert_true(stats_bootstrap(alone, .95, 2000, 1) == a);
	alone[1] = 0;
	near(stats_bootstrap(alone, .95, 2000, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(poisson_bounds_are_those_of_the_table),
	    cmocka_unit_test(binomial_bounds_are_those_of_the_table),
	    cmocka_unit_test(bounds_leave_what_they_say),
	    cmocka_unit_test(quantiles_are_values_that_were_there),
	    cmocka_unit_test(bootstrap_knows_that_blocks_come_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
