/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/roster.h"

#include "analyzer/detect/customer.h"
#include "feed.h"

#define N 700

static struct customer *customer(int i)
{
	struct customer *c = calloc(1, sizeof(*c) + ROW_ID_LEN);

	assert_non_null(c);
	snprintf(c->id, ROW_ID_LEN, "C%d", i);
	return c;
}

static void assert_same(
    const struct roster *r, struct customer **c, const bool *in)
{
	size_t n = 0;

	for (int i = 0; i < N; i++) {
		assert_ptr_equal(roster_find(r, c[i]->id), in[i] ? c[i] : NULL);
		n += in[i];
	}
	assert_int_equal(r->n, n);
	assert_true(r->n * 4 <= r->cap * 3);
}

/* Nearly full and nearly empty by turns, so that chains form and close. */
static void it_knows_who_came_and_who_went(void **state)
{
	struct customer *c[N];
	bool in[N] = {false};
	struct roster r = {0};
	uint64_t seed = 5;

	(void)state;
	for (int i = 0; i < N; i++)
		c[i] = customer(i);
	assert_null(roster_find(&r, "C1"));
	for (int round = 0; round < 60000; round++) {
		bool filling = round / 3000 % 2 == 0;
		int i;

		seed = seed * UINT64_C(6364136223846793005) + 1;
		i = (int)((seed >> 33) % N);
		if (in[i] == (filling && (seed >> 20) % 8 != 0))
			continue;
		if (in[i])
			roster_remove(&r, c[i]);
		else
			assert_int_equal(roster_add(&r, c[i]), 0);
		in[i] = !in[i];
		if (round % 50 == 0)
			assert_same(&r, c, in);
	}
	assert_same(&r, c, in);
	roster_free(&r);
	assert_null(roster_find(&r, "C1"));
	for (int i = 0; i < N; i++)
		free(c[i]);
}

/* The hash does not see the case of letters; the name does. */
static void equal_hashes_are_different_names(void **state)
{
	static const char *const ids[] = {"abc", "ABC", "aBc", "Abc"};
	struct customer *c[4];
	struct roster r = {0};

	(void)state;
	for (int i = 0; i < 4; i++) {
		c[i] = customer(i);
		snprintf(c[i]->id, ROW_ID_LEN, "%s", ids[i]);
		assert_int_equal(roster_add(&r, c[i]), 0);
	}
	for (int i = 0; i < 4; i++)
		assert_ptr_equal(roster_find(&r, ids[i]), c[i]);
	assert_null(roster_find(&r, "abC"));
	roster_remove(&r, c[1]);
	assert_null(roster_find(&r, "ABC"));
	assert_ptr_equal(roster_find(&r, "Abc"), c[3]);
	roster_free(&r);
	for (int i = 0; i < 4; i++)
		free(c[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(it_knows_who_came_and_who_went),
	    cmocka_unit_test(equal_hashes_are_different_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
