/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/ladder.h"

#include "../detect/feed.h"

#define MEMORY_US (30 * US_PER_DAY)

static void test_repeats_climb_and_stay_on_the_last_step(void **state)
{
	struct conf c = {.ladder_s = {600, 3600, 86400, 604800},
	    .ladder_memory_s = 30 * 86400};
	struct ladder l = {0};
	static const int64_t want_s[] = {600, 3600, 86400, 604800, 604800};

	(void)state;
	for (int i = 0; i < 5; i++) {
		l.step = ladder_next(&l, &c, l.last_us + MEMORY_US);
		l.last_us += 1000;
		assert_int_equal(l.step, i < 4 ? i + 1 : 4);
		assert_int_equal(ladder_seconds(&c, l.step), want_s[i]);
	}
	assert_int_equal(ladder_next(&l, &c, l.last_us + MEMORY_US), 4);
	assert_int_equal(ladder_next(&l, &c, l.last_us + MEMORY_US + 1), 1);
}

static void test_a_short_ladder(void **state)
{
	struct conf c = {.ladder_s = {60, 120, 0, 0}, .ladder_memory_s = 100};
	struct ladder l = {.step = 2, .last_us = 5};

	(void)state;
	assert_int_equal(ladder_steps(&c), 2);
	assert_int_equal(ladder_next(&l, &c, 6), 2);
	l.step = 4; /* made under a longer ladder */
	assert_int_equal(ladder_next(&l, &c, 6), 2);
	assert_int_equal(ladder_seconds(&c, 4), 120);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_repeats_climb_and_stay_on_the_last_step),
	    cmocka_unit_test(test_a_short_ladder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
