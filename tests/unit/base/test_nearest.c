/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/nearest.h"

static void distances(void **state)
{
	static const struct {
		const char *a, *b;
		size_t want;
	} rows[] = {
	    {"", "", 0},
	    {"mode", "mode", 0},
	    {"mode", "made", 1},
	    {"mode", "modes", 1},
	    {"mode", "ode", 1},
	    {"", "mode", 4},
	    {"kitten", "sitting", 3},
	    {"incidnt", "incident", 1},
	};
	char one[200], two[200];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(
		    nearest_distance(rows[i].a, rows[i].b), rows[i].want);
		assert_int_equal(
		    nearest_distance(rows[i].b, rows[i].a), rows[i].want);
	}
	memset(one, 'a', sizeof(one));
	memset(two, 'a', sizeof(two));
	one[199] = two[150] = '\0';
	assert_int_equal(nearest_distance(one, two), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(distances)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
