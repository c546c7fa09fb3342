/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "analyzer/identity/cgn.h"
#include "base/conf_shared.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct conf conf;

static struct conf_cgn *pool(const char *text)
{
	const struct conf none = {0};
	char why[CONF_ERROR_BYTES];

	free(conf.cgn);
	conf = none;
	if (conf_cgn_add(&conf, text, 10, why, sizeof(why)) != 0)
		fail_msg("%s: %s", text, why);
	return conf.cgn;
}

static struct addr addr_of(const char *text)
{
	struct addr a;

	if (addr_parse(&a, text) != 0)
		fail_msg("%s", text);
	return a;
}

static void both_ways(const struct conf_cgn *g, const char *inside,
    const char *outside, uint16_t first, uint16_t last)
{
	struct addr in = addr_of(inside), out = addr_of(outside), got;
	struct target t;

	assert_int_equal(cgn_outside(g, &in, &t), 0);
	assert_memory_equal(&t.prefix.addr, &out, sizeof(out));
	assert_int_equal(t.prefix.len, 128);
	assert_int_equal(t.first_port, first);
	assert_int_equal(t.last_port, last);
	assert_int_equal(cgn_inside(g, &out, first, &got), 1);
	assert_memory_equal(&got, &in, sizeof(in));
	assert_int_equal(cgn_inside(g, &out, last, &got), 1);
	assert_memory_equal(&got, &in, sizeof(in));
}

/* RFC 7422 section 2: 14 customers, 2 shares of the ports kept back. */
static void the_example_of_the_rfc(void **state)
{
	static const struct {
		const char *inside;
		uint16_t first, last;
	} cases[] = {
	    {"198.51.100.1", 1024, 5055},
	    {"198.51.100.2", 5056, 9087},
	    {"198.51.100.3", 9088, 13119},
	    {"198.51.100.14", 53440, 57471},
	};
	const struct conf_cgn *g = pool("192.0.2.1/32 "
					"198.51.100.1-198.51.100.14 "
					"1024-57471 4032");
	struct addr a = addr_of("192.0.2.1"), in;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		both_ways(g, cases[i].inside, "192.0.2.1", cases[i].first,
		    cases[i].last);
	assert_int_equal(cgn_inside(g, &a, 0, &in), -1);
	assert_int_equal(cgn_inside(g, &a, 1023, &in), -1);
	assert_int_equal(cgn_inside(g, &a, 57472, &in), -1);
	assert_int_equal(cgn_inside(g, &a, 65535, &in), -1);
}

static void addresses_fill_one_after_the_other(void **state)
{
	const struct conf_cgn *g =
	    pool("203.0.113.0/30 100.64.0.0/25 1024-65535 1000");
	struct addr a = addr_of("203.0.113.1"), in;

	(void)state;
	/* 64 blocks of 1000; the last 512 ports are nobody's. */
	both_ways(g, "100.64.0.0", "203.0.113.0", 1024, 2023);
	both_ways(g, "100.64.0.63", "203.0.113.0", 64024, 65023);
	both_ways(g, "100.64.0.64", "203.0.113.1", 1024, 2023);
	both_ways(g, "100.64.0.127", "203.0.113.1", 64024, 65023);
	assert_int_equal(cgn_inside(g, &a, 65024, &in), -1);
	/* No customer is left for the third address. */
	a = addr_of("203.0.113.2");
	assert_int_equal(cgn_inside(g, &a, 1024, &in), -1);
}

static void others_are_not_of_the_pool(void **state)
{
	static const char *const outside[] = {
	    "203.0.112.255", "203.0.113.4", "2001:db8::1", "::"};
	static const char *const inside[] = {
	    "100.63.255.255", "100.64.0.128", "2001:db8::1"};
	const struct conf_cgn *g =
	    pool("203.0.113.0/30 100.64.0.0/25 1024-65535 1000");
	struct target t;
	struct addr a, in;

	(void)state;
	for (size_t i = 0; i < COUNT(outside); i++) {
		a = addr_of(outside[i]);
		assert_int_equal(cgn_inside(g, &a, 2000, &in), 0);
	}
	for (size_t i = 0; i < COUNT(inside); i++) {
		a = addr_of(inside[i]);
		assert_int_equal(cgn_outside(g, &a, &t), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_example_of_the_rfc),
	    cmocka_unit_test(addresses_fill_one_after_the_other),
	    cmocka_unit_test(others_are_not_of_the_pool),
	};
	int bad = cmocka_run_group_tests(tests, NULL, NULL);

	free(conf.cgn);
	return bad;
}
