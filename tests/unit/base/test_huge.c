/* SPDX-License-Identifier: Apache-2.0 */
#include "base/huge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static void memory_is_zero_and_on_a_boundary(void **state)
{
	static const size_t sizes[] = {1, 512, 4096, 4097, HUGE_PAGE_BYTES - 1,
	    HUGE_PAGE_BYTES, HUGE_PAGE_BYTES + 1, 5 * HUGE_PAGE_BYTES};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t *p = huge_new(sizes[i]);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % HUGE_PAGE_BYTES, 0);
		for (size_t at = 0; at < sizes[i]; at++)
			assert_int_equal(p[at], 0);
		memset(p, 0xff, sizes[i]);
		huge_free(p, sizes[i]);
	}
	huge_free(NULL, 100);
}

static long mapped_pages(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long n = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%ld", &n), 1);
	fclose(f);
	return n;
}

static void all_is_given_back(void **state)
{
	const size_t bytes = 3 * HUGE_PAGE_BYTES + 77;
	long before, after;

	(void)state;
	huge_free(huge_new(bytes), bytes);
	before = mapped_pages();
	for (int i = 0; i < 200; i++)
		huge_free(huge_new(bytes), bytes);
	after = mapped_pages();
	assert_true(after - before < 64);
}

static void what_cannot_be_had_is_null(void **state)
{
	(void)state;
	assert_null(huge_new(0));
	assert_null(huge_new(SIZE_MAX));
	assert_null(huge_new(SIZE_MAX - HUGE_PAGE_BYTES));
	assert_null(huge_new(SIZE_MAX / 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(memory_is_zero_and_on_a_boundary),
	    cmocka_unit_test(all_is_given_back),
	    cmocka_unit_test(what_cannot_be_had_is_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
