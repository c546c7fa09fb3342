/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/draw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <math.h>

#define N 200000

static void near(double got, double want, double by)
{
	if (!(fabs(got - want) <= by))
		fail_msg("%g is not %g", got, want);
}

static void each_customer_has_a_stream_of_its_own(void **state)
{
	struct prng a, b;

	(void)state;
	draw_seed(&a, 2, "burst", 7);
	draw_seed(&b, 2, "burst", 7);
	assert_true(prng_next(&a) == prng_next(&b));
	draw_seed(&b, 2, "burst", 8);
	assert_true(prng_next(&a) != prng_next(&b));
	draw_seed(&b, 3, "burst", 7);
	assert_true(prng_next(&a) != prng_next(&b));
	draw_seed(&b, 2, "nas", 7);
	assert_true(prng_next(&a) != prng_next(&b));
}

/* First draws of neighbours: a weak seed would show here. */
static void neighbours_are_independent(void **state)
{
	double sum = 0, product = 0, last = .5;

	(void)state;
	for (uint64_t i = 0; i < N; i++) {
		struct prng p;
		double u;

		draw_seed(&p, 2, "burst", i);
		u = draw_unit(&p);
		assert_true(u >= 0 && u < 1);
		sum += u;
		product += (u - .5) * (last - .5);
		last = u;
	}
	near(sum / N, .5, .003);
	near(product / N, 0, .001);
}

static void laws_have_their_means(void **state)
{
	double e = 0, l = 0, u = 0, poisson = 0, zero = 0;
	struct prng p;

	(void)state;
	draw_seed(&p, 1, "laws", 0);
	for (int i = 0; i < N; i++) {
		e += draw_exp(&p);
		l += log(draw_log(&p, 1, 100));
		u += draw_uniform(&p, 2, 4);
		poisson += draw_poisson(&p, 3.5);
		zero += draw_zipf(&p, 9) == 0;
	}
	near(e / N, 1, .01);
	near(l / N, log(10), .02);
	near(u / N, 3, .01);
	near(poisson / N, 3.5, .02);
	near(zero / N, log(2) / log(10), .01);
}

static void zipf_stays_within(void **state)
{
	struct prng p;

	(void)state;
	draw_seed(&p, 1, "zipf", 0);
	for (int i = 0; i < N; i++)
		assert_true(draw_zipf(&p, 7) < 7);
	assert_int_equal(draw_zipf(&p, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_customer_has_a_stream_of_its_own),
	    cmocka_unit_test(neighbours_are_independent),
	    cmocka_unit_test(laws_have_their_means),
	    cmocka_unit_test(zipf_stays_within),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
