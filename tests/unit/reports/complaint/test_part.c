/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "reports/complaint/part.h"

static void a_domain_and_nothing_else_is_taken(void **state)
{
	static const char *const cases[][2] = {
	    {"\"A, B\" <user@Example.NET>", "example.net"},
	    {"user@example.net", "example.net"},
	    {"user@example.net (A. Person)", "example.net"},
	    {"  mx.example.net ", "mx.example.net"},
	    {"<a@evil>, <b@example.net>", "example.net"},
	    {"user@[192.0.2.1]", ""},
	    {"user@localhost", ""},
	    {"user@-example.net", ""},
	    {"user@example..net", ""},
	    {"user@.example.net", ""},
	    {"user@example.net.", ""},
	    {"user@ex'ample.net", ""},
	    {"user@b\xc3\xbc.example", ""},
	    {"a person", ""},
	    {"<>", ""},
	    {"", ""},
	};
	char domain[ROW_DOMAIN_LEN], longest[400];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		part_domain(cases[i][0], domain);
		assert_string_equal(domain, cases[i][1]);
	}
	memset(longest, 'a', sizeof(longest));
	longest[20] = '.';
	longest[399] = '\0';
	part_domain(longest, domain);
	assert_string_equal(domain, "");
}

static void addresses_are_of_many_forms(void **state)
{
	static const char *const good[] = {"192.0.2.7", " [192.0.2.7] ",
	    "192.0.2.7 (host.example.com)", "::ffff:192.0.2.7"};
	static const char *const bad[] = {"", "[]", "192.0.2.700",
	    "192.0.2.7:25", "host.example", "192.0.2.7/24",
	    "1111111111111111111111111111111111111111111111111111111111111"};
	struct addr want, a;

	(void)state;
	assert_int_equal(addr_parse(&want, "192.0.2.7"), 0);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(part_address(good[i], &a));
		assert_memory_equal(&a, &want, sizeof(a));
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (part_address(bad[i], &a))
			fail_msg("%s", bad[i]);
	assert_int_equal(addr_parse(&want, "2001:db8::7"), 0);
	assert_true(part_address("[IPv6:2001:db8::7]", &a));
	assert_memory_equal(&a, &want, sizeof(a));
}

/* 25 is what a reporter writes who means the server's. */
static void a_port_is_the_clients(void **state)
{
	(void)state;
	assert_int_equal(part_port("1024"), 1024);
	assert_int_equal(part_port("65535 "), 65535);
	assert_int_equal(part_port("25"), 0);
	assert_int_equal(part_port("0"), 0);
	assert_int_equal(part_port("65536"), 0);
	assert_int_equal(part_port("99999999999999999999"), 0);
	assert_int_equal(part_port("-1"), 0);
	assert_int_equal(part_port("12 34"), 0);
	assert_int_equal(part_port(""), 0);
}

static void a_type_is_a_word(void **state)
{
	char type[16];

	(void)state;
	assert_true(part_type("Auth-Failure", type, sizeof(type)));
	assert_string_equal(type, "auth-failure");
	assert_false(part_type("a b", type, sizeof(type)));
	assert_false(part_type("a;b", type, sizeof(type)));
	assert_false(part_type("", type, sizeof(type)));
	assert_false(part_type("abcdefghijklmnop", type, sizeof(type)));
}

static void a_key_is_of_the_reports_number_or_else_of_all(void **state)
{
	struct complaint a = {.format = "arf", .type = "abuse", .at_us = 5};
	struct complaint b = a;

	(void)state;
	b.at_us = 6;
	part_key(&a, "<x@example.net>");
	part_key(&b, "<x@example.net>");
	assert_memory_equal(a.key, b.key, sizeof(a.key));
	part_key(&b, "<y@example.net>");
	assert_memory_not_equal(a.key, b.key, sizeof(a.key));
	part_key(&a, "");
	part_key(&b, "");
	assert_memory_not_equal(a.key, b.key, sizeof(a.key));
	b.at_us = 5;
	part_key(&b, "");
	assert_memory_equal(a.key, b.key, sizeof(a.key));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_domain_and_nothing_else_is_taken),
	    cmocka_unit_test(addresses_are_of_many_forms),
	    cmocka_unit_test(a_port_is_the_clients),
	    cmocka_unit_test(a_type_is_a_word),
	    cmocka_unit_test(a_key_is_of_the_reports_number_or_else_of_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
