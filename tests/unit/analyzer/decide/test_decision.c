/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/decision.h"

#include "desk.h"

static size_t count_in_force(const struct feed *f)
{
	size_t n = 0;

	for (size_t i = 0; i < f->n_decisions; i++)
		n += in_force(f, f->decisions[i].seq);
	return n;
}

static void test_blocks_climb_the_ladder_and_expire(void **state)
{
	static const int64_t want_s[] = {600, 3600, 86400, 604800, 604800};
	struct feed *f = feed_new();
	int64_t t_ms = 0;

	(void)state;
	for (int i = 0; i < 5; i++) {
		const struct decision *d;

		feed_burst(f, "C1", t_ms, 15);
		d = feed_last(f);
		assert_int_equal(d->action, ACTION_BLOCK);
		assert_int_equal(d->step, i < 4 ? i + 1 : 4);
		assert_int_equal(d->until_us - d->since_us, want_s[i] * FEED_S);
		t_ms = (d->until_us - FEED_T0) / 1000;
		feed_until(f, t_ms - 1);
		assert_int_equal(feed_last(f)->action, ACTION_BLOCK);
		feed_until(f, t_ms + 5000);
		assert_int_equal(feed_last(f)->cause, CAUSE_EXPIRED);
		assert_int_equal(feed_last(f)->action, ACTION_ALLOW);
		assert_int_equal(feed_last(f)->ends_seq, 2 * i + 1);
		assert_int_equal(feed_last(f)->since_us, FEED_T0 + t_ms * 1000);
		assert_int_equal(feed_last(f)->step, 0);
		t_ms += 60000;
	}
	feed_burst(f, "C1", t_ms + INT64_C(31) * 86400000, 15);
	assert_int_equal(feed_last(f)->step, 1);
	feed_free(f);
}

static void test_the_ladder_remembers_from_the_end_of_the_block(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	f->conf.ladder_memory_s = 700;
	feed_policy(f);
	feed_burst(f, "C1", 0, 15);
	feed_until(f, 601400);
	feed_burst(f, "C1", 601400 + 650000, 15);
	assert_int_equal(feed_last(f)->step, 2);
	feed_until(f, 10000000);
	feed_burst(f, "C1", 10000000, 15);
	assert_int_equal(feed_last(f)->step, 1);
	feed_free(f);
}

static void test_the_longest_block_outlives_quiet_incidents(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	f->conf.ladder_s[0] = 604800;
	feed_policy(f);
	feed_burst(f, "C1", 0, 15);
	assert_int_equal(feed_until(f, 90000000), 1); /* the incident */
	assert_int_equal(f->n_decisions, 1);
	assert_int_equal(feed_until(f, 604800000 + 1400), 1);
	assert_int_equal(f->decisions[1].incident_id, 1);
	feed_free(f);
}

static void test_no_block_by_the_detector_beside_another(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	operate(f, 0, OP_BLOCK, 0);
	feed_burst(f, "C1", 10, 15);
	assert_int_equal(f->n_incidents, 1);
	assert_int_equal(f->n_decisions, 1);
	feed_free(f);
}

static void test_allow_leaves_the_incident_and_no_block(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	operate(f, 0, OP_ALLOW, 100000);
	feed_burst(f, "C1", 10, 30);
	assert_int_equal(f->n_incidents, 1);
	assert_int_equal(f->n_decisions, 1);
	feed_until(f, 100000);
	assert_int_equal(feed_last(f)->cause, CAUSE_EXPIRED);
	feed_burst(f, "C1", 100001, 15);
	assert_int_equal(feed_last(f)->cause, CAUSE_DETECTOR);
	assert_int_equal(feed_last(f)->incident_id, 1);
	feed_free(f);
}

static void test_allow_over_a_block_then_in_force_again(void **state)
{
	struct feed *f = feed_new();
	const struct decision *d;

	(void)state;
	feed_burst(f, "C1", 0, 15);         /* D1, until 601.4 s */
	operate(f, 10000, OP_ALLOW, 20000); /* D2 */
	assert_int_equal(viewed(f), ACTION_ALLOW);
	assert_int_equal(feed_until(f, 30000), 1);
	assert_int_equal(f->n_decisions, 4);
	assert_int_equal(f->decisions[2].cause, CAUSE_EXPIRED);
	assert_int_equal(f->decisions[2].ends_seq, 2);
	assert_int_equal(f->decisions[2].op_id, 10001);
	d = feed_last(f);
	assert_int_equal(d->action, ACTION_BLOCK);
	assert_int_equal(d->cause, CAUSE_DETECTOR);
	assert_int_equal(d->since_us, FEED_T0 + 20000000);
	assert_int_equal(d->until_us, f->decisions[0].until_us);
	assert_int_equal(d->incident_id, f->decisions[0].incident_id);
	assert_int_equal(d->step, 1);
	assert_int_equal(d->ends_seq, 1);
	assert_string_equal(
	    d->reason, "in force again: the block D1, after D3");
	assert_int_equal(viewed(f), ACTION_BLOCK);
	feed_until(f, 700000);
	assert_int_equal(feed_last(f)->cause, CAUSE_EXPIRED);
	assert_int_equal(feed_last(f)->ends_seq, 4);
	assert_int_equal(count_in_force(f), 0);
	feed_free(f);
}

static void test_a_block_that_ends_under_an_allow_stays_ended(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	feed_burst(f, "C1", 0, 15);
	operate(f, 10000, OP_ALLOW, 700000);
	feed_until(f, 800000);
	assert_int_equal(f->n_decisions, 4);
	assert_int_equal(f->decisions[2].ends_seq, 1);
	assert_int_equal(f->decisions[3].ends_seq, 2);
	feed_free(f);
}

static void test_ending_in_the_same_moment_restates_nothing(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	operate(f, 0, OP_BLOCK, 5000);
	operate(f, 1, OP_ALLOW, 5000);
	feed_until(f, 5000);
	assert_int_equal(f->n_decisions, 4);
	assert_int_equal(f->decisions[2].ends_seq, 1);
	assert_int_equal(f->decisions[3].ends_seq, 2);
	feed_free(f);
}

static void test_a_manual_block_over_the_detectors(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	feed_burst(f, "C1", 0, 15);         /* D1, until 601.4 s */
	operate(f, 10000, OP_BLOCK, 20000); /* D2 */
	feed_until(f, 20000);               /* D3 ends it, D4 restates D1 */
	assert_int_equal(f->n_decisions, 4);
	assert_int_equal(f->decisions[3].ends_seq, 1);
	operate(f, 30000, OP_BLOCK, 0); /* D5 */
	feed_until(f, 700000);          /* D6 ends D4, D7 restates D5 */
	assert_int_equal(f->n_decisions, 7);
	assert_int_equal(f->decisions[5].ends_seq, 4);
	assert_int_equal(f->decisions[6].ends_seq, 5);
	assert_int_equal(f->decisions[6].cause, CAUSE_MANUAL);
	assert_int_equal(f->decisions[6].until_us, 0);
	assert_int_equal(f->decisions[6].op_id, 30001);
	assert_int_equal(viewed(f), ACTION_BLOCK);
	feed_until(f, INT64_C(4000) * 86400000);
	assert_int_equal(f->n_decisions, 7); /* without end it stays */
	feed_free(f);
}

static void test_a_newer_manual_decision_takes_the_olders_place(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	operate(f, 0, OP_BLOCK, 5000);
	operate(f, 1, OP_BLOCK, 9000);
	assert_int_equal(f->n_decisions, 2);
	assert_int_equal(f->decisions[1].ends_seq, 1);
	assert_int_equal(feed_until(f, 8999), 0);
	assert_int_equal(feed_until(f, 9000), 1);
	assert_int_equal(feed_last(f)->ends_seq, 2);
	operate(f, 10000, OP_ALLOW, 0);
	operate(f, 10001, OP_ALLOW, 0);
	assert_int_equal(feed_last(f)->ends_seq, 4);
	assert_string_equal(feed_last(f)->reason, "ticket 4711");
	feed_free(f);
}

static void test_a_manual_block_waits_under_an_allow(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	operate(f, 0, OP_ALLOW, 10000); /* D1 */
	operate(f, 5000, OP_BLOCK, 0);  /* D2, and D3 restates D1 */
	assert_int_equal(f->n_decisions, 3);
	assert_int_equal(f->decisions[2].action, ACTION_ALLOW);
	assert_int_equal(f->decisions[2].ends_seq, 1);
	assert_int_equal(f->decisions[2].until_us, FEED_T0 + 10000000);
	assert_int_equal(viewed(f), ACTION_ALLOW);
	feed_until(f, 10000); /* D4 ends D3, D5 restates D2 */
	assert_int_equal(f->n_decisions, 5);
	assert_int_equal(feed_last(f)->action, ACTION_BLOCK);
	assert_int_equal(feed_last(f)->cause, CAUSE_MANUAL);
	assert_int_equal(feed_last(f)->ends_seq, 2);
	feed_free(f);
}

/* What is on top is stated anew for the new addresses, and nothing else. */
static void test_what_is_in_force_goes_with_the_customer(void **state)
{
	struct feed *f = feed_new();
	struct observation o = row_move("C1", 0);
	const struct decision *d;
	int64_t until_us, last;

	(void)state;
	feed_row(f, &o);
	assert_int_equal(f->n_decisions, 0);
	assert_false(engine_holds(f->engine, "C1"));
	feed_burst(f, "C1", 1000, 15);
	until_us = feed_last(f)->until_us;
	assert_true(engine_holds(f->engine, "C1"));
	for (int i = 0; i < 2; i++) {
		o = row_move("C1", 120000 + i * 60000);
		feed_row(f, &o);
		d = feed_last(f);
		assert_int_equal(d->seq, 2 + i);
		assert_int_equal(d->ends_seq, 1 + i);
		assert_int_equal(d->action, ACTION_BLOCK);
		assert_int_equal(d->cause, CAUSE_DETECTOR);
		assert_int_equal(d->until_us, until_us);
		assert_int_equal(d->since_us, o.ts_us);
		assert_int_equal(d->step, 1);
		assert_int_equal(d->incident_id, 1);
		assert_non_null(strstr(d->reason, "addresses changed"));
		assert_int_equal(count_in_force(f), 1);
	}
	/* an allowance above it goes, and the block stays below */
	operate(f, 200000, OP_ALLOW, 300000);
	o = row_move("C1", 210000);
	feed_row(f, &o);
	d = feed_last(f);
	assert_int_equal(d->action, ACTION_ALLOW);
	assert_int_equal(d->cause, CAUSE_MANUAL);
	assert_int_equal(d->until_us, FEED_T0 + INT64_C(300000) * 1000);
	assert_int_equal(count_in_force(f), 2);
	assert_int_equal(viewed(f), ACTION_ALLOW);
	feed_until(f, 310000);
	assert_int_equal(followed(f), ACTION_BLOCK);
	assert_int_equal(viewed(f), ACTION_BLOCK);
	/* over: it moves no more */
	feed_until(f, (until_us - FEED_T0) / 1000 + 1);
	assert_int_equal(followed(f), ACTION_ALLOW);
	last = feed_last(f)->seq;
	o = row_move("C1", (until_us - FEED_T0) / 1000 + 2000);
	feed_row(f, &o);
	assert_int_equal(feed_last(f)->seq, last);
	feed_free(f);
}

static void test_release_ends_everything_and_forgets_the_score(void **state)
{
	struct feed *f = feed_new();
	struct observation o;

	(void)state;
	o = row_unknown("C1", 0, 77);
	feed_row(f, &o);
	assert_int_equal(o.score_milli, 2485);
	feed_burst(f, "C1", 0, 15);      /* D1 */
	operate(f, 2000, OP_BLOCK, 0);   /* D2 */
	operate(f, 3000, OP_ALLOW, 0);   /* D3 */
	operate(f, 4000, OP_RELEASE, 0); /* D4, D5, D6 */
	assert_int_equal(f->n_decisions, 6);
	for (int i = 3; i < 6; i++) {
		assert_int_equal(f->decisions[i].cause, CAUSE_RELEASED);
		assert_int_equal(f->decisions[i].action, ACTION_ALLOW);
		assert_int_equal(f->decisions[i].ends_seq, i - 2);
		assert_int_equal(f->decisions[i].op_id, 4001);
		assert_non_null(strstr(f->decisions[i].reason, "ticket 4711"));
	}
	assert_int_equal(count_in_force(f), 0);
	o = row_tick("C1", FEED_T0 + 4000001);
	feed_row(f, &o);
	assert_int_equal(o.score_milli, 0);
	/* The window is forgotten too, the ladder is not. */
	feed_burst(f, "C1", 5000, 14);
	assert_int_equal(f->n_decisions, 6);
	feed_burst(f, "C1", 6400, 1);
	assert_int_equal(f->n_decisions, 7);
	assert_int_equal(feed_last(f)->step, 2);
	operate(f, 9000, OP_RELEASE, 0);
	operate(f, 9001, OP_RELEASE, 0); /* nothing left to end */
	assert_int_equal(f->n_decisions, 8);
	feed_free(f);
}

static void test_disallow_ends_the_allowance_alone(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	operate(f, 0, OP_DISALLOW, 0); /* nothing to end */
	assert_int_equal(f->n_decisions, 0);
	feed_burst(f, "C1", 0, 15);       /* D1 */
	operate(f, 3000, OP_ALLOW, 0);    /* D2 */
	operate(f, 4000, OP_DISALLOW, 0); /* D3, and D1 again as D4 */
	assert_int_equal(f->n_decisions, 4);
	assert_int_equal(f->decisions[2].cause, CAUSE_RELEASED);
	assert_int_equal(f->decisions[2].ends_seq, 2);
	assert_int_equal(f->decisions[2].op_id, 4001);
	assert_int_equal(feed_last(f)->action, ACTION_BLOCK);
	assert_int_equal(feed_last(f)->cause, CAUSE_DETECTOR);
	assert_int_equal(feed_last(f)->ends_seq, 1);
	assert_int_equal(count_in_force(f), 1);
	operate(f, 5000, OP_DISALLOW, 0);
	assert_int_equal(f->n_decisions, 4);
	feed_free(f);
}

static void test_a_block_that_was_enforced_is_lifted_in_monitor(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	feed_burst(f, "C1", 0, 15);
	engine_set_policy(f->engine, &f->policy, MODE_MONITOR);
	feed_until(f, 700000);
	assert_int_equal(feed_last(f)->mode, MODE_ENFORCE);
	feed_burst(f, "C1", 800000, 15);
	assert_int_equal(feed_last(f)->mode, MODE_MONITOR);
	/* Restated as it was said. */
	operate(f, 900000, OP_ALLOW, 910000);
	engine_set_policy(f->engine, &f->policy, MODE_ENFORCE);
	feed_until(f, 910000);
	assert_int_equal(feed_last(f)->cause, CAUSE_DETECTOR);
	assert_int_equal(feed_last(f)->mode, MODE_MONITOR);
	feed_free(f);
}

static void test_an_end_in_the_past_ends_at_once(void **state)
{
	struct feed *f = feed_new();

	(void)state;
	operate(f, 5000, OP_BLOCK, 1000);
	assert_int_equal(engine_next_due(f->engine), FEED_T0 + 5000000);
	assert_int_equal(feed_until(f, 5000), 1);
	assert_int_equal(feed_last(f)->since_us, FEED_T0 + 5000000);
	feed_free(f);
}

/* Every sequence of five operator actions, bursts and pauses: following the
 * rows one by one and the view by ends_seq give the same state, and at most
 * one allowance, one manual block and one detector's block are in force. */
static void test_precedence_matrix(void **state)
{
	enum { STEPS = 5, ACTIONS = 8 };
	int total = 1;

	(void)state;
	for (int i = 0; i < STEPS; i++)
		total *= ACTIONS;
	struct feed *f = feed_new();
	for (int n = 0; n < total; n++) {
		int64_t t_ms = 0;

		engine_free(f->engine);
		f->engine = engine_new(&f->policy, MODE_ENFORCE);
		f->obs = 0;
		f->n_decisions = f->n_incidents = 0;
		for (int i = 0, code = n; i < STEPS; i++, code /= ACTIONS) {
			switch (code % ACTIONS) {
			case 0:
				operate(f, t_ms, OP_BLOCK, 0);
				break;
			case 1:
				operate(f, t_ms, OP_BLOCK, t_ms + 400000);
				break;
			case 2:
				operate(f, t_ms, OP_ALLOW, 0);
				break;
			case 3:
				operate(f, t_ms, OP_ALLOW, t_ms + 300000);
				break;
			case 4:
				operate(f, t_ms, OP_RELEASE, 0);
				break;
			case 5:
				feed_burst(f, "C1", t_ms, 15);
				break;
			case 6:
				t_ms += 450000;
				feed_until(f, t_ms);
				break;
			case 7:
				operate(f, t_ms, OP_DISALLOW, 0);
				break;
			}
			t_ms += 2000;
			if (f->n_decisions == 0)
				continue;
			assert_int_equal(followed(f), viewed(f));
			assert_true(count_in_force(f) <= 3);
		}
	}
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_blocks_climb_the_ladder_and_expire),
	    cmocka_unit_test(
		test_the_ladder_remembers_from_the_end_of_the_block),
	    cmocka_unit_test(test_the_longest_block_outlives_quiet_incidents),
	    cmocka_unit_test(test_no_block_by_the_detector_beside_another),
	    cmocka_unit_test(test_allow_leaves_the_incident_and_no_block),
	    cmocka_unit_test(test_allow_over_a_block_then_in_force_again),
	    cmocka_unit_test(test_a_block_that_ends_under_an_allow_stays_ended),
	    cmocka_unit_test(test_ending_in_the_same_moment_restates_nothing),
	    cmocka_unit_test(test_a_manual_block_over_the_detectors),
	    cmocka_unit_test(
		test_a_newer_manual_decision_takes_the_olders_place),
	    cmocka_unit_test(test_a_manual_block_waits_under_an_allow),
	    cmocka_unit_test(test_what_is_in_force_goes_with_the_customer),
	    cmocka_unit_test(test_disallow_ends_the_allowance_alone),
	    cmocka_unit_test(
		test_release_ends_everything_and_forgets_the_score),
	    cmocka_unit_test(
		test_a_block_that_was_enforced_is_lifted_in_monitor),
	    cmocka_unit_test(test_an_end_in_the_past_ends_at_once),
	    cmocka_unit_test(test_precedence_matrix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
