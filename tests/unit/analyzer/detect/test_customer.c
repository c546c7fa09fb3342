/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/customer.h"

#include "feed.h"

#define HOUR_US (3600 * US_PER_S)

static void test_found_again_and_counted_once(void **state)
{
	struct feed *f = feed_new();
	struct customers t = {.max = 10};
	struct customer *c = customers_get(&t, "C1", &f->conf, 1);

	(void)state;
	assert_non_null(c);
	assert_ptr_equal(customers_get(&t, "C1", &f->conf, 2), c);
	assert_ptr_equal(customers_find(&t, "C1"), c);
	assert_null(customers_find(&t, "C2"));
	assert_int_equal(t.n, 1);
	customers_free(&t);
	assert_int_equal(t.n, 0);
	assert_null(customers_find(&t, "C1"));
	feed_free(f);
}

static void test_only_who_is_like_new_makes_room(void **state)
{
	struct feed *f = feed_new();
	struct customers t = {.max = 5};
	int64_t now_us = 1000 * HOUR_US;
	static const char *const ids[] = {
	    "score", "held", "ladder", "idle", "due"};

	(void)state;
	for (int i = 0; i < 5; i++)
		customers_get(&t, ids[i], &f->conf, now_us)->last_us = now_us;
	customers_find(&t, "score")->score.value_milli = 1;
	customers_find(&t, "held")->standing.holds[HOLD_ALLOW].seq = 1;
	customers_find(&t, "ladder")->standing.ladder.step = 1;
	customers_find(&t, "ladder")->standing.ladder.last_us = now_us;
	customers_find(&t, "due")->heap_at = 1;
	/* Too early for anybody: the table grows. */
	assert_non_null(customers_get(&t, "new1", &f->conf, now_us + HOUR_US));
	customers_find(&t, "new1")->last_us = now_us + HOUR_US;
	assert_int_equal(t.n, 6);
	assert_int_equal(t.over, 1);
	now_us += 26 * HOUR_US;
	assert_non_null(customers_get(&t, "new2", &f->conf, now_us));
	customers_find(&t, "new2")->last_us = now_us;
	assert_int_equal(t.n, 6);
	assert_int_equal(t.evicted, 1);
	assert_null(customers_find(&t, "idle"));
	for (int i = 0; i < 3; i++)
		assert_non_null(customers_find(&t, ids[i]));
	/* The ladder forgets after its memory. */
	now_us += 32 * US_PER_DAY;
	assert_non_null(customers_get(&t, "new3", &f->conf, now_us));
	assert_non_null(customers_get(&t, "new4", &f->conf, now_us));
	assert_non_null(customers_get(&t, "new5", &f->conf, now_us));
	assert_null(customers_find(&t, "ladder"));
	assert_non_null(customers_find(&t, "score"));
	assert_non_null(customers_find(&t, "held"));
	assert_non_null(customers_find(&t, "due"));
	customers_free(&t);
	feed_free(f);
}

static void test_time_goes_forward_or_begins_anew(void **state)
{
	static const struct burst_rule rule = {
	    .span_us = US_PER_DAY, .events = 3, .keep = 1};
	struct customer c = {0};

	(void)state;
	assert_int_equal(customer_advance(&c, 100 * US_PER_S), 100 * US_PER_S);
	assert_int_equal(burst_note(&c.logins, &rule, c.last_us, 1, 1), 0);
	assert_int_equal(customer_advance(&c, 41 * US_PER_S), 100 * US_PER_S);
	assert_int_equal(c.logins.n_events, 1);
	assert_int_equal(customer_advance(&c, 40 * US_PER_S), 40 * US_PER_S);
	assert_int_equal(c.logins.n_events, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_found_again_and_counted_once),
	    cmocka_unit_test(test_only_who_is_like_new_makes_room),
	    cmocka_unit_test(test_time_goes_forward_or_begins_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
