/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/places.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static uint64_t seed;

static uint32_t roll(uint32_t n)
{
	seed = seed * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (uint32_t)(seed >> 33) % n;
}

/* The same, one byte a place. */
static int add_plain(bool *set, uint32_t at)
{
	bool was = set[at];

	set[at] = true;
	return !was;
}

static void assert_same(const struct places *p, const bool *set)
{
	uint64_t words[PLACES_WORDS];
	uint32_t n = 0;

	memset(words, 0xaa, sizeof(words));
	places_words(p, words);
	for (uint32_t i = 0; i < PLACES_MAX; i++) {
		assert_int_equal(words[i / 64] >> i % 64 & 1, set[i]);
		assert_int_equal(places_has(p, i), set[i]);
		n += set[i];
	}
	assert_int_equal(p->n, n);
}

/* Of few places, of many, close together and far apart. */
static void it_does_what_a_plain_set_does(void **state)
{
	static const uint32_t ranges[] = {1, 5, 13, 40, 61, 200, PLACES_MAX};

	(void)state;
	for (int round = 0; round < 350; round++) {
		uint32_t range = ranges[round % 7];
		uint32_t base = roll(PLACES_MAX - range + 1);
		uint32_t adds = roll(range * 3 + 1);
		struct places p = {0};
		bool set[PLACES_MAX] = {false};

		seed = (uint64_t)round;
		for (uint32_t i = 0; i < adds; i++) {
			uint32_t at = base + roll(range);

			assert_int_equal(
			    places_add(&p, at), add_plain(set, at));
			if (i % 7 == 0)
				assert_same(&p, set);
		}
		assert_same(&p, set);
		places_clear(&p);
		assert_int_equal(p.n, 0);
	}
}

static void every_form_passes_into_the_next(void **state)
{
	struct places p = {0};
	bool set[PLACES_MAX] = {false};

	(void)state;
	/* The ends of the range, then downward: always before the first. */
	assert_int_equal(places_add(&p, PLACES_MAX - 1), 1);
	assert_int_equal(places_add(&p, 0), 1);
	set[0] = set[PLACES_MAX - 1] = true;
	for (uint32_t at = PLACES_MAX - 2; at > 0; at--) {
		assert_int_equal(p.cap == 0, p.n <= PLACES_FEW);
		assert_int_equal(places_add(&p, at), 1);
		assert_int_equal(places_add(&p, at), 0);
		set[at] = true;
		if (p.n < 200)
			assert_same(&p, set);
	}
	assert_int_equal(p.cap, PLACES_MAX);
	assert_same(&p, set);
	places_clear(&p);
}

static void few_need_no_memory_but_their_own(void **state)
{
	struct places p = {0};

	(void)state;
	assert_int_equal(sizeof(p), 16);
	for (uint32_t i = 0; i < PLACES_FEW; i++)
		assert_int_equal(places_add(&p, i * 500), 1);
	assert_int_equal(p.cap, 0);
	assert_int_equal(places_add(&p, 7), 1);
	assert_true(p.cap > PLACES_FEW && p.cap < PLACES_MAX);
	places_clear(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_does_what_a_plain_set_does),
	    cmocka_unit_test(every_form_passes_into_the_next),
	    cmocka_unit_test(few_need_no_memory_but_their_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
