/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "analyzer/identity/shared.h"
#include "base/conf_shared.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct conf conf;

static int set_up(void **state)
{
	char why[CONF_ERROR_BYTES];

	(void)state;
	return conf_cgn_add(&conf,
		   "203.0.113.0/30 100.64.0.0/25 1024-65535 1000", 9, why,
		   sizeof(why)) ||
	       conf_map_e_add(&conf, "2001:db8:10::/44 198.51.100.0/24 16 4", 9,
		   why, sizeof(why)) ||
	       /* Inside of the one before it: the longer prefix wins. */
	       conf_map_e_add(&conf, "2001:db8:30::/52 198.51.100.128/30 10 0",
		   9, why, sizeof(why));
}

static int tear_down(void **state)
{
	(void)state;
	free(conf.cgn);
	free(conf.map_e);
	return 0;
}

static void a_port_names_an_inside_address(void **state)
{
	static const struct {
		const char *outside;
		unsigned port;
		int rc;
		const char *inside;
	} cases[] = {
	    {"192.0.2.1", 4711, 0, "192.0.2.1"},
	    {"192.0.2.1", 0, 0, "192.0.2.1"},
	    {"2001:db8:10::1", 25, 0, "2001:db8:10::1"},
	    {"100.64.0.1", 4711, 0, "100.64.0.1"},
	    {"203.0.113.0", 0, -1, NULL},
	    {"203.0.113.0", 1023, -1, NULL},
	    {"203.0.113.0", 1024, 1, "100.64.0.0"},
	    {"203.0.113.1", 2024, 1, "100.64.0.65"},
	    {"203.0.113.3", 2024, -1, NULL},
	    {"198.51.100.7", 0, -1, NULL},
	    {"198.51.100.7", 4095, -1, NULL},
	    {"198.51.100.7", 4096 + 0x34 * 16, 1, "2001:db8:10:7340::"},
	    {"198.51.100.129", 0, -1, NULL},
	    {"198.51.100.129", 1, 1, "2001:db8:30:400::"},
	    {"198.51.100.129", 256, 1, "2001:db8:30:404::"},
	    {"198.51.100.132", 4096, 1, "2001:db8:18:4000::"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct addr a, in;
		char text[ADDR_STRLEN];

		assert_int_equal(addr_parse(&a, cases[i].outside), 0);
		assert_int_equal(
		    shared_inside(&conf, &a, (uint16_t)cases[i].port, &in),
		    cases[i].rc);
		if (cases[i].inside)
			assert_string_equal(
			    addr_format(&in, text), cases[i].inside);
	}
}

static void a_holding_has_its_port_sets(void **state)
{
	static const struct {
		const char *inside;
		size_t n;
		const char *first;
		unsigned first_port, last_port; /* of the last range */
	} cases[] = {
	    {"192.0.2.1/32", 0, NULL, 0, 0},
	    {"203.0.113.0/32", 0, NULL, 0, 0},
	    {"100.64.0.65/32", 1, "203.0.113.1", 2024, 3023},
	    {"100.64.0.62/31", 2, "203.0.113.0", 64024, 65023},
	    {"100.64.0.126/31", 2, "203.0.113.1", 64024, 65023},
	    {"100.64.0.128/25", 0, NULL, 0, 0},
	    {"100.64.0.0/10", 0, NULL, 0, 0},
	    {"2001:db8:10:7340::/60", 15, "198.51.100.7", 62272, 62287},
	    {"2001:db8:10:7340::/64", 0, NULL, 0, 0},
	    {"2001:db8:10:7340::/59", 30, "198.51.100.7", 62288, 62303},
	    {"2001:db8::/32", 0, NULL, 0, 0},
	    {"2001:db8:ff::/60", 0, NULL, 0, 0},
	    {"2001:db8:30:404::/62", 1, "198.51.100.129", 256, 511},
	};
	struct target t[64];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct prefix p;
		size_t n;
		char text[ADDR_STRLEN];

		assert_int_equal(prefix_parse(&p, cases[i].inside), 0);
		n = shared_targets(&conf, &p, t, COUNT(t));
		assert_int_equal(n, cases[i].n);
		if (n == 0)
			continue;
		assert_string_equal(
		    addr_format(&t[0].prefix.addr, text), cases[i].first);
		assert_int_equal(t[n - 1].first_port, cases[i].first_port);
		assert_int_equal(t[n - 1].last_port, cases[i].last_port);
		assert_int_equal(shared_targets(&conf, &p, t, 1), 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_port_names_an_inside_address),
	    cmocka_unit_test(a_holding_has_its_port_sets),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
