/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "reports/api/scope.h"

static void names_and_bits_go_both_ways(void **state)
{
	char text[SCOPES_LEN];
	const char *bad;
	int64_t v;

	(void)state;
	for (int i = 0; i < SCOPES_N; i++) {
		int64_t bit = INT64_C(1) << i;

		assert_int_equal(scope_parse(scope_name(bit), &v, &bad), 0);
		assert_int_equal(v, bit);
	}
	assert_null(scope_name(3));
	assert_null(scope_name(256));
	assert_int_equal(
	    scope_parse(scope_text(SCOPES_ALL, text), &v, &bad), 0);
	assert_int_equal(v, SCOPES_ALL);
	assert_true(strlen(text) + 1 <= SCOPES_LEN);
	assert_string_equal(scope_text(0, text), "");
}

static void lists_by_commas_and_spaces(void **state)
{
	const char *bad;
	int64_t v;

	(void)state;
	assert_int_equal(
	    scope_parse("incidents:read, ,decisions:write ", &v, &bad), 0);
	assert_int_equal(v, SCOPE_INCIDENTS_READ | SCOPE_DECISIONS_WRITE);
	assert_int_equal(scope_parse("", &v, &bad), 0);
	assert_int_equal(v, 0);
	/* A name is whole: a part of one gives nothing. */
	assert_int_equal(scope_parse("admin,incidents", &v, &bad), -1);
	assert_string_equal(bad, "incidents");
	assert_int_equal(scope_parse("admins", &v, &bad), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_and_bits_go_both_ways),
	    cmocka_unit_test(lists_by_commas_and_spaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
