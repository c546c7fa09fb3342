/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include "analyzer/hooks/ahead.h"
#include "store/enforcement.h"

static bool has_unblock(struct world *w)
{
	return count_lines(w, "\"op\":\"unblock\"") > 0;
}

static void nothing_is_doubtful_at_first(void **state)
{
	struct world *w = *state;
	struct ahead a;

	assert_int_equal(ahead_load(&a, w->db), 0);
	assert_false(ahead_is_doubtful(&a, 1));
	assert_int_equal(write_meta(w->db, "hooks.ahead", "junk"), 0);
	assert_int_equal(ahead_load(&a, w->db), 0);
	assert_false(ahead_is_doubtful(&a, 1));
}

/* The process ends without a word. */
static void what_may_have_been_sent_is_doubtful(void **state)
{
	struct world *w = *state;
	struct ahead a, b;

	assert_int_equal(ahead_load(&a, w->db), 0);
	assert_int_equal(ahead_allow(&a, w->db, 40, 41), 0);
	assert_int_equal(ahead_load(&b, w->db), 0);
	assert_false(ahead_is_doubtful(&b, 40));
	assert_true(ahead_is_doubtful(&b, 41));
	assert_int_equal(ahead_allow(&a, w->db, 2000, 5000), 0);
	assert_int_equal(ahead_load(&b, w->db), 0);
	assert_true(ahead_is_doubtful(&b, 5000));
	assert_false(ahead_is_doubtful(&b, 2000));
	ahead_end(&a, w->db, 5000);
	assert_int_equal(ahead_load(&b, w->db), 0);
	assert_false(ahead_is_doubtful(&b, 5000));
	assert_false(ahead_is_doubtful(&b, 5001));
}

/* The second process ends before it has sent anything. */
static void doubt_outlives_a_second_crash(void **state)
{
	struct world *w = *state;
	struct ahead a, b, c;

	assert_int_equal(ahead_load(&a, w->db), 0);
	assert_int_equal(ahead_allow(&a, w->db, 40, 41), 0);
	assert_int_equal(ahead_load(&b, w->db), 0);
	assert_int_equal(ahead_allow(&b, w->db, 60, 61), 0);
	assert_int_equal(ahead_load(&c, w->db), 0);
	assert_true(ahead_is_doubtful(&c, 41));
}

/* A block was sent, its row was not written, and it is over by now. */
static void the_end_of_a_doubtful_block_is_sent(void **state)
{
	struct world *w = *state;

	assert_int_equal(write_meta(w->db, "hooks.ahead", "0 1024"), 0);
	block(w, "C1");
	allow(w, "C1", CAUSE_MANUAL);
	begin(w);
	run_until(w, has_unblock);
	run_until(w, is_finished);
	run_until(w, is_empty);
	assert_int_equal(count_lines(w, "\"op\":\"block\""), 0);
	assert_string_equal(delivery(w, "d1", 2)->error, "");
}

static void a_doubtful_block_that_is_in_force_is_sent(void **state)
{
	struct world *w = *state;

	assert_int_equal(write_meta(w->db, "hooks.ahead", "0 1024"), 0);
	block(w, "C1");
	begin(w);
	run_until(w, is_finished);
	assert_int_equal(count_lines(w, "\"op\":\"block\",\"seq\":1,"), 1);
	assert_string_equal(delivery(w, "d1", 1)->state, "done");
}

/* Somebody holds the lock: it is told all the same, the row comes later. */
static void a_decision_is_told_while_the_store_is_busy(void **state)
{
	struct world *w = *state;
	char err[DB_ERROR_BYTES];
	struct db *other = db_open(in_dir(w, "db"), DB_WRITE, err);

	assert_non_null(other);
	block(w, "C1");
	begin(w);
	run_until(w, is_finished);
	block(w, "C2");
	assert_int_equal(db_begin(other), 0);
	while (count_lines(w, "\"seq\":2,") == 0)
		(void)uv_run(&w->loop, UV_RUN_ONCE);
	assert_string_equal(delivery(w, "d1", 2)->state, "");
	db_rollback(other);
	db_close(other);
	run_until(w, is_empty);
	assert_string_equal(delivery(w, "d1", 2)->state, "done");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    WORLD(nothing_is_doubtful_at_first),
	    WORLD(what_may_have_been_sent_is_doubtful),
	    WORLD(doubt_outlives_a_second_crash),
	    WORLD(the_end_of_a_doubtful_block_is_sent),
	    WORLD(a_doubtful_block_that_is_in_force_is_sent),
	    WORLD(a_decision_is_told_while_the_store_is_busy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
