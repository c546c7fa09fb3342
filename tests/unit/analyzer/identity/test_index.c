/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/index.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

/* Number n has the key n; few hashes, so that many collide. */
static uint64_t hash(uint32_t n)
{
	return n % 97 * UINT64_C(0x9e3779b97f4a7c15);
}

static bool same(const void *owner, uint32_t number, const void *key)
{
	(void)owner;
	return number == *(const uint32_t *)key;
}

static uint32_t *find(const struct index *ix, uint32_t n)
{
	return index_find(ix, hash(n), same, NULL, &n);
}

static void an_empty_one_finds_nothing(void **state)
{
	struct index ix = {0};

	(void)state;
	assert_null(find(&ix, 1));
	assert_int_equal(index_bytes(&ix), 0);
	index_clear(&ix);
}

/* Against a plain set: no gap hides anybody. */
static void what_is_dropped_hides_nobody(void **state)
{
	static bool in[3000];
	struct index ix = {0};
	unsigned int seed = 3, n_in = 0;

	(void)state;
	for (int i = 0; i < 60000; i++) {
		uint32_t n = 1 + (uint32_t)rand_r(&seed) % 2999;
		uint32_t *at = find(&ix, n);

		assert_int_equal(at != NULL, in[n]);
		if (at != NULL)
			assert_int_equal(*at, n);
		if (rand_r(&seed) % 2 == 0) {
			if (in[n])
				continue;
			assert_int_equal(index_add(&ix, hash(n), n), 0);
			n_in++;
		} else {
			if (!in[n])
				continue;
			index_drop(&ix, at);
			n_in--;
		}
		in[n] = !in[n];
		assert_int_equal(ix.n, n_in);
	}
	for (uint32_t n = 1; n < 3000; n++)
		assert_int_equal(find(&ix, n) != NULL, in[n]);
	index_clear(&ix);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_one_finds_nothing),
	    cmocka_unit_test(what_is_dropped_hides_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
