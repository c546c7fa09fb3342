/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/clock.h"
#include "reports/api/limiter.h"

static struct limiter l;

static void ten_failures_and_then_a_wait(void **state)
{
	int64_t t = 1000 * US_PER_S;

	(void)state;
	assert_int_equal(limiter_init(&l, 10, 300 * US_PER_S), 0);
	for (int i = 0; i < 10; i++) {
		assert_int_equal(limiter_wait_s(&l, "a", 1, t), 0);
		limiter_failed(&l, "a", 1, t + i);
	}
	assert_int_equal(limiter_wait_s(&l, "a", 1, t + 10), 300);
	assert_int_equal(limiter_wait_s(&l, "b", 1, t + 10), 0);
	/* More failures do not lengthen it: who guesses on gets no more. */
	limiter_failed(&l, "a", 1, t + 200 * US_PER_S);
	assert_int_equal(limiter_wait_s(&l, "a", 1, t + 299 * US_PER_S), 2);
	assert_int_equal(limiter_wait_s(&l, "a", 1, t + 301 * US_PER_S), 0);
	limiter_failed(&l, "a", 1, t + 301 * US_PER_S);
	assert_int_equal(limiter_wait_s(&l, "a", 1, t + 301 * US_PER_S), 0);
}

static void a_home_is_one(void **state)
{
	char a[LIMITER_KEY], b[LIMITER_KEY];
	struct addr x, y;

	(void)state;
	assert_int_equal(addr_parse(&x, "2001:db8:1:2:3::4"), 0);
	assert_int_equal(addr_parse(&y, "2001:db8:1:2:ffff::9"), 0);
	assert_int_equal(limiter_key(&x, a), strlen("2001:db8:1:2::"));
	limiter_key(&y, b);
	assert_string_equal(a, b);
	assert_int_equal(addr_parse(&y, "2001:db8:1:3:3::4"), 0);
	limiter_key(&y, b);
	assert_string_not_equal(a, b);
	assert_int_equal(addr_parse(&x, "192.0.2.1"), 0);
	assert_int_equal(addr_parse(&y, "192.0.2.2"), 0);
	limiter_key(&x, a);
	limiter_key(&y, b);
	assert_string_not_equal(a, b);
	assert_int_equal(limiter_key(NULL, a), strlen("socket"));
}

static void the_slot_of_somebody_cannot_be_guessed(void **state)
{
	static struct limiter a, b;
	int same = 0;

	(void)state;
	assert_int_equal(limiter_init(&a, 1, US_PER_S), 0);
	assert_int_equal(limiter_init(&b, 1, US_PER_S), 0);
	for (uint8_t i = 0; i < 100; i++) {
		limiter_failed(&a, &i, 1, US_PER_S);
		limiter_failed(&b, &i, 1, US_PER_S);
	}
	for (size_t i = 0; i < LIMITER_SLOTS; i++)
		same += a.slots[i].count > 0 && b.slots[i].count > 0;
	assert_in_range(same, 0, 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ten_failures_and_then_a_wait),
	    cmocka_unit_test(a_home_is_one),
	    cmocka_unit_test(the_slot_of_somebody_cannot_be_guessed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
