/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/analyzer/hooks/world.h"

static void what_fails_twice_is_tried_until_it_succeeds(void **state)
{
	struct world *w = *state;

	put(w, "fail", "2\n");
	begin(w);
	block(w, "C1");
	run_until(w, is_finished);
	assert_string_equal(delivery(w, "d1", 1)->state, "done");
	assert_int_equal(delivery(w, "d1", 1)->attempts, 3);
	assert_int_equal(count_lines(w, "\"seq\":1,\"event\":\"new\""), 3);
}

static void after_twenty_tries_it_is_dead(void **state)
{
	struct world *w = *state;
	struct delivery d = {.decision_seq = 1,
	    .driver = "d1",
	    .op = "block",
	    .event = "new",
	    .state = "pending",
	    .attempts = 19};

	put(w, "fail", "1\n");
	block(w, "C1");
	assert_int_equal(write_delivery(w->db, &d), 0);
	begin(w);
	run_until(w, is_finished);
	assert_string_equal(delivery(w, "d1", 1)->state, "dead");
	assert_int_equal(delivery(w, "d1", 1)->attempts, 20);
	assert_string_equal(delivery(w, "d1", 1)->error, "no 1");
}

static void a_driver_killed_under_way_gets_the_line_again(void **state)
{
	struct world *w = *state;

	put(w, "die", "");
	begin(w);
	block(w, "C1");
	run_until(w, is_finished);
	assert_string_equal(delivery(w, "d1", 1)->state, "done");
	assert_int_equal(delivery(w, "d1", 1)->attempts, 2);
	assert_int_equal(count_lines(w, "\"seq\":1,\"event\":\"new\""), 2);
}

static void a_driver_killed_while_idle_is_restored(void **state)
{
	struct world *w = *state;
	FILE *f;
	int pid = 0;

	begin(w);
	block(w, "C1");
	run_until(w, is_finished);
	f = fopen(in_dir(w, "pid"), "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &pid), 1);
	fclose(f);
	assert_true(pid > 1);
	assert_int_equal(kill(pid, SIGKILL), 0);
	run_until(w, has_restored);
	assert_int_equal(count_lines(w, "\"seq\":1,\"event\":\"restored\""), 1);
	assert_int_equal(delivery(w, "d1", 1)->attempts, 1);
}

static bool was_tried(struct world *w)
{
	return delivery(w, "d1", 1)->attempts > 0;
}

static void an_allow_overtakes_a_block_that_failed(void **state)
{
	struct world *w = *state;

	put(w, "fail", "1\n");
	begin(w);
	block(w, "C1");
	run_until(w, was_tried);
	allow(w, "C1", CAUSE_MANUAL);
	run_until(w, is_finished);
	run_until(w, is_empty);
	assert_int_equal(count_lines(w, "\"op\":\"unblock\",\"seq\":2"), 1);
	assert_string_equal(delivery(w, "d1", 1)->state, "done");
	assert_string_equal(delivery(w, "d1", 2)->state, "done");
}

static void an_allow_does_not_wait_for_a_retry(void **state)
{
	struct world *w = *state;
	struct delivery d = {.decision_seq = 1,
	    .driver = "d1",
	    .op = "block",
	    .event = "new",
	    .state = "pending",
	    .attempts = 5,
	    .next_us = clock_now_us() + US_PER_DAY};

	block(w, "C1");
	assert_int_equal(write_delivery(w->db, &d), 0);
	allow(w, "C1", CAUSE_MANUAL);
	begin(w);
	run_until(w, is_finished);
	assert_int_equal(count_lines(w, "\"seq\":"), 1);
	assert_int_equal(count_lines(w, "\"op\":\"unblock\",\"seq\":2"), 1);
}

static void a_block_that_may_have_been_sent_is_undone(void **state)
{
	struct world *w = *state;
	struct delivery d = {.decision_seq = 1,
	    .driver = "d1",
	    .op = "block",
	    .event = "new",
	    .state = "pending"};

	block(w, "C1");
	assert_int_equal(write_delivery(w->db, &d), 0);
	allow(w, "C1", CAUSE_EXPIRED);
	begin(w);
	run_until(w, is_finished);
	assert_int_equal(count_lines(w, "\"op\":\"block\""), 0);
	assert_int_equal(count_lines(w, "\"op\":\"unblock\",\"seq\":2"), 1);
}

static void a_mute_driver_is_not_waited_for_for_ever(void **state)
{
	struct world *w = *state;

	put(w, "mute", "");
	begin(w);
	block(w, "C1");
	run_until(w, was_tried);
	assert_string_equal(
	    delivery(w, "d1", 1)->error, "no answer within 1 s");
	assert_string_equal(delivery(w, "d1", 1)->state, "pending");
	assert_int_equal(unlink(in_dir(w, "mute")), 0);
	run_until(w, is_finished);
	assert_string_equal(delivery(w, "d1", 1)->state, "done");
}

static void a_late_answer_counts(void **state)
{
	struct world *w = *state;

	put(w, "slow", "");
	begin(w);
	block(w, "C1");
	run_until(w, is_finished);
	assert_string_equal(delivery(w, "d1", 1)->state, "done");
	assert_int_equal(delivery(w, "d1", 1)->attempts, 2);
}

static int greetings(const struct world *w)
{
	char line[4096];
	FILE *f = fopen(in_dir(w, "log"), "r");
	int n = 0;

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		n += strstr(line, "hello") != NULL;
	if (f != NULL)
		fclose(f);
	return n;
}

static bool greeted_twice(struct world *w)
{
	return greetings(w) == 2;
}

static void a_driver_that_stays_mute_is_started_again(void **state)
{
	struct world *w = *state;

	put(w, "mute", "");
	begin(w);
	block(w, "C1");
	run_until(w, greeted_twice);
	assert_true(delivery(w, "d1", 1)->attempts >= 3);
	assert_int_equal(unlink(in_dir(w, "mute")), 0);
	run_until(w, is_finished);
	assert_string_equal(delivery(w, "d1", 1)->state, "done");
}

static void a_busy_store_is_tried_again(void **state)
{
	struct world *w = *state;
	char err[DB_ERROR_BYTES];
	struct db *other = db_open(in_dir(w, "db"), DB_WRITE, err);

	if (other == NULL)
		fail_msg("%s", err);
	block(w, "C1");
	begin(w);
	assert_int_equal(db_begin(other), 0);
	/* Its writes wait for the lock in vain. */
	assert_int_equal(dispatch_poll(w->dispatch), -1);
	assert_string_equal(delivery(w, "d1", 1)->state, "");
	db_rollback(other);
	run_until(w, is_finished);
	assert_string_equal(delivery(w, "d1", 1)->state, "done");
	assert_int_equal(count_lines(w, "\"seq\":1"), 1);
	db_close(other);
}

static void junk_between_answers_is_ignored(void **state)
{
	struct world *w = *state;

	put(w, "junk", "");
	begin(w);
	block(w, "C1");
	run_until(w, is_finished);
	assert_string_equal(delivery(w, "d1", 1)->state, "done");
	assert_int_equal(delivery(w, "d1", 1)->attempts, 1);
}

static bool gave_up(struct world *w)
{
	return dispatch_is_settled(w->dispatch);
}

static void each_driver_has_its_own_rows(void **state)
{
	struct world *w = *state;

	conf_free(&w->conf);
	write_conf(w, "driver d2 { command = {\"/nonexistent/driver\"} }");
	begin(w);
	block(w, "C1");
	run_until(w, is_finished);
	assert_string_equal(delivery(w, "d1", 1)->state, "done");
	assert_string_equal(delivery(w, "d2", 1)->state, "pending");
	assert_int_equal(delivery(w, "d2", 1)->attempts, 0);
	run_until(w, gave_up);
	assert_false(is_empty(w));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD(what_fails_twice_is_tried_until_it_succeeds),
	    WORLD(after_twenty_tries_it_is_dead),
	    WORLD(a_driver_killed_under_way_gets_the_line_again),
	    WORLD(a_driver_killed_while_idle_is_restored),
	    WORLD(an_allow_overtakes_a_block_that_failed),
	    WORLD(an_allow_does_not_wait_for_a_retry),
	    WORLD(a_block_that_may_have_been_sent_is_undone),
	    WORLD(a_mute_driver_is_not_waited_for_for_ever),
	    WORLD(a_late_answer_counts),
	    WORLD(a_driver_that_stays_mute_is_started_again),
	    WORLD(a_busy_store_is_tried_again),
	    WORLD(junk_between_answers_is_ignored),
	    WORLD(each_driver_has_its_own_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
