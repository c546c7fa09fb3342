/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "analyzer/identity/radius/seen.h"
#include "tests/unit/base/radius_pkt.h"

static uint64_t key_of(const struct radius_seen *s, const char *from,
    uint16_t port, unsigned int id, uint8_t auth)
{
	struct radius_packet p;
	struct rpkt k;
	struct addr a;

	assert_int_equal(addr_parse(&a, from), 0);
	rpkt_start(&k, 1);
	k.b[1] = (uint8_t)id;
	k.b[19] = auth;
	assert_int_equal(radius_open(&p, k.b, k.n), RADIUS_OK);
	return radius_seen_key(s, &a, port, &p);
}

static void only_the_very_same_is_known_and_not_for_ever(void **state)
{
	struct radius_seen *s = radius_seen_new();
	uint64_t k = key_of(s, "192.0.2.1", 1000, 1, 1);

	(void)state;
	assert_false(radius_seen_has(s, k, 100));
	radius_seen_add(s, k, 100);
	assert_true(radius_seen_has(s, k, 100));
	assert_false(
	    radius_seen_has(s, key_of(s, "192.0.2.2", 1000, 1, 1), 100));
	assert_false(
	    radius_seen_has(s, key_of(s, "192.0.2.1", 1001, 1, 1), 100));
	assert_false(
	    radius_seen_has(s, key_of(s, "192.0.2.1", 1000, 2, 1), 100));
	assert_false(
	    radius_seen_has(s, key_of(s, "192.0.2.1", 1000, 1, 2), 100));
	assert_true(radius_seen_has(s, k, 99 + RADIUS_SEEN_US));
	assert_false(radius_seen_has(s, k, 100 + RADIUS_SEEN_US));
	radius_seen_free(s);
}

static void the_newest_are_kept(void **state)
{
	struct radius_seen *s = radius_seen_new();
	uint64_t x = 88172645463325252u;
	static uint64_t keys[200000];
	int known = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		keys[i] = x;
		radius_seen_add(s, x, i + 1);
	}
	for (int i = 200000 - 16384; i < 200000; i++)
		known += radius_seen_has(s, keys[i], 200001);
	/* A quarter of the room: nearly none was displaced. */
	assert_true(known > 16384 * 95 / 100);
	assert_false(radius_seen_has(s, keys[0], 200001));
	radius_seen_free(s);
	radius_seen_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_the_very_same_is_known_and_not_for_ever),
	    cmocka_unit_test(the_newest_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
