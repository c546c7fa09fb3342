/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/radius_session.h"
#include "base/radius_target.h"
#include "tests/unit/base/radius_pkt.h"

static struct radius_session s;

/* "192.0.2.1/32:1024-2047 2001:db8::/56", "broken"; "!N": N refused. */
static const char *targets(const struct rpkt *k, const struct radius_map *m)
{
	static char text[2048];
	struct radius_targets t = {0};
	struct radius_packet p;
	struct radius_walk w;
	struct radius_attr a;
	bool ok = true;
	size_t n = 0;

	text[0] = '\0';
	memset(&s, 0, sizeof(s));
	assert_int_equal(radius_open(&p, k->b, k->n), RADIUS_OK);
	radius_walk_init(&w, &p);
	while (radius_walk_next(&w, &a))
		ok = radius_targets_take(&t, m, &a) && ok;
	if (!ok || !radius_targets_set(&t, m, &s))
		return "broken";
	for (int i = 0; i < s.n_targets; i++) {
		const struct radius_target *x = &s.targets[i];
		char buf[PREFIX_STRLEN];

		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s",
		    i > 0 ? " " : "", prefix_format(&x->prefix, buf));
		if (x->first_port != 0 || x->last_port != 0)
			n += (size_t)snprintf(text + n, sizeof(text) - n,
			    ":%u-%u", x->first_port, x->last_port);
	}
	if (s.refused > 0)
		snprintf(text + n, sizeof(text) - n, "!%d", s.refused);
	return text;
}

static const struct radius_map plain = {.framed_netmask = false};
static const struct radius_map netmask = {.framed_netmask = true};
static const struct radius_map huawei = {.cgn_address = {2011, 161},
    .cgn_first_port = {2011, 162},
    .cgn_last_port = {2011, 163}};
static const struct radius_map counted = {
    .cgn_first_port = {2011, 162}, .cgn_port_count = {2011, 163}};
static const struct radius_map nokia = {.cgn_block = {6527, 121}};

static void framed_addresses(void **state)
{
	static const struct {
		uint32_t addr, mask;
		const char *plain, *netmask;
	} rows[] = {
	    {0xc6336407, 0xffffffff, "198.51.100.7/32", "198.51.100.7/32"},
	    {0xc6336407, 0xfffffff8, "198.51.100.7/32", "198.51.100.0/29"},
	    {0xc6336407, 0xff00ff00, "198.51.100.7/32", "198.51.100.7/32"},
	    {0xc6336407, 0xffff0000, "198.51.100.7/32", "198.51.0.0/16"},
	    {0xc6336407, 0xfffe0000, "198.51.100.7/32", "!1"},
	    {0xc6336407, 0, "198.51.100.7/32", "!1"},
	    {0xffffffff, 0xffffff00, "", ""},
	    {0xfffffffe, 0xffffff00, "", ""},
	    {0, 0, "", ""},
	    {0x7f000001, 0xffffffff, "!1", "!1"},
	    {0xa9fe0101, 0xffffffff, "!1", "!1"},
	    {0xe0000001, 0xffffffff, "!1", "!1"},
	    {0x64400001, 0xffffffff, "100.64.0.1/32", "100.64.0.1/32"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rpkt k;

		rpkt_begin(&k, 4);
		rpkt_u32(&k, RADIUS_FRAMED_IP_ADDRESS, rows[i].addr);
		rpkt_u32(&k, RADIUS_FRAMED_IP_NETMASK, rows[i].mask);
		if (strcmp(targets(&k, &plain), rows[i].plain) != 0)
			fail_msg("row %zu: %s", i, targets(&k, &plain));
		if (strcmp(targets(&k, &netmask), rows[i].netmask) != 0)
			fail_msg("row %zu: %s", i, targets(&k, &netmask));
	}
}

static void prefixes(void **state)
{
	static const struct {
		uint8_t length, n;
		uint8_t v[17];
		const char *want;
	} rows[] = {
	    {48, 6, {0x20, 1, 0xd, 0xb8, 0, 0x12}, "2001:db8:12::/48"},
	    {56, 16, {0x20, 1, 0xd, 0xb8, 0, 0x12, 0x34, 0x56, 1},
		"2001:db8:12:3400::/56"},
	    {57, 8, {0x20, 1, 0xd, 0xb8, 0, 0x12, 0x34, 0xff},
		"2001:db8:12:3480::/57"},
	    {128, 16, {0x20, 1, 0xd, 0xb8}, "2001:db8::/128"},
	    {128, 15, {0x20, 1, 0xd, 0xb8}, "broken"},
	    {57, 7, {0x20, 1, 0xd, 0xb8}, "broken"},
	    {129, 16, {0x20, 1, 0xd, 0xb8}, "broken"},
	    {255, 16, {0x20, 1, 0xd, 0xb8}, "broken"},
	    {128, 17, {0x20, 1, 0xd, 0xb8}, "broken"},
	    {0, 0, {0}, "!1"},
	    {31, 4, {0x20, 1, 0xd, 0xb8}, "!1"},
	    {32, 4, {0x20, 1, 0xd, 0xb8}, "2001:db8::/32"},
	    {64, 8, {0xfe, 0x80}, "!1"},
	    {64, 8, {0xfd, 1}, "fd01::/64"},
	    {64, 8, {0xff, 2}, "!1"},
	    /* No IPv4 by the back door. */
	    {128, 16, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1},
		"!1"},
	    {96, 16, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255}, "!1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static const unsigned int types[] = {
		    RADIUS_FRAMED_IPV6_PREFIX, RADIUS_DELEGATED_IPV6_PREFIX};

		for (int t = 0; t < 2; t++) {
			struct rpkt k;

			rpkt_begin(&k, 4);
			rpkt_prefix(
			    &k, types[t], rows[i].length, rows[i].v, rows[i].n);
			if (strcmp(targets(&k, &plain), rows[i].want) != 0)
				fail_msg("row %zu: %s", i, targets(&k, &plain));
		}
	}
}

static void many_are_bounded_and_the_same_is_one(void **state)
{
	uint8_t v[16] = {0x20, 1, 0xd, 0xb8};
	struct rpkt k;

	(void)state;
	rpkt_begin(&k, 4);
	rpkt_prefix(&k, RADIUS_FRAMED_IPV6_PREFIX, 64, v, 8);
	rpkt_prefix(&k, RADIUS_DELEGATED_IPV6_PREFIX, 64, v, 8);
	rpkt_attr(&k, RADIUS_FRAMED_IPV6_ADDRESS, v, 16);
	assert_string_equal(
	    targets(&k, &plain), "2001:db8::/64 2001:db8::/128");
	rpkt_begin(&k, 4);
	rpkt_u32(&k, RADIUS_FRAMED_IP_ADDRESS, 0xc6336407);
	for (int i = 0; i < 20; i++) {
		v[15] = (uint8_t)i;
		rpkt_attr(&k, RADIUS_FRAMED_IPV6_ADDRESS, v, 16);
	}
	(void)targets(&k, &plain);
	assert_int_equal(s.n_targets, RADIUS_TARGETS_MAX);
	assert_int_equal(s.refused, 5);
}

struct block {
	int address;         /* last byte of 203.0.113.x; 0: none */
	int64_t first, last; /* -1: none */
};

static void add_block(struct rpkt *k, const struct block *b)
{
	if (b->address != 0)
		rpkt_vendor_u32(
		    k, 2011, 161, 0xcb007100u | (unsigned int)b->address);
	if (b->first >= 0)
		rpkt_vendor_u32(k, 2011, 162, (uint32_t)b->first);
	if (b->last >= 0)
		rpkt_vendor_u32(k, 2011, 163, (uint32_t)b->last);
}

static void port_blocks_are_whole_or_nothing(void **state)
{
	static const struct {
		struct block b[2];
		int n;
		const char *huawei, *counted;
	} rows[] = {
	    {{{5, 1024, 2047}}, 1, "203.0.113.5/32:1024-2047 100.64.0.1/32",
		"broken"},
	    {{{5, 1024, 2047}, {6, 2048, 3071}}, 2,
		"203.0.113.5/32:1024-2047 203.0.113.6/32:2048-3071 "
		"100.64.0.1/32",
		"broken"},
	    {{{5, 1024, 2047}, {0, 4096, 5119}}, 2,
		"203.0.113.5/32:1024-2047 203.0.113.5/32:4096-5119 "
		"100.64.0.1/32",
		"broken"},
	    {{{5, 1024, 1023}}, 1, "broken", "broken"},
	    {{{5, 1024, 65536}}, 1, "broken", "broken"},
	    {{{5, 70000, 70001}}, 1, "broken", "broken"},
	    {{{5, 1024, -1}}, 1, "broken", "broken"},
	    {{{5, -1, 1024}}, 1, "broken", "broken"},
	    {{{0, 1024, 2047}}, 1, "broken", "100.64.0.1/32:1024-3070"},
	    {{{0, 1024, 0}}, 1, "broken", "broken"},
	    {{{0, 64512, 1024}}, 1, "broken", "100.64.0.1/32:64512-65535"},
	    {{{0, 64513, 1024}}, 1, "broken", "broken"},
	    {{{0, 1, UINT32_MAX}}, 1, "broken", "broken"},
	    {{{5, -1, -1}}, 1, "100.64.0.1/32!1", "100.64.0.1/32"},
	    /* A share of it, but nobody says which. */
	    {{{0, -1, -1}}, 1, "100.64.0.1/32", "!1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rpkt k;

		rpkt_begin(&k, 4);
		rpkt_u32(&k, RADIUS_FRAMED_IP_ADDRESS, 0x64400001);
		for (int b = 0; b < rows[i].n; b++)
			add_block(&k, &rows[i].b[b]);
		if (strcmp(targets(&k, &huawei), rows[i].huawei) != 0)
			fail_msg("row %zu: %s", i, targets(&k, &huawei));
		/* There, 161 is an attribute of no interest. */
		if (rows[i].b[0].address == 0 &&
		    strcmp(targets(&k, &counted), rows[i].counted) != 0)
			fail_msg("row %zu: %s", i, targets(&k, &counted));
	}
}

static void blocks_in_text(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"203.0.113.5 1024..2047 router base outside",
		"203.0.113.5/32:1024-2047"},
	    {"203.0.113.5 1024..2047", "203.0.113.5/32:1024-2047"},
	    {"203.0.113.5 1024..2047x", "broken"},
	    {"203.0.113.5 1024-2047", "broken"},
	    {"203.0.113.5 1024..", "broken"},
	    {"203.0.113.5", "broken"},
	    {"203.0.113.5 2047..1024", "broken"},
	    {"203.0.113.5 1024..99999999999", "broken"},
	    {"2001:db8::1 1024..2047", "broken"},
	    {"", "broken"},
	    {"abcd 1024..2047", "broken"},
	    {" 1024..2047", "broken"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rpkt k;

		rpkt_begin(&k, 4);
		rpkt_vendor(&k, 6527, 121, rows[i].text, strlen(rows[i].text));
		if (strcmp(targets(&k, &nokia), rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].text, targets(&k, &nokia));
	}
}

static void integers_of_two_bytes_and_addresses_in_text(void **state)
{
	struct rpkt k;

	(void)state;
	rpkt_begin(&k, 4);
	rpkt_vendor(&k, 2011, 161, "203.0.113.5", 11);
	rpkt_vendor(&k, 2011, 162, "\x04\x00", 2);
	rpkt_vendor(&k, 2011, 163, "\x07\xff", 2);
	assert_string_equal(targets(&k, &huawei), "203.0.113.5/32:1024-2047");
	rpkt_vendor(&k, 2011, 163, "\x07\xff\x01", 3);
	assert_string_equal(targets(&k, &huawei), "broken");
}

static void more_blocks_than_there_is_room_for_are_broken(void **state)
{
	struct block b = {5, 1024, 1087};
	struct rpkt k;

	(void)state;
	rpkt_begin(&k, 4);
	for (int i = 0; i < RADIUS_BLOCKS_MAX; i++, b.first += 64, b.last += 64)
		add_block(&k, &b);
	(void)targets(&k, &huawei);
	assert_int_equal(s.n_targets, RADIUS_BLOCKS_MAX);
	add_block(&k, &b);
	assert_string_equal(targets(&k, &huawei), "broken");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(framed_addresses),
	    cmocka_unit_test(prefixes),
	    cmocka_unit_test(many_are_bounded_and_the_same_is_one),
	    cmocka_unit_test(port_blocks_are_whole_or_nothing),
	    cmocka_unit_test(blocks_in_text),
	    cmocka_unit_test(integers_of_two_bytes_and_addresses_in_text),
	    cmocka_unit_test(more_blocks_than_there_is_room_for_are_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
