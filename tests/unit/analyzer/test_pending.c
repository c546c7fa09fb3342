/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "analyzer/pending.h"

static struct entry *push(
    struct pending *p, const char *key, int no, bool complete)
{
	struct entry *e = calloc(1, sizeof(*e));

	assert_non_null(e);
	e->o.obs_no = no;
	e->complete = complete;
	assert_int_equal(pending_push(p, key, e), 0);
	return e;
}

/* Takes out the next ready one; 0: none. */
static int take(struct pending *p)
{
	struct entry *e = pending_ready(p);
	int no;

	if (!e)
		return 0;
	no = (int)e->o.obs_no;
	pending_pop(p, e);
	return no;
}

static void complete(struct pending *p, struct entry *e)
{
	e->complete = true;
	pending_completed(p, e);
}

static void a_waiting_row_holds_back_only_its_own_lane(void **state)
{
	struct pending *p = pending_new();
	struct entry *slow = push(p, "C1", 1, false);

	(void)state;
	push(p, "C1", 2, true);
	push(p, "C2", 3, true);
	assert_int_equal(take(p), 3);
	assert_int_equal(take(p), 0);
	complete(p, slow);
	assert_int_equal(take(p), 1);
	assert_int_equal(take(p), 2);
	assert_int_equal(take(p), 0);
	assert_int_equal(pending_count(p), 0);
	pending_free(p);
}

static void an_answer_behind_the_first_row_waits(void **state)
{
	struct pending *p = pending_new();
	struct entry *a = push(p, "C1", 1, false);
	struct entry *b = push(p, "C1", 2, false);

	(void)state;
	complete(p, b);
	assert_int_equal(take(p), 0);
	complete(p, a);
	assert_int_equal(take(p), 1);
	assert_int_equal(take(p), 2);
	pending_free(p);
}

static void a_lane_is_known_while_it_holds_rows(void **state)
{
	struct pending *p = pending_new();

	(void)state;
	assert_false(pending_has(p, "C1"));
	push(p, "C1", 1, true);
	assert_true(pending_has(p, "C1"));
	assert_int_equal(take(p), 1);
	assert_false(pending_has(p, "C1"));
	pending_free(p);
}

static void what_is_left_is_freed(void **state)
{
	struct pending *p = pending_new();

	(void)state;
	for (int i = 0; i < 100; i++)
		push(p, i % 2 ? "C1" : "C2", i + 1, i > 10);
	pending_free(p);
	pending_free(NULL);
}

static void work_lists_keep_their_order(void **state)
{
	struct entry e[3];
	struct work w;

	(void)state;
	work_init(&w);
	assert_null(work_pop(&w));
	for (int i = 0; i < 3; i++)
		work_push(&w, &e[i]);
	assert_int_equal(w.n, 3);
	for (int i = 0; i < 3; i++)
		assert_ptr_equal(work_pop(&w), &e[i]);
	assert_null(work_pop(&w));
	work_push(&w, &e[0]);
	assert_ptr_equal(work_pop(&w), &e[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_waiting_row_holds_back_only_its_own_lane),
	    cmocka_unit_test(an_answer_behind_the_first_row_waits),
	    cmocka_unit_test(a_lane_is_known_while_it_holds_rows),
	    cmocka_unit_test(what_is_left_is_freed),
	    cmocka_unit_test(work_lists_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
