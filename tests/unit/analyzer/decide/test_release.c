/* SPDX-License-Identifier: Apache-2.0 */
/* When a block ends: time lines of attempts that a driver refused. */
#include "analyzer/decide/decision.h"

#include "../detect/feed.h"

#define BURST_S  2 /* the block begins 1.4 s after the burst */
#define MINUTE_S 60
#define N_TIMES  12

static struct observation row_filtered(
    const char *customer, int64_t t_ms, int64_t n)
{
	struct observation o = {.kind = OBS_FILTERED,
	    .ts_us = FEED_T0 + t_ms * 1000,
	    .start_us = FEED_T0 + (t_ms - 60000) * 1000,
	    .attempts = n,
	    .line_class = CLASS_DYNAMIC,
	    .source_validated = true};

	snprintf(o.customer, sizeof(o.customer), "%s", customer);
	snprintf(o.agent, sizeof(o.agent), "edge");
	return o;
}

static struct feed *feed_quiet(void)
{
	struct feed *f = feed_new();

	f->conf.release_quiet = true;
	feed_policy(f);
	return f;
}

/* Seconds from the beginning of the block until it ends. */
static int64_t ends_after(struct feed *f)
{
	const struct decision *d = feed_last(f);

	assert_int_equal(d->action, ACTION_ALLOW);
	assert_int_equal(d->cause, CAUSE_EXPIRED);
	return (d->since_us - f->decisions[0].since_us) / FEED_S;
}

static void test_time_lines(void **state)
{
	static const struct {
		const char *what;
		int attempts_s[N_TIMES]; /* after the block began */
		int64_t ends_s;
		int rows; /* of decisions in all */
	} cases[] = {
	    {"nobody tells: the full step", {0}, 600, 2},
	    {"one at its beginning", {1}, 601, 3},
	    {"in its first minute", {60}, 660, 3},
	    {"in its last second", {599}, 1199, 3},
	    {"at its end: too late", {600}, 600, 2},
	    {"some in a row count once", {10, 20, 30, 40}, 640, 3},
	    {"again while it goes on", {300, 800}, 1400, 4},
	    {"a pause of the whole step ends it", {300, 901}, 900, 3},
	    {"they never end: as long as the next step",
		{500, 1000, 1500, 2000, 2500, 3000, 3500}, 3600, 8},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct feed *f = feed_quiet();

		feed_burst(f, "C1", 0, 15);
		for (int n = 0; n < N_TIMES && cases[i].attempts_s[n]; n++) {
			int64_t t_ms = 1400 + cases[i].attempts_s[n] * 1000;
			struct observation o = row_filtered("C1", t_ms, 4);

			feed_until(f, t_ms - 1);
			feed_row(f, &o);
		}
		feed_until(f, 4000000);
		print_message("%s\n", cases[i].what);
		assert_int_equal(ends_after(f), cases[i].ends_s);
		assert_int_equal(f->n_decisions, cases[i].rows);
		feed_free(f);
	}
}

static void test_each_step_has_its_bound(void **state)
{
	static const struct {
		int64_t step_s, longest_s;
	} cases[] = {
	    {600, 3600}, {3600, 86400}, {86400, 604800}, {604800, 2 * 604800}};
	struct feed *f = feed_quiet();
	int64_t t_s = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct decision *first;

		feed_burst(f, "C1", t_s * 1000, 15);
		first = &f->decisions[f->n_decisions - 1];
		assert_int_equal(first->step, i + 1);
		/* Attempts at a quarter of each step. */
		for (int64_t t = 0; t < cases[i].longest_s + 3600;
		     t += cases[i].step_s / 4) {
			struct observation o =
			    row_filtered("C1", (t_s + BURST_S + t) * 1000, 1);

			feed_until(f, (t_s + BURST_S + t) * 1000 - 1);
			if (engine_holds(f->engine, "C1"))
				feed_row(f, &o);
		}
		feed_until(f, (t_s + cases[i].longest_s + 3600) * 1000);
		assert_false(engine_holds(f->engine, "C1"));
		assert_int_equal(feed_last(f)->since_us - first->since_us,
		    cases[i].longest_s * FEED_S);
		t_s += cases[i].longest_s + 7200;
	}
	feed_free(f);
}

static void test_words_and_numbers_of_what_goes_on(void **state)
{
	struct feed *f = feed_quiet();
	struct observation o;
	const struct decision *d;

	(void)state;
	feed_burst(f, "C1", 0, 15);
	o = row_filtered("C1", 300000, 7);
	feed_row(f, &o);
	assert_int_equal(o.label, LABEL_NONE);
	feed_until(f, 700000);
	d = feed_last(f);
	assert_int_equal(d->action, ACTION_BLOCK);
	assert_int_equal(d->cause, CAUSE_DETECTOR);
	assert_int_equal(d->ends_seq, 1);
	assert_int_equal(d->step, 1);
	assert_int_equal(d->until_us, FEED_T0 + 900 * FEED_S);
	assert_string_equal(d->reason,
	    "the block D1 goes on: 7 more attempts were refused; it ends when "
	    "the line has been quiet for 10 min");
	/* Then probation, as ever, and the next block climbs a step. */
	feed_until(f, 900000);
	feed_burst(f, "C1", 1000000, 15);
	assert_int_equal(feed_last(f)->step, 2);
	feed_free(f);
}

static void test_what_does_not_prolong_a_block(void **state)
{
	struct feed *f = feed_quiet();
	struct observation o;

	(void)state;
	/* Before it began; from a source that anybody can forge. */
	o = row_filtered("C1", 0, 5);
	feed_row(f, &o);
	feed_burst(f, "C1", 0, 15);
	o = row_filtered("C1", 1000, 5);
	feed_row(f, &o);
	o = row_filtered("C1", 300000, 5);
	o.source_validated = false;
	feed_row(f, &o);
	feed_until(f, 700000);
	assert_int_equal(ends_after(f), 600);
	feed_free(f);
	/* An older policy. */
	f = feed_new();
	feed_burst(f, "C1", 0, 15);
	o = row_filtered("C1", 300000, 5);
	feed_row(f, &o);
	feed_until(f, 700000);
	assert_int_equal(ends_after(f), 600);
	feed_free(f);
	/* A person's word is above it: what was allowed is not refused. */
	f = feed_quiet();
	feed_burst(f, "C1", 0, 15);
	o = row_operator("C1", 2000, OP_ALLOW, 0);
	feed_row(f, &o);
	o = row_filtered("C1", 300000, 5);
	feed_row(f, &o);
	feed_until(f, 700000);
	assert_int_equal(ends_after(f), 600);
	feed_free(f);
}

static void test_a_persons_block_ends_when_it_says(void **state)
{
	struct feed *f = feed_quiet();
	struct observation o;

	(void)state;
	o = row_operator("C1", 0, OP_BLOCK, 600000);
	feed_row(f, &o);
	o = row_filtered("C1", 300000, 5);
	feed_row(f, &o);
	feed_until(f, 600000);
	assert_int_equal(ends_after(f), 600);
	feed_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_time_lines),
	    cmocka_unit_test(test_each_step_has_its_bound),
	    cmocka_unit_test(test_words_and_numbers_of_what_goes_on),
	    cmocka_unit_test(test_what_does_not_prolong_a_block),
	    cmocka_unit_test(test_a_persons_block_ends_when_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
