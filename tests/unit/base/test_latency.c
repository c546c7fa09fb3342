/* SPDX-License-Identifier: Apache-2.0 */
#include "base/latency.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void a_bound_belongs_to_its_step(void **state)
{
	(void)state;
	assert_int_equal(latency_step(-5), 0);
	assert_int_equal(latency_step(0), 0);
	assert_int_equal(latency_step(10000), 0);
	assert_int_equal(latency_step(10001), 1);
	assert_int_equal(latency_step(60000000), LATENCY_STEPS - 2);
	assert_int_equal(latency_step(60000001), LATENCY_STEPS - 1);
	assert_int_equal(latency_step(INT64_MAX), LATENCY_STEPS - 1);
}

/* The text is what a scraper compares with: it must be the number. */
static void bounds_are_told_as_they_are(void **state)
{
	(void)state;
	for (size_t i = 0; i + 1 < LATENCY_STEPS; i++) {
		int64_t us =
		    (int64_t)(strtod(latency_bound(i), NULL) * 1e6 + 0.5);

		assert_int_equal(latency_step(us), i);
		assert_int_equal(latency_step(us + 1), i + 1);
	}
	assert_string_equal(latency_bound(LATENCY_STEPS - 1), "+Inf");
}

/* Names are parts of counters: of analyzer/tally.h's letters, all different. */
static void names_are_names_of_counters(void **state)
{
	(void)state;
	for (size_t i = 0; i < LATENCY_STEPS; i++) {
		const char *name = latency_name(i);

		assert_int_equal(
		    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789"),
		    strlen(name));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(name, latency_name(k));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_bound_belongs_to_its_step),
	    cmocka_unit_test(bounds_are_told_as_they_are),
	    cmocka_unit_test(names_are_names_of_counters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
