/* SPDX-License-Identifier: Apache-2.0 */
#include "store/distinct.h"

#include "tests/unit/store/fixture.h"

#define NAMES 20000

static void each_name_counts_once(void **state)
{
	struct distinct d = {0};
	char name[ROW_ID_LEN];

	(void)state;
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 3 * NAMES; i++) {
			snprintf(name, sizeof(name), "C%d", i % NAMES);
			assert_int_equal(distinct_add(&d, name), 0);
		}
		assert_int_equal(d.n, NAMES);
		distinct_empty(&d);
		assert_int_equal(d.n, 0);
	}
	distinct_free(&d);
}

static void names_differ_in_any_byte(void **state)
{
	struct distinct d = {0};
	char name[ROW_ID_LEN];

	(void)state;
	memset(name, 'a', sizeof(name));
	name[ROW_ID_LEN - 1] = '\0';
	assert_int_equal(distinct_add(&d, name), 0);
	for (size_t i = 0; i < ROW_ID_LEN - 1; i++) {
		name[i] = 'b';
		assert_int_equal(distinct_add(&d, name), 0);
		name[i] = 'a';
	}
	assert_int_equal(distinct_add(&d, ""), 0);
	assert_int_equal(distinct_add(&d, "a"), 0);
	assert_int_equal(d.n, ROW_ID_LEN + 2);
	distinct_free(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_name_counts_once),
	    cmocka_unit_test(names_differ_in_any_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
