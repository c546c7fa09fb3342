/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "analyzer/identity/map_e.h"
#include "base/conf_shared.h"

static struct conf conf;

static struct conf_map_e *rule(const char *text)
{
	const struct conf none = {0};
	char why[CONF_ERROR_BYTES];

	free(conf.map_e);
	conf = none;
	if (conf_map_e_add(&conf, text, 10, why, sizeof(why)) != 0)
		fail_msg("%s: %s", text, why);
	return conf.map_e;
}

static struct addr addr_of(const char *text)
{
	struct addr a;

	if (addr_parse(&a, text) != 0)
		fail_msg("%s", text);
	return a;
}

static int asks(const struct conf_map_e *m, const char *outside, uint16_t port,
    char text[static PREFIX_STRLEN])
{
	struct addr a = addr_of(outside);
	struct prefix ce;
	int rc = map_e_inside(m, &a, port, &ce);

	if (rc == 1)
		prefix_format(&ce, text);
	return rc;
}

/* RFC 7597 appendix A, example 1: PSID 0x34 of 192.0.2.18, 63 ranges. */
static void the_example_of_the_rfc(void **state)
{
	const struct conf_map_e *m = rule("2001:db8::/40 192.0.2.0/24 16 6");
	struct addr ce = addr_of("2001:db8:12:3400::1");
	struct addr v4 = addr_of("192.0.2.18");
	struct target t[64];
	char text[PREFIX_STRLEN];

	(void)state;
	assert_int_equal(map_e_outside(m, &ce, t, 64), 63);
	for (size_t i = 0; i < 63; i++) {
		assert_memory_equal(&t[i].prefix.addr, &v4, sizeof(v4));
		assert_int_equal(t[i].prefix.len, 128);
		assert_int_equal(t[i].first_port, 1232 + 1024 * i);
		assert_int_equal(t[i].last_port, 1235 + 1024 * i);
	}
	assert_int_equal(asks(m, "192.0.2.18", 1232, text), 1);
	assert_string_equal(text, "2001:db8:12:3400::/56");
	assert_int_equal(asks(m, "192.0.2.18", 64723, text), 1);
	assert_string_equal(text, "2001:db8:12:3400::/56");
	assert_int_equal(asks(m, "192.0.2.18", 1236, text), 1);
	assert_string_equal(text, "2001:db8:12:3500::/56");
	assert_int_equal(asks(m, "192.0.2.18", 1023, text), -1);
	assert_int_equal(asks(m, "192.0.2.18", 0, text), -1);
	assert_int_equal(asks(m, "192.0.3.18", 1232, text), 0);
}

/* v6plus: offset 4, PSID of 8 bits, 15 ranges of 16. */
static void a_customer_has_240_ports(void **state)
{
	const struct conf_map_e *m =
	    rule("2001:db8:10::/44 198.51.100.0/24 16 4");
	struct addr ce = addr_of("2001:db8:10:7340::");
	struct target t[15];
	int ports = 0;
	char text[PREFIX_STRLEN];

	(void)state;
	assert_int_equal(map_e_ranges(m), 15);
	assert_int_equal(map_e_outside(m, &ce, t, 15), 15);
	assert_int_equal(t[0].first_port, 4096 + 0x34 * 16);
	assert_int_equal(t[14].last_port, 61440 + 0x34 * 16 + 15);
	for (size_t i = 0; i < 15; i++)
		ports += t[i].last_port - t[i].first_port + 1;
	assert_int_equal(ports, 240);
	for (unsigned p = 0; p < 65536; p++) {
		int rc = asks(m, "198.51.100.7", (uint16_t)p, text);

		assert_int_equal(rc, p < 4096 ? -1 : 1);
	}
	assert_int_equal(map_e_outside(m, &ce, t, 4), 4);
}

/* Every port of every address comes back to the CE that has it. */
static void there_and_back(void **state)
{
	static const char *const rules[] = {
	    "2001:db8:10::/44 198.51.100.0/24 16 4",
	    "2001:db8:10::/44 198.51.100.0/24 12 0",
	    "2001:db8::/32 198.51.100.0/24 20 4",
	    "2001:db8::/48 198.51.100.7/32 8 1",
	    "2001:db8::/48 198.51.100.7/32 16 0",
	};
	struct target t[64];

	(void)state;
	for (size_t r = 0; r < sizeof(rules) / sizeof(rules[0]); r++) {
		const struct conf_map_e *m = rule(rules[r]);
		struct addr a = addr_of("198.51.100.7");

		for (unsigned p = 1; p < 65536; p++) {
			struct prefix ce;
			size_t n, hits = 0;

			if (map_e_inside(m, &a, (uint16_t)p, &ce) != 1)
				continue;
			n = map_e_outside(m, &ce.addr, t, 64);
			for (size_t i = 0; i < n; i++)
				hits += p >= t[i].first_port &&
					p <= t[i].last_port &&
					addr_equal(&t[i].prefix.addr, &a);
			assert_int_equal(hits, 1);
		}
	}
}

static void an_address_of_one_customer_needs_no_port(void **state)
{
	const struct conf_map_e *m = rule("2001:db8::/40 192.0.2.0/24 8 6");
	struct addr ce = addr_of("2001:db8:12::");
	struct target t[2];
	char text[PREFIX_STRLEN];

	(void)state;
	assert_int_equal(asks(m, "192.0.2.18", 0, text), 1);
	assert_string_equal(text, "2001:db8:12::/48");
	assert_int_equal(map_e_outside(m, &ce, t, 2), 1);
	assert_int_equal(t[0].first_port, 0);
	assert_int_equal(t[0].last_port, 65535);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_example_of_the_rfc),
	    cmocka_unit_test(a_customer_has_240_ports),
	    cmocka_unit_test(there_and_back),
	    cmocka_unit_test(an_address_of_one_customer_needs_no_port),
	};
	int bad = cmocka_run_group_tests(tests, NULL, NULL);

	free(conf.map_e);
	return bad;
}
