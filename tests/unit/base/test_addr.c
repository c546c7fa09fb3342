/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct addr addr_of(const char *text)
{
	struct addr a;

	if (addr_parse(&a, text) != 0)
		fail_msg("%s", text);
	return a;
}

/* RFC 5952 sections 4 and 5. */
static void text_is_canonical(void **state)
{
	static const char *const cases[][2] = {
	    {"192.0.2.1", "192.0.2.1"},
	    {"0.0.0.0", "0.0.0.0"},
	    {"255.255.255.255", "255.255.255.255"},
	    {"::ffff:192.0.2.1", "192.0.2.1"},
	    {"::FFFF:C000:0201", "192.0.2.1"},
	    {"::", "::"},
	    {"::1", "::1"},
	    {"2001:0db8::0001", "2001:db8::1"},
	    {"2001:db8:0:0:0:0:2:1", "2001:db8::2:1"},
	    {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
	    {"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
	    {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
	    {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
	    {"2001:DB8::AbCd", "2001:db8::abcd"},
	    {"2001:db8:1::", "2001:db8:1::"},
	    {"2001:db8:1:2:3:4:5:0", "2001:db8:1:2:3:4:5:0"},
	    {"0:0:0:0:0:0:0:1", "::1"},
	    {"0:0:0:1::", "0:0:0:1::"},
	    {"1:0:0:0:0:0:0:0", "1::"},
	    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	};
	char buf[ADDR_STRLEN];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct addr a = addr_of(cases[i][0]);

		assert_string_equal(addr_format(&a, buf), cases[i][1]);
	}
}

/* Every pattern of zero groups against inet_ntop(), which follows RFC 5952
 * but for IPv4-compatible addresses. */
static void every_pattern_of_zero_groups_agrees_with_the_c_library(void **state)
{
	char mine[ADDR_STRLEN], theirs[INET6_ADDRSTRLEN];
	struct addr a, back;

	(void)state;
	for (unsigned int pattern = 0; pattern < 256; pattern++) {
		for (int i = 0; i < 8; i++) {
			bool zero = (pattern >> i & 1) == 0;

			a.b[2 * i] = 0;
			a.b[2 * i + 1] = zero ? 0 : 0x10 + i;
		}
		addr_format(&a, mine);
		inet_ntop(AF_INET6, a.b, theirs, sizeof(theirs));
		if (strchr(theirs, '.') == NULL)
			assert_string_equal(mine, theirs);
		assert_int_equal(addr_parse(&back, mine), 0);
		assert_true(addr_equal(&a, &back));
	}
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const cases[] = {"", " ", "192.0.2", "192.0.2.256",
	    "192.0.2.1.1", "192.0.2.1 ", " 192.0.2.1", "192.0.2.1/32",
	    ":::", "2001:db8", "2001:db8::1::2", "2001:db8::g",
	    "12345::", "fe80::1%x", "[::1]", "1:2:3:4:5:6:7:8:9", "0x7f.1",
	    "127.1", "::192.0.2.256"};
	struct addr a;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (addr_parse(&a, cases[i]) != -1)
			fail_msg("accepted: \"%s\"", cases[i]);
}

static void order_is_the_bytes(void **state)
{
	struct addr a = addr_of("192.0.2.1"), b = addr_of("192.0.2.2"),
		    c = addr_of("2001:db8::"), d;

	(void)state;
	assert_true(addr_compare(&a, &b) < 0);
	assert_true(addr_compare(&c, &b) > 0);
	assert_int_equal(addr_compare(&a, &a), 0);
	assert_true(addr_is_v4(&a));
	assert_false(addr_is_v4(&c));
	d = addr_from_v4((const uint8_t[]){192, 0, 2, 1});
	assert_true(addr_equal(&a, &d));
	d = addr_from_v6(c.b);
	assert_true(addr_equal(&c, &d));
	assert_false(addr_equal(&a, &b));
}

static void private_and_null_addresses_are_known(void **state)
{
	static const struct {
		const char *text;
		bool private, null;
	} cases[] = {
	    {"0.0.0.0", true, true},
	    {"127.0.0.1", true, true},
	    {"127.255.255.255", true, true},
	    {"128.0.0.0", false, false},
	    {"10.0.0.0", true, false},
	    {"10.255.255.255", true, false},
	    {"9.255.255.255", false, false},
	    {"11.0.0.0", false, false},
	    {"100.63.255.255", false, false},
	    {"100.64.0.0", true, false},
	    {"100.127.255.255", true, false},
	    {"100.128.0.0", false, false},
	    {"169.253.255.255", false, false},
	    {"169.254.0.1", true, false},
	    {"169.255.0.0", false, false},
	    {"172.15.255.255", false, false},
	    {"172.16.0.0", true, false},
	    {"172.31.255.255", true, false},
	    {"172.32.0.0", false, false},
	    {"192.167.255.255", false, false},
	    {"192.168.0.0", true, false},
	    {"192.168.255.255", true, false},
	    {"192.169.0.0", false, false},
	    {"192.0.2.1", false, false},
	    {"::", true, true},
	    {"::1", true, true},
	    {"::2", false, false},
	    {"fbff::", false, false},
	    {"fc00::", true, false},
	    {"fdff:ffff::", true, false},
	    {"fe00::", false, false},
	    {"fe7f::", false, false},
	    {"fe80::1", true, false},
	    {"febf::", true, false},
	    {"fec0::", false, false},
	    {"2001:db8::1", false, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct addr a = addr_of(cases[i].text);

		if (addr_is_private(&a) != cases[i].private ||
		    addr_is_null(&a) != cases[i].null)
			fail_msg("%s", cases[i].text);
	}
}

static void prefixes_are_parsed(void **state)
{
	static const struct {
		const char *text;
		int rc, len;
		const char *shown;
	} cases[] = {
	    {"192.0.2.0/24", 0, 120, "192.0.2.0/24"},
	    {"192.0.2.7", 0, 128, "192.0.2.7/32"},
	    {"0.0.0.0/0", 0, 96, "0.0.0.0/0"},
	    {"192.0.2.128/25", 0, 121, "192.0.2.128/25"},
	    {"2001:db8::/32", 0, 32, "2001:db8::/32"},
	    {"2001:DB8::1", 0, 128, "2001:db8::1/128"},
	    {"::/0", 0, 0, "::/0"},
	    {"::ffff:192.0.2.0/120", 0, 120, "192.0.2.0/24"},
	    {"192.0.2.1/24", -2, 0, NULL},
	    {"192.0.2.128/24", -2, 0, NULL},
	    {"2001:db8::1/127", -2, 0, NULL},
	    {"::1/0", -2, 0, NULL},
	    {"192.0.2.0/33", -1, 0, NULL},
	    {"2001:db8::/129", -1, 0, NULL},
	    {"192.0.2.0/", -1, 0, NULL},
	    {"192.0.2.0/024", -1, 0, NULL},
	    {"192.0.2.0/+24", -1, 0, NULL},
	    {"192.0.2.0/24 ", -1, 0, NULL},
	    {"192.0.2.0/24/24", -1, 0, NULL},
	    {"192.0.2.0/9999999999", -1, 0, NULL},
	    {"/24", -1, 0, NULL},
	    {"", -1, 0, NULL},
	    {"example.net/24", -1, 0, NULL},
	    {"2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff:0000:1111:2222/64", -1, 0,
		NULL},
	};
	char buf[PREFIX_STRLEN];
	struct prefix p;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (prefix_parse(&p, cases[i].text) != cases[i].rc)
			fail_msg("\"%s\"", cases[i].text);
		if (cases[i].rc != 0)
			continue;
		assert_int_equal(p.len, cases[i].len);
		assert_string_equal(prefix_format(&p, buf), cases[i].shown);
	}
}

/* The plain reading: compare bit by bit. */
static bool contains_by_bits(const struct prefix *p, const struct addr *a)
{
	for (int i = 0; i < p->len; i++) {
		int shift = 7 - i % 8;

		if ((p->addr.b[i / 8] ^ a->b[i / 8]) >> shift & 1)
			return false;
	}
	return true;
}

static void every_length_and_every_flipped_bit_agrees_with_plain_reading(
    void **state)
{
	struct addr a = addr_of("2001:db8:a5a5:5a5a:c3c3:3c3c:9669:6996");

	(void)state;
	for (int len = 0; len <= 128; len++) {
		struct prefix p = {.addr = a, .len = (uint8_t)len};
		struct addr first = prefix_first(&p), last = prefix_last(&p);

		p.addr = first;
		assert_true(prefix_contains(&p, &a));
		assert_true(prefix_contains(&p, &first));
		assert_true(prefix_contains(&p, &last));
		assert_true(addr_compare(&first, &last) <= 0);
		assert_int_equal(addr_equal(&first, &last), len == 128);
		for (int bit = 0; bit < 128; bit++) {
			struct addr b = a;

			b.b[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
			assert_int_equal(prefix_contains(&p, &b), bit >= len);
			assert_int_equal(
			    prefix_contains(&p, &b), contains_by_bits(&p, &b));
		}
	}
}

static void first_and_last_address_are_the_ends(void **state)
{
	static const char *const cases[][3] = {
	    {"192.0.2.0/24", "192.0.2.0", "192.0.2.255"},
	    {"192.0.2.4/30", "192.0.2.4", "192.0.2.7"},
	    {"0.0.0.0/0", "0.0.0.0", "255.255.255.255"},
	    {"192.0.2.9/32", "192.0.2.9", "192.0.2.9"},
	    {"2001:db8::/33",
		"2001:db8::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct addr first, last;
		char buf[ADDR_STRLEN];
		struct prefix p;

		assert_int_equal(prefix_parse(&p, cases[i][0]), 0);
		first = prefix_first(&p);
		last = prefix_last(&p);
		assert_string_equal(addr_format(&first, buf), cases[i][1]);
		assert_string_equal(addr_format(&last, buf), cases[i][2]);
	}
}

static void a_list_contains_what_one_of_it_does(void **state)
{
	struct prefix list[2];
	struct addr a;

	(void)state;
	assert_int_equal(prefix_parse(&list[0], "192.0.2.0/25"), 0);
	assert_int_equal(prefix_parse(&list[1], "2001:db8::/32"), 0);
	assert_int_equal(addr_parse(&a, "2001:db8::1"), 0);
	assert_true(prefix_any_contains(list, 2, &a));
	assert_false(prefix_any_contains(list, 1, &a));
	assert_false(prefix_any_contains(NULL, 0, &a));
	assert_int_equal(addr_parse(&a, "192.0.2.128"), 0);
	assert_false(prefix_any_contains(list, 2, &a));
}

static void overlap_is_one_inside_of_the_other(void **state)
{
	static const struct {
		const char *a, *b;
		bool overlap;
	} cases[] = {
	    {"192.0.2.0/24", "192.0.2.0/24", true},
	    {"192.0.2.0/24", "192.0.2.128/25", true},
	    {"192.0.2.0/25", "192.0.2.128/25", false},
	    {"192.0.2.1/32", "192.0.2.0/31", true},
	    {"0.0.0.0/0", "192.0.2.0/24", true},
	    {"0.0.0.0/0", "2001:db8::/32", false},
	    {"2001:db8::/32", "2001:db8:ffff::/48", true},
	    {"2001:db8::/32", "2001:db9::/32", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct prefix p, q;

		assert_int_equal(prefix_parse(&p, cases[i].a), 0);
		assert_int_equal(prefix_parse(&q, cases[i].b), 0);
		assert_int_equal(prefix_overlaps(&p, &q), cases[i].overlap);
		assert_int_equal(prefix_overlaps(&q, &p), cases[i].overlap);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_is_canonical),
	    cmocka_unit_test(
		every_pattern_of_zero_groups_agrees_with_the_c_library),
	    cmocka_unit_test(what_is_no_address_is_refused),
	    cmocka_unit_test(order_is_the_bytes),
	    cmocka_unit_test(private_and_null_addresses_are_known),
	    cmocka_unit_test(prefixes_are_parsed),
	    cmocka_unit_test(
		every_length_and_every_flipped_bit_agrees_with_plain_reading),
	    cmocka_unit_test(first_and_last_address_are_the_ends),
	    cmocka_unit_test(a_list_contains_what_one_of_it_does),
	    cmocka_unit_test(overlap_is_one_inside_of_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
