/* SPDX-License-Identifier: Apache-2.0 */
#include "base/target.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static struct target of(const char *prefix, uint16_t first, uint16_t last)
{
	struct target t = {.first_port = first, .last_port = last};

	assert_int_equal(prefix_parse(&t.prefix, prefix), 0);
	return t;
}

static void targets_have_a_text(void **state)
{
	struct target t = of("192.0.2.7", 0, 0);
	char text[TARGET_STRLEN];

	(void)state;
	assert_string_equal(target_format(&t, text), "192.0.2.7/32");
	t = of("203.0.113.7", 1024, 2047);
	assert_string_equal(target_format(&t, text), "203.0.113.7#1024-2047");
	t = of("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", 60000, 65535);
	assert_string_equal(target_format(&t, text),
	    "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff#60000-65535");
	t = of("198.51.100.0/24", 1, 2);
	assert_string_equal(target_format(&t, text), "198.51.100.0/24#1-2");
}

static void targets_have_an_order(void **state)
{
	struct target v[] = {of("203.0.113.7", 2048, 3071),
	    of("2001:db8::/56", 0, 0), of("203.0.113.7", 1024, 2047),
	    of("192.0.2.0/24", 0, 0), of("192.0.2.0/25", 0, 0)};
	char text[TARGET_STRLEN];

	(void)state;
	targets_sort(v, 5);
	assert_string_equal(target_format(&v[0], text), "192.0.2.0/24");
	assert_string_equal(target_format(&v[1], text), "192.0.2.0/25");
	assert_string_equal(
	    target_format(&v[2], text), "203.0.113.7#1024-2047");
	assert_int_equal(target_compare(&v[2], &v[2]), 0);
	assert_true(target_compare(&v[2], &v[3]) < 0);
	targets_sort(v, 0);
}

static void ports_are_read(void **state)
{
	static const char *const bad[] = {"", "-", "0", "1-", "-1", "5-4",
	    "1-x", "65536", "1-65536", "1 -2", "1-2-3", "+1", "000001"};
	uint16_t a, b;

	(void)state;
	assert_int_equal(ports_parse("1024-2047", &a, &b), 0);
	assert_int_equal(a, 1024);
	assert_int_equal(b, 2047);
	assert_int_equal(ports_parse("65535", &a, &b), 0);
	assert_int_equal(a, 65535);
	assert_int_equal(b, 65535);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(ports_parse(bad[i], &a, &b), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(targets_have_a_text),
	    cmocka_unit_test(targets_have_an_order),
	    cmocka_unit_test(ports_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
