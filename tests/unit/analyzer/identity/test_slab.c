/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/slab.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void records_stay_and_are_used_again(void **state)
{
	struct slab s;
	uint64_t *first;
	uint32_t n;

	(void)state;
	slab_init(&s, 24);
	assert_int_equal(slab_new(&s), 1);
	first = slab_at(&s, 1);
	*first = 77;
	for (uint32_t i = 2; i <= 3 * SLAB_CHUNK; i++) {
		assert_int_equal(slab_new(&s), i);
		*(uint64_t *)slab_at(&s, i) = i;
	}
	assert_ptr_equal(slab_at(&s, 1), first);
	assert_int_equal(*first, 77);
	for (uint32_t i = 2; i <= 3 * SLAB_CHUNK; i++)
		assert_int_equal(*(uint64_t *)slab_at(&s, i), i);
	slab_give(&s, 5);
	slab_give(&s, SLAB_CHUNK + 1);
	n = slab_new(&s);
	assert_int_equal(n, SLAB_CHUNK + 1);
	assert_int_equal(*(uint64_t *)slab_at(&s, n), 0);
	assert_int_equal(slab_new(&s), 5);
	assert_int_equal(slab_new(&s), 3 * SLAB_CHUNK + 1);
	assert_true(slab_bytes(&s) >= 4 * SLAB_CHUNK * 24);
	slab_clear(&s);
	assert_int_equal(slab_bytes(&s), 0);
	assert_int_equal(slab_new(&s), 1);
	slab_clear(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(records_stay_and_are_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
