/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/count.h"

#include "tests/unit/analyzer/logins/files.h"

static void each_has_a_name_that_a_counter_may_have(void **state)
{
	(void)state;
	for (int i = 0; i < LOGIN_COUNT_N; i++) {
		const char *name = login_count_name((enum login_count)i);

		assert_int_equal(strncmp(name, "login_", 6), 0);
		assert_int_equal(
		    strspn(name, "abcdefghijklmnopqrstuvwxyz_"), strlen(name));
		assert_true(strlen(name) < 48);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(
			    name, login_count_name((enum login_count)j));
	}
	assert_string_equal(login_count_name(LOGIN_COUNT_N), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_has_a_name_that_a_counter_may_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
