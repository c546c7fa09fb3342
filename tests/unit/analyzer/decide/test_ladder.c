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

/* Blocks of incidents, 100 s each; 'A' is forgiven at the end. */
static void test_what_was_no_abuse_does_not_count(void **state)
{
	static const struct {
		const char *incidents;
		int step_then, next;
	} cases[] = {
	    {"A", 0, 1},
	    {"B", 1, 2},
	    {"AB", 1, 2},
	    {"BA", 1, 2},
	    {"BAC", 2, 3},
	    {"AAAAB", 1, 2},
	    {"AAAAAAAA", 0, 1},
	    /* The first two are beyond what is remembered. */
	    {"BCAAAAAAAA", 2, 3},
	    {"BCDEFGHIJK", 4, 4},
	};
	struct conf c = {
	    .ladder_s = {600, 3600, 86400, 604800}, .ladder_memory_s = 5000};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ladder l = {.step = 0};
		int64_t now_us = 0;

		for (const char *p = cases[i].incidents; *p != '\0'; p++) {
			now_us += 100 * US_PER_S;
			assert_int_equal(ladder_begin(&l, &c, *p, now_us), 0);
			now_us += 100 * US_PER_S;
			ladder_end(&l, now_us);
		}
		ladder_forgive(&l, &c, 'A');
		assert_int_equal(l.step, cases[i].step_then);
		assert_int_equal(
		    ladder_next(&l, &c, now_us + 1), cases[i].next);
		ladder_free(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_repeats_climb_and_stay_on_the_last_step),
	    cmocka_unit_test(test_a_short_ladder),
	    cmocka_unit_test(test_what_was_no_abuse_does_not_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
