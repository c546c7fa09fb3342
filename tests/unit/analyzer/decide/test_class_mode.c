/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/decision.h"

#include "desk.h"

static void feed_burst_of(
    struct feed *f, const char *customer, int64_t t_ms, enum line_class k)
{
	for (int i = 0; i < 200; i++) {
		struct observation o =
		    row_attempt(customer, t_ms + i * 10, i, ANSWERED);

		o.line_class = k;
		feed_row(f, &o);
	}
}

/* Whatever the mode of the analyzer is; the operator's own, too. */
static void test_no_driver_hears_of_a_class_in_monitor(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	feed_burst_of(f, "C1", 0, CLASS_WHOLESALE);
	assert_int_equal(f->n_decisions, 1);
	assert_int_equal(feed_last(f)->mode, MODE_MONITOR);
	operate(f, 5000, OP_RELEASE, 0);
	operate(f, 6000, OP_BLOCK, 0);
	assert_int_equal(feed_last(f)->cause, CAUSE_MANUAL);
	assert_int_equal(feed_last(f)->mode, MODE_MONITOR);
	feed_burst_of(f, "C2", 10000, CLASS_STATIC);
	assert_string_equal(feed_last(f)->customer, "C2");
	assert_int_equal(feed_last(f)->mode, MODE_ENFORCE);
	/* An own name, and back again: what was told is lifted. */
	f->conf.classes[CLASS_STATIC].mode = CLASS_MODE_MONITOR;
	feed_policy(f);
	feed_until(f, 1000000);
	assert_string_equal(feed_last(f)->customer, "C2");
	assert_int_equal(feed_last(f)->cause, CAUSE_EXPIRED);
	assert_int_equal(feed_last(f)->mode, MODE_ENFORCE);
	feed_free(f);
}

static void test_off_leaves_decisions_to_people(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	f->conf.classes[CLASS_STATIC].mode = CLASS_MODE_OFF;
	feed_policy(f);
	feed_burst_of(f, "C1", 0, CLASS_STATIC);
	assert_int_equal(f->n_incidents, 1);
	assert_int_equal(f->incidents[0].kind, INCIDENT_BOT_BURST);
	assert_int_equal(f->n_decisions, 0);
	operate(f, 5000, OP_BLOCK, 9000);
	assert_int_equal(f->n_decisions, 1);
	assert_int_equal(feed_last(f)->mode, MODE_ENFORCE);
	feed_until(f, 9000);
	assert_int_equal(feed_last(f)->cause, CAUSE_EXPIRED);
	/* The ladder has not climbed meanwhile. */
	f->conf.classes[CLASS_STATIC].mode = CLASS_MODE_INHERIT;
	feed_policy(f);
	feed_burst_of(f, "C1", 100000, CLASS_STATIC);
	assert_int_equal(feed_last(f)->cause, CAUSE_DETECTOR);
	assert_int_equal(feed_last(f)->step, 1);
	feed_free(f);
}

/* A line that is only guessed is blocked by a person, or where its network
 * has a class. */
static void test_the_detector_blocks_no_guess(void **state)
{
	const char *unit = "unit:2001:db8:1::/56";
	struct feed *f = feed_new();

	(void)state;
	feed_policy(f);
	feed_burst_of(f, unit, 0, CLASS_UNKNOWN);
	assert_int_equal(f->n_incidents, 1);
	assert_int_equal(f->n_decisions, 0);
	feed_burst_of(f, unit, 200000, CLASS_DYNAMIC);
	assert_int_equal(f->n_decisions, 1);
	assert_int_equal(feed_last(f)->cause, CAUSE_DETECTOR);
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_driver_hears_of_a_class_in_monitor),
	    cmocka_unit_test(test_off_leaves_decisions_to_people),
	    cmocka_unit_test(test_the_detector_blocks_no_guess),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
