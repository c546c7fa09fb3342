/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "capture/rank.h"

static void the_lightest_and_oldest_is_first(void **state)
{
	struct rank *r = rank_new(4);

	(void)state;
	assert_non_null(r);
	assert_int_equal(rank_lightest(r), RANK_NONE);
	rank_add(r, 2, 1);
	rank_add(r, 0, 1);
	rank_add(r, 3, 7);
	rank_add(r, 1, 4);
	assert_int_equal(rank_lightest(r), 2);
	rank_raise(r, 2);
	assert_int_equal(rank_weight(r, 2), 2);
	assert_int_equal(rank_lightest(r), 0);
	rank_raise(r, 0); /* equal again, but it came later */
	assert_int_equal(rank_lightest(r), 2);
	rank_remove(r, 2);
	rank_remove(r, 0);
	assert_int_equal(rank_lightest(r), 1);
	rank_remove(r, 1);
	assert_int_equal(rank_lightest(r), 3);
	rank_remove(r, 3);
	assert_int_equal(rank_lightest(r), RANK_NONE);
	rank_free(r);
	rank_free(NULL);
}

enum { N = 16 };

struct model {
	uint64_t weight[N], since[N];
	int in[N];
};

static uint32_t model_lightest(const struct model *m)
{
	uint32_t best = RANK_NONE;

	for (uint32_t i = 0; i < N; i++)
		if (m->in[i] &&
		    (best == RANK_NONE || m->weight[i] < m->weight[best] ||
			(m->weight[i] == m->weight[best] &&
			    m->since[i] < m->since[best])))
			best = i;
	return best;
}

/* Against a search through all, for many steps by chance. */
static void agrees_with_a_plain_search(void **state)
{
	struct rank *r = rank_new(N);
	struct model m = {{0}, {0}, {0}};
	uint64_t x = 1;

	(void)state;
	assert_non_null(r);
	for (uint64_t step = 0; step < 200000; step++) {
		uint32_t i;

		x = x * UINT64_C(6364136223846793005) + 1442695040888963407;
		i = x >> 60;
		if (!m.in[i]) {
			m.weight[i] = x >> 40 & 7;
			m.in[i] = 1;
			m.since[i] = step;
			rank_add(r, i, m.weight[i]);
		} else if ((x >> 50 & 3) != 0) {
			m.weight[i]++;
			m.since[i] = step;
			rank_raise(r, i);
		} else {
			m.in[i] = 0;
			rank_remove(r, i);
		}
		if (m.in[i])
			assert_int_equal(rank_weight(r, i), m.weight[i]);
		assert_int_equal(rank_lightest(r), model_lightest(&m));
		if (step % 1000 == 999) {
			rank_clear(r);
			m = (struct model){{0}, {0}, {0}};
		}
	}
	rank_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_lightest_and_oldest_is_first),
	    cmocka_unit_test(agrees_with_a_plain_search),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
