/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reports/api/bytes.h"

static void what_is_added_is_a_text(void **state)
{
	struct bytes b = {0};

	(void)state;
	assert_int_equal(bytes_add(&b, "", 0, 8), 0);
	assert_string_equal(b.v, "");
	assert_int_equal(bytes_add(&b, "abc", 3, 8), 0);
	assert_int_equal(bytes_add(&b, "defgh", 5, 8), 0);
	assert_string_equal(b.v, "abcdefgh");
	assert_int_equal(b.n, 8);
	bytes_clear(&b);
	assert_null(b.v);
	assert_int_equal(b.n, 0);
}

static void more_than_the_limit_is_not_taken(void **state)
{
	struct bytes b = {0};

	(void)state;
	assert_int_equal(bytes_add(&b, "abc", 3, 2), -1);
	assert_null(b.v);
	assert_int_equal(bytes_add(&b, "ab", 2, 4), 0);
	assert_int_equal(bytes_add(&b, "cde", 3, 4), -1);
	assert_int_equal(bytes_add(&b, "x", SIZE_MAX, 4), -1);
	assert_string_equal(b.v, "ab");
	bytes_clear(&b);
}

static void they_are_taken_in_order(void **state)
{
	struct bytes b = {0};
	char buf[8];

	(void)state;
	assert_int_equal(bytes_take(&b, buf, sizeof(buf)), 0);
	assert_int_equal(bytes_add(&b, "abcde", 5, 8), 0);
	assert_int_equal(bytes_take(&b, buf, 2), 2);
	assert_memory_equal(buf, "ab", 2);
	assert_string_equal(b.v, "cde");
	assert_int_equal(bytes_add(&b, "fghij", 5, 8), 0);
	assert_int_equal(bytes_take(&b, buf, sizeof(buf)), 8);
	assert_memory_equal(buf, "cdefghij", 8);
	assert_int_equal(bytes_take(&b, buf, sizeof(buf)), 0);
	bytes_clear(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_added_is_a_text),
	    cmocka_unit_test(more_than_the_limit_is_not_taken),
	    cmocka_unit_test(they_are_taken_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
