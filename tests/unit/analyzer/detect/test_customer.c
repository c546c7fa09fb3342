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
	struct ladder *ladder;
	static const char *const ids[] = {
	    "score", "held", "ladder", "idle", "due"};

	(void)state;
	for (int i = 0; i < 5; i++)
		customers_get(&t, ids[i], &f->conf, now_us)->last_us = now_us;
	customers_find(&t, "score")->score.value_milli = 1;
	customer_open_cases(customers_find(&t, "held"))
	    ->standing.holds[HOLD_ALLOW]
	    .seq = 1;
	ladder =
	    &customer_open_cases(customers_find(&t, "ladder"))->standing.ladder;
	ladder->step = 1;
	ladder->last_us = now_us;
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

/* A window of days, and a mail that was deferred: to forget either would
 * change what the next rows say. */
static void test_what_lasts_days_keeps_its_customer(void **state)
{
	struct feed *f = feed_default();
	struct customers t = {.max = 2};
	int64_t now_us = 1000 * HOUR_US;
	const struct spread_rule rule = {
	    .span_us = 7 * US_PER_DAY, .all = {100, 98}};
	const struct spread_session session = {now_us, 1, UINT64_C(7) << 32, 0};
	struct customer *spread = customers_get(&t, "spread", &f->conf, now_us);
	struct customer *retry = customers_get(&t, "retry", &f->conf, now_us);

	(void)state;
	spread->last_us = retry->last_us = now_us;
	assert_int_equal(spread_note(&spread->spread, &rule, &session), 0);
	assert_int_equal(
	    retries_note(&retry->retries, 9, now_us, 5 * US_PER_DAY), 0);
	now_us += 5 * US_PER_DAY;
	assert_non_null(customers_get(&t, "new1", &f->conf, now_us));
	assert_int_equal(t.over, 1);
	now_us += 2 * HOUR_US;
	customers_find(&t, "new1")->last_us = now_us;
	assert_non_null(customers_get(&t, "new2", &f->conf, now_us));
	customers_find(&t, "new2")->last_us = now_us;
	assert_null(customers_find(&t, "retry"));
	assert_non_null(customers_find(&t, "spread"));
	now_us += 9 * US_PER_DAY; /* its servers are known a week longer */
	assert_non_null(customers_get(&t, "new3", &f->conf, now_us));
	assert_non_null(customers_get(&t, "new4", &f->conf, now_us));
	assert_null(customers_find(&t, "spread"));
	customers_free(&t);
	feed_free(f);
}

static void test_time_goes_forward_or_begins_anew(void **state)
{
	static const struct burst_rule rule = {
	    .span_us = US_PER_DAY, .events = 3, .keep = 1};
	struct customer c = {0};
	struct burst *w = customer_window(&c.logins);

	(void)state;
	assert_non_null(w);
	assert_int_equal(customer_advance(&c, 100 * US_PER_S), 100 * US_PER_S);
	assert_int_equal(burst_note(w, &rule, c.last_us, 1, 1), 0);
	assert_int_equal(customer_advance(&c, 41 * US_PER_S), 100 * US_PER_S);
	assert_int_equal(w->n_events, 1);
	assert_int_equal(customer_advance(&c, 40 * US_PER_S), 40 * US_PER_S);
	assert_null(c.logins);
}

/* What is a day old counts no longer, and takes no memory. */
static void test_windows_of_a_day_end_with_it(void **state)
{
	static const struct burst_rule rule = {
	    .span_us = US_PER_DAY, .events = 3, .keep = 1};
	struct customer c = {0};

	(void)state;
	customer_advance(&c, US_PER_DAY);
	assert_non_null(customer_window(&c.logins));
	assert_non_null(customer_window(&c.failed));
	assert_ptr_equal(customer_window(&c.failed), c.failed);
	assert_int_equal(burst_note(c.logins, &rule, c.last_us, 1, 1), 0);
	customer_advance(&c, 2 * US_PER_DAY - 1);
	assert_non_null(c.logins);
	customer_advance(&c, 3 * US_PER_DAY - 2);
	assert_non_null(c.logins);
	customer_advance(&c, 4 * US_PER_DAY - 2);
	assert_null(c.logins);
	assert_null(c.failed);
}

/* Forged mail is remembered, a forwarder's credit for a day: who has the one
 * is not like new, who has the other will be. */
static void test_a_score_of_spoofing_keeps_its_customer(void **state)
{
	struct feed *f = feed_default();
	struct customers t = {.max = 2};
	int64_t now_us = 1000 * HOUR_US;
	struct customer *forger = customers_get(&t, "forger", &f->conf, now_us);
	struct customer *other = customers_get(&t, "other", &f->conf, now_us);

	(void)state;
	customer_advance(forger, now_us);
	customer_advance(other, now_us);
	forger->spoof_milli = 1760;
	other->spoof_milli = -1000;
	customer_advance(other, now_us + US_PER_DAY - 1);
	assert_int_equal(other->spoof_milli, -1000);
	now_us += 3 * US_PER_DAY;
	assert_non_null(customers_get(&t, "new", &f->conf, now_us));
	assert_null(customers_find(&t, "other"));
	customer_advance(forger, now_us);
	assert_int_equal(forger->spoof_milli, 1760);
	forger->spoof_milli = -1000;
	customer_advance(forger, now_us + US_PER_DAY);
	assert_int_equal(forger->spoof_milli, 0);
	customers_free(&t);
	feed_free(f);
}

static void test_a_file_goes_when_it_is_blank(void **state)
{
	static const struct casefile none;
	struct customer c = {0};
	struct casefile *f;

	(void)state;
	assert_true(casefile_is_blank(customer_cases(&c)));
	customer_close_cases(&c);
	f = customer_open_cases(&c);
	assert_non_null(f);
	assert_ptr_equal(customer_open_cases(&c), f);
	f->standing.holds[HOLD_BLOCK].seq = 1;
	customer_close_cases(&c);
	assert_ptr_equal(customer_cases(&c), f);
	f->standing.holds[HOLD_BLOCK].seq = 0;
	/* Once blocked: the ladder remembers. */
	f->standing.ladder.last_us = 1;
	customer_close_cases(&c);
	assert_ptr_equal(customer_cases(&c), f);
	f->standing.ladder.last_us = 0;
	customer_close_cases(&c);
	assert_null(c.cases);
	assert_memory_equal(customer_cases(&c), &none, sizeof(none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_found_again_and_counted_once),
	    cmocka_unit_test(test_only_who_is_like_new_makes_room),
	    cmocka_unit_test(test_what_lasts_days_keeps_its_customer),
	    cmocka_unit_test(test_time_goes_forward_or_begins_anew),
	    cmocka_unit_test(test_windows_of_a_day_end_with_it),
	    cmocka_unit_test(test_a_score_of_spoofing_keeps_its_customer),
	    cmocka_unit_test(test_a_file_goes_when_it_is_blank),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
