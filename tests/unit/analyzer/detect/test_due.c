/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/due.h"

#include "analyzer/detect/customer.h"
#include "feed.h"

#define N 200

/* The first in order after the given place, by looking at all. */
static const struct customer *naive(
    struct customer **c, int64_t now_us, int64_t after_us, const char *after_id)
{
	const struct customer *best = NULL;

	for (int i = 0; i < N; i++) {
		if (c[i]->heap_at == 0 || c[i]->due_us > now_us)
			continue;
		if (c[i]->due_us < after_us ||
		    (c[i]->due_us == after_us &&
			strcmp(c[i]->id, after_id) <= 0))
			continue;
		if (best == NULL || c[i]->due_us < best->due_us ||
		    (c[i]->due_us == best->due_us &&
			strcmp(c[i]->id, best->id) < 0))
			best = c[i];
	}
	return best;
}

static void test_order_over_random_changes(void **state)
{
	struct customer *c[N];
	struct due_heap h = {0};
	uint64_t seed = 99;

	(void)state;
	for (int i = 0; i < N; i++) {
		c[i] = calloc(1, sizeof(*c[i]) + ROW_ID_LEN);
		assert_non_null(c[i]);
		snprintf(c[i]->id, ROW_ID_LEN, "C%d", i);
	}
	for (int round = 0; round < 3000; round++) {
		const struct customer *first;
		int64_t now_us, due_us;

		seed = seed * UINT64_C(6364136223846793005) + 1;
		due_us = (int64_t)(seed >> 40) % 50;
		assert_int_equal(due_set(&h, c[(seed >> 33) % N],
				     due_us < 15 ? INT64_MAX : due_us),
		    0);
		first = naive(c, INT64_MAX, INT64_MIN, "");
		assert_int_equal(
		    due_next(&h), first == NULL ? INT64_MAX : first->due_us);
		now_us = (int64_t)(seed >> 20) % 60;
		assert_ptr_equal(due_after(&h, now_us, INT64_MIN, ""),
		    naive(c, now_us, INT64_MIN, ""));
		assert_ptr_equal(due_after(&h, now_us, due_us, "C5"),
		    naive(c, now_us, due_us, "C5"));
	}
	for (int i = 0; i < N; i++)
		due_set(&h, c[i], INT64_MAX);
	assert_int_equal(h.n, 0);
	assert_int_equal(due_next(&h), INT64_MAX);
	due_free(&h);
	for (int i = 0; i < N; i++)
		free(c[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order_over_random_changes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
