/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/conf_network.h"

static void host_names_are_taken_in_small_letters(void **state)
{
	static const char *const good[] = {"a", "a.b", "smtp-1.Example.NET",
	    "1and1.example", "_x.example", "xn--fsq.example", "0a"};
	struct conf_names l = {NULL, 0};
	char why[256], name[300];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(
		    conf_names_add(&l, good[i], 64, why, sizeof(why)), 0);
	assert_string_equal(l.v[2], "smtp-1.example.net");
	memset(name, 'a', sizeof(name));
	for (int i = 63; i < 253; i += 64)
		name[i] = '.';
	name[253] = '\0';
	assert_int_equal(conf_names_add(&l, name, 64, why, sizeof(why)), 0);
	assert_int_equal(l.n, 8);
	assert_int_equal(conf_names_add(&l, "more", 8, why, sizeof(why)), -1);
	assert_non_null(strstr(why, "more than 8 names"));
	conf_names_clear(&l);
	assert_int_equal(l.n, 0);
	conf_names_clear(&l);
}

static void what_is_no_host_name_is_refused(void **state)
{
	static const char *const bad[] = {"", ".", "a.", ".a", "a..b", "-a",
	    "a-", "a.-b", "192.0.2.1", "1", "a.1", "2001:db8::1", "a b",
	    "192.0.2.0/24", "a\nb", "\xc3\xa9.example"};
	struct conf_names l = {NULL, 0};
	char why[256], name[300];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (conf_names_add(&l, bad[i], 64, why, sizeof(why)) != -1)
			fail_msg("taken: %s", bad[i]);
	memset(name, 'a', sizeof(name));
	name[64] = '\0';
	assert_int_equal(conf_names_add(&l, name, 64, why, sizeof(why)), -1);
	name[64] = 'a';
	for (int i = 63; i < 254; i += 64)
		name[i] = '.';
	name[254] = '\0';
	assert_int_equal(conf_names_add(&l, name, 64, why, sizeof(why)), -1);
	assert_int_equal(l.n, 0);
}

static void units_are_parts_of_an_ipv6_network(void **state)
{
	static const struct {
		const char *text;
		int rc;
	} cases[] = {
	    {"2001:db8::/32 56", 0},
	    {"2001:db9::/32\t32", 0},
	    {"2001:dba::/32  128", 0},
	    {"2001:dbb::/32 31", -1},
	    {"2001:dbb::/32 129", -1},
	    {"2001:dbb::/32", -1},
	    {"2001:dbb::/32 ", -1},
	    {"2001:dbb::/32 x", -1},
	    {"2001:dbb::/32 +56", -1},
	    {"2001:dbb::/32 56dynamic", -1},
	    {"2001:dbb::/32 56 1", -1},
	    {"2001:dbb::1/32 56", -1},
	    {"192.0.2.0/24 28", -1},
	    {"::ffff:192.0.2.0/120 124", -1},
	    {"", -1},
	    {" 56", -1},
	    {"2001:db8:1::/48 56", -1}, /* overlaps */
	    {"2000::/3 56", -1},
	};
	struct conf c = {0};
	char why[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (conf_unit_add(&c, cases[i].text, 9, why, sizeof(why)) !=
		    cases[i].rc)
			fail_msg("%s: %s", cases[i].text, why);
	assert_int_equal(c.n_ipv6_units, 3);
	assert_int_equal(c.ipv6_units[0].inside.len, 32);
	assert_int_equal(c.ipv6_units[0].len, 56);
	assert_int_equal(
	    conf_unit_add(&c, "2001:dbc::/32 56", 3, why, sizeof(why)), -1);
	assert_non_null(strstr(why, "more than 3"));
	free(c.ipv6_units);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(host_names_are_taken_in_small_letters),
	    cmocka_unit_test(what_is_no_host_name_is_refused),
	    cmocka_unit_test(units_are_parts_of_an_ipv6_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
