/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/spread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/addr.h"
#include "base/clock.h"

static struct spread_rule rule_of(int64_t servers)
{
	return (struct spread_rule){.span_us = 7 * US_PER_DAY,
	    .all = spread_goal_of(servers),
	    .few = spread_goal_of((servers + 3) / 4),
	    .helos = 8};
}

static int note(struct spread *s, const struct spread_rule *r, int n,
    int64_t ts_us, uint64_t helo)
{
	struct spread_session of = {ts_us, n + 1, 0, helo};
	struct addr a = {{0}};

	a.b[13] = (uint8_t)(n >> 16);
	a.b[14] = (uint8_t)(n >> 8);
	a.b[15] = (uint8_t)n;
	of.server = key_of_addr(&a);
	return spread_note(s, r, &of);
}

/* How many different servers it takes. */
static int needed(const struct spread_rule *r, int helos)
{
	struct spread s = {0};
	int n = 0;

	while (n < 20000 && note(&s, r, n, n, (uint64_t)(n % helos) + 1) == 0)
		n++;
	spread_clear(&s);
	return n + 1;
}

static void the_count_is_within_its_error(void **state)
{
	(void)state;
	for (int n = 100; n <= 4000; n += 300) {
		struct spread_rule r = rule_of(n);

		assert_in_range(needed(&r, 1), n - n / 8, n + n / 8);
	}
}

static void many_names_need_a_fourth(void **state)
{
	struct spread_rule r = rule_of(600);

	(void)state;
	assert_in_range(needed(&r, 8), 130, 170);
	assert_in_range(needed(&r, 7), 525, 675);
	r.helos = 0;
	assert_in_range(needed(&r, 8), 525, 675);
}

static void the_same_servers_again_are_nothing_new(void **state)
{
	struct spread_rule rule = rule_of(600);
	struct spread s = {0};

	(void)state;
	for (int i = 0; i < 100000; i++)
		assert_int_equal(note(&s, &rule, i % 500, i, 1), 0);
	assert_int_equal(s.sessions, 100000);
	spread_clear(&s);
}

static void a_window_ends(void **state)
{
	struct spread_rule rule = rule_of(600);
	struct spread s = {0};

	(void)state;
	for (int i = 0; i < 500; i++)
		assert_int_equal(note(&s, &rule, i, 10, 1), 0);
	/* Within the week all 1,000 would count. */
	for (int i = 500; i < 1000; i++)
		assert_int_equal(note(&s, &rule, i, 10 + rule.span_us, 1), 0);
	assert_int_equal(s.sessions, 500);
	assert_int_equal(s.first_obs, 501);
	spread_clear(&s);
}

static bool knows(const struct spread *s, int n, int64_t ts_us)
{
	struct addr a = {{0}};

	a.b[14] = (uint8_t)(n >> 8);
	a.b[15] = (uint8_t)n;
	return spread_knows(s, 7 * US_PER_DAY, ts_us, key_of_addr(&a));
}

/* In the window and the one before, and no longer, session or no session. */
static void a_server_is_known_for_two_windows(void **state)
{
	struct spread_rule rule = rule_of(600);
	struct spread s = {0};

	(void)state;
	assert_false(knows(&s, 1, 10));
	note(&s, &rule, 1, 10, 1);
	assert_true(knows(&s, 1, 10));
	assert_false(knows(&s, 2, 10));
	assert_true(knows(&s, 1, 9 + 2 * rule.span_us));
	assert_false(knows(&s, 1, 10 + 2 * rule.span_us));
	note(&s, &rule, 2, 20 + rule.span_us, 1);
	assert_int_equal(s.seen.n, 1);
	assert_true(knows(&s, 1, 19 + 2 * rule.span_us));
	assert_true(knows(&s, 2, 19 + 2 * rule.span_us));
	assert_false(knows(&s, 1, 20 + 2 * rule.span_us));
	assert_true(knows(&s, 2, 20 + 2 * rule.span_us));
	note(&s, &rule, 3, 20 + 3 * rule.span_us, 1);
	assert_false(knows(&s, 2, 20 + 3 * rule.span_us));
	assert_false(knows(&s, 1, 20 + 3 * rule.span_us));
	spread_clear(&s);
	assert_false(knows(&s, 3, 20 + 3 * rule.span_us));
}

static void bits_are_those_of_the_law(void **state)
{
	(void)state;
	assert_int_equal(spread_goal_of(0).bits, 0);
	assert_int_equal(spread_goal_of(1).bits, 1);
	assert_int_equal(spread_goal_of(600).bits, 520); /* 2048 (1 - .7460) */
	assert_int_equal(
	    spread_goal_of(2400).bits, 1414); /* 2048 (1 - .3097) */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_count_is_within_its_error),
	    cmocka_unit_test(many_names_need_a_fourth),
	    cmocka_unit_test(the_same_servers_again_are_nothing_new),
	    cmocka_unit_test(a_window_ends),
	    cmocka_unit_test(a_server_is_known_for_two_windows),
	    cmocka_unit_test(bits_are_those_of_the_law),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
