/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "tests/unit/base/radius_pkt.h"

static void only_whole_headers_are_opened(void **state)
{
	struct radius_packet p;
	struct rpkt k;

	(void)state;
	rpkt_start(&k, 1);
	assert_int_equal(radius_open(&p, k.b, k.n), RADIUS_OK);
	assert_int_equal(p.code, 4);
	assert_int_equal(p.id, 7);
	assert_int_equal(p.length, k.n);
	assert_null(p.message_mac);
	for (size_t i = 0; i < k.n; i++) {
		/* Exactly as large: the sanitizer sees a read past it. */
		uint8_t *copy = malloc(i + 1);

		memcpy(copy, k.b, i);
		assert_int_equal(radius_open(&p, copy, i), RADIUS_SHORT);
		free(copy);
	}
	assert_int_equal(radius_open(&p, NULL, 0), RADIUS_SHORT);
}

static void what_stands_behind_the_length_is_padding(void **state)
{
	struct radius_packet p;
	struct radius_walk w;
	struct radius_attr a;
	struct rpkt k;
	int n = 0;

	(void)state;
	rpkt_start(&k, 1);
	k.b[k.n] = 1;
	k.b[k.n + 1] = 0; /* no attribute, if it were one */
	assert_int_equal(radius_open(&p, k.b, k.n + 2), RADIUS_OK);
	radius_walk_init(&w, &p);
	while (radius_walk_next(&w, &a))
		n++;
	assert_int_equal(n, 4);
}

static void a_length_out_of_bounds_is_refused(void **state)
{
	static const struct {
		unsigned int length;
		enum radius_error want;
	} rows[] = {{0, RADIUS_LENGTH}, {19, RADIUS_LENGTH}, {20, RADIUS_OK},
	    {4097, RADIUS_LENGTH}, {65535, RADIUS_LENGTH}, {4096, RADIUS_OK}};
	static uint8_t b[70000];
	struct radius_packet p;

	(void)state;
	b[0] = 4;
	for (size_t i = RADIUS_HEADER_BYTES; i + 1 < sizeof(b); i += 2) {
		b[i] = 200;
		b[i + 1] = 2;
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		b[2] = (uint8_t)(rows[i].length >> 8);
		b[3] = (uint8_t)rows[i].length;
		assert_int_equal(radius_open(&p, b, sizeof(b)), rows[i].want);
	}
}

static void one_broken_attribute_breaks_the_packet(void **state)
{
	static const struct {
		uint8_t b[4];
		size_t n;
	} tails[] = {{{1}, 1}, {{1, 0}, 2}, {{1, 1}, 2}, {{1, 3}, 2},
	    {{1, 255, 0}, 3}, {{80, 4, 1, 2}, 4} /* Message-Authenticator */};
	struct radius_packet p;

	(void)state;
	for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
		struct rpkt k;

		rpkt_start(&k, 1);
		memcpy(k.b + k.n, tails[i].b, tails[i].n);
		k.n += tails[i].n;
		rpkt_set_length(&k);
		if (radius_open(&p, k.b, k.n) != RADIUS_ATTRIBUTE)
			fail_msg("tail %zu", i);
	}
}

static void vendors_are_walked_into(void **state)
{
	static const uint8_t two[] = {
	    0, 0, 7, 0xdb, 161, 6, 203, 0, 113, 5, 162, 6, 0, 0, 4, 0};
	static const uint8_t odd[] = {0, 0, 0, 9, 1, 4, 'x', 'y', 2, 9, 'z'};
	static const uint8_t cut[] = {0, 0, 1};
	struct radius_packet p;
	struct radius_walk w;
	struct radius_attr a;
	struct rpkt k;
	uint32_t v;

	(void)state;
	rpkt_begin(&k, 4);
	rpkt_attr(&k, RADIUS_VENDOR_SPECIFIC, two, sizeof(two));
	rpkt_attr(&k, RADIUS_VENDOR_SPECIFIC, odd, sizeof(odd));
	rpkt_attr(&k, RADIUS_VENDOR_SPECIFIC, cut, sizeof(cut));
	rpkt_attr(&k, RADIUS_VENDOR_SPECIFIC, NULL, 0);
	rpkt_attr(&k, RADIUS_EXTENDED_1, two, 5);
	assert_int_equal(radius_open(&p, k.b, k.n), RADIUS_OK);
	radius_walk_init(&w, &p);
	assert_true(radius_walk_next(&w, &a));
	assert_int_equal(a.vendor, 2011);
	assert_int_equal(a.type, 161);
	assert_true(radius_walk_next(&w, &a));
	assert_int_equal(a.type, 162);
	assert_true(radius_u32(&a, &v));
	assert_int_equal(v, 1024);
	assert_true(radius_walk_next(&w, &a));
	assert_int_equal(a.vendor, 9);
	assert_int_equal(a.len, 2);
	assert_true(radius_walk_next(&w, &a));
	assert_int_equal(a.vendor, 0);
	assert_int_equal(a.type, RADIUS_EXTENDED_1);
	assert_false(radius_u32(&a, &v));
	assert_false(radius_walk_next(&w, &a));
	assert_int_equal(w.odd, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_whole_headers_are_opened),
	    cmocka_unit_test(what_stands_behind_the_length_is_padding),
	    cmocka_unit_test(a_length_out_of_bounds_is_refused),
	    cmocka_unit_test(one_broken_attribute_breaks_the_packet),
	    cmocka_unit_test(vendors_are_walked_into),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
