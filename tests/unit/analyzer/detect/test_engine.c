/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/engine.h"

#include "feed.h"

static void test_an_own_row_ends_what_is_due_before_it_counts(void **state)
{
	struct feed *f = feed_new();
	struct observation o;

	(void)state;
	feed_burst(f, "C1", 0, 15);
	o = row_delivered("C1", 700000, 1);
	feed_row(f, &o);
	assert_int_equal(f->n_decisions, 2);
	assert_int_equal(feed_last(f)->cause, CAUSE_EXPIRED);
	assert_int_equal(
	    feed_last(f)->since_us, FEED_T0 + (1400 + 600000) * 1000);
	/* Probation: h/2, less what this delivery took away. */
	assert_int_equal(o.score_milli, 4600 - 865);
	feed_free(f);
}

static void test_probation_blocks_sooner(void **state)
{
	struct feed *f = feed_new();
	struct observation o;

	(void)state;
	feed_burst(f, "C1", 0, 15);
	assert_int_equal(feed_until(f, 700000), 1);
	for (int n = 0; n < 5; n++) {
		assert_int_equal(f->n_decisions, 2);
		o = row_rejected("C1", 800000 + n, n);
		feed_row(f, &o);
	}
	assert_int_equal(o.score_milli, 9600);
	assert_int_equal(f->n_decisions, 3);
	assert_int_equal(feed_last(f)->step, 2);
	assert_int_equal(
	    feed_last(f)->until_us - feed_last(f)->since_us, 3600 * FEED_S);
	feed_free(f);
}

static void test_rows_of_nobody_change_nothing(void **state)
{
	struct feed *f = feed_new();
	struct engine_stats stats;
	struct observation o;

	(void)state;
	for (int n = 0; n < 200; n++) {
		o = row_attempt("", n, n, ANSWERED);
		feed_row(f, &o);
		o = row_attempt("C1", n, n, ANSWERED);
		o.traffic_case = 1;
		feed_row(f, &o);
		o = row_unknown("C2", n, n);
		o.server_port = 587;
		feed_row(f, &o);
		o = row_tick("C3", FEED_T0);
		feed_row(f, &o);
		o.kind = OBS_POLICY;
		feed_row(f, &o);
	}
	engine_stats(f->engine, &stats);
	assert_int_equal(stats.customers, 0);
	assert_int_equal(f->n_incidents, 0);
	feed_free(f);
}

static void test_time_may_jump_back_without_making_a_burst(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	/* A capture of today, then one of yesterday: slow in both. */
	for (int n = 0; n < 14; n++) {
		struct observation o =
		    row_attempt("C1", 86400000 + n * 5000, n, ANSWERED);

		feed_row(f, &o);
	}
	for (int n = 0; n < 100; n++) {
		struct observation o = row_attempt("C1", n * 5000, n, ANSWERED);

		feed_row(f, &o);
	}
	assert_int_equal(f->n_incidents, 0);
	feed_free(f);
}

static void test_due_order_is_by_time_then_customer(void **state)
{
	struct feed *f = feed_new();
	char customer[ROW_ID_LEN];
	int64_t due_us;

	(void)state;
	for (int n = 0; n < 50; n++) {
		char name[8];
		struct observation o;

		snprintf(name, sizeof(name), "C%02d", n * 7 % 50);
		o = row_operator(name, 0, OP_BLOCK, 10 + n * 7 % 50 / 10);
		feed_row(f, &o);
	}
	assert_int_equal(
	    engine_due(f->engine, FEED_T0 + 9999, customer, &due_us), 0);
	assert_int_equal(
	    engine_due(f->engine, FEED_T0 + 14000, customer, &due_us), 1);
	for (int n = 0; n < 50; n++) {
		char name[8];

		snprintf(name, sizeof(name), "C%02d", n);
		assert_string_equal(customer, name);
		assert_int_equal(due_us, FEED_T0 + 10000 + n / 10 * 1000);
		assert_int_equal(engine_due_after(f->engine, FEED_T0 + 14000,
				     customer, &due_us),
		    n < 49);
	}
	assert_int_equal(feed_until(f, 14), 50);
	feed_free(f);
}

static void test_a_new_policy_applies_from_its_row_on(void **state)
{
	struct feed *f = feed_new();
	char old[20];

	(void)state;
	snprintf(old, sizeof(old), "%s", f->policy.hash);
	feed_burst(f, "C1", 0, 14);
	f->conf.classes[CLASS_DYNAMIC].burst_connections = 12;
	feed_policy(f);
	assert_string_not_equal(old, f->policy.hash);
	engine_set_policy(f->engine, &f->policy, MODE_MONITOR);
	feed_burst(f, "C1", 2000, 12);
	assert_int_equal(f->n_decisions, 1);
	assert_int_equal(f->decisions[0].mode, MODE_MONITOR);
	assert_string_equal(f->decisions[0].policy_hash, f->policy.hash);
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_an_own_row_ends_what_is_due_before_it_counts),
	    cmocka_unit_test(test_probation_blocks_sooner),
	    cmocka_unit_test(test_rows_of_nobody_change_nothing),
	    cmocka_unit_test(test_time_may_jump_back_without_making_a_burst),
	    cmocka_unit_test(test_due_order_is_by_time_then_customer),
	    cmocka_unit_test(test_a_new_policy_applies_from_its_row_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
