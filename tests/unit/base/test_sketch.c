/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/siphash.h"
#include "base/sketch.h"

static const uint64_t key[2] = {0x0706050403020100, 0x0f0e0d0c0b0a0908};

static uint64_t hash_of(uint64_t i)
{
	return siphash(key, &i, 1);
}

static void nothing_and_one(void **state)
{
	struct sketch s = {{0}};

	(void)state;
	assert_int_equal(sketch_count(&s), 0);
	for (int i = 0; i < 100000; i++)
		sketch_add(&s, hash_of(7));
	assert_int_equal(sketch_count(&s), 1);
}

static void extreme_hashes_are_counted(void **state)
{
	struct sketch s = {{0}};

	(void)state;
	sketch_add(&s, 0);
	assert_int_equal(s.rank[0], 59);
	sketch_add(&s, UINT64_MAX);
	assert_int_equal(s.rank[63], 1);
	for (uint64_t i = 0; i < SKETCH_REGISTERS; i++)
		sketch_add(&s, i);
	assert_int_equal(sketch_count(&s), UINT32_MAX);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* 200 sketches of each number: the typical error is that of the paper. */
static void the_error_is_that_of_the_paper(void **state)
{
	static const uint32_t rows[] = {
	    5, 20, 100, 160, 200, 1000, 5000, 100000};

	(void)state;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++) {
		double error[200], sum = 0;

		for (uint64_t k = 0; k < 200; k++) {
			struct sketch s = {{0}};

			for (uint64_t i = 0; i < rows[r]; i++)
				sketch_add(&s, hash_of(k << 32 | i));
			error[k] = (double)sketch_count(&s) / rows[r] - 1;
			sum += error[k];
			if (error[k] < 0)
				error[k] = -error[k];
		}
		qsort(error, 200, sizeof(error[0]), by_size);
		/* 68 % of them within one standard error, and then some */
		assert_true(error[136] < 0.17);
		assert_true(error[199] < 0.60);
		assert_true(sum / 200 < 0.05 && sum / 200 > -0.05);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_and_one),
	    cmocka_unit_test(extreme_hashes_are_counted),
	    cmocka_unit_test(the_error_is_that_of_the_paper),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
