/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/room.h"

static void test_what_is_there_stays(void **state)
{
	int *v = NULL;
	size_t n = 0, cap = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		assert_true(ROOM_FOR_ONE(v, n, cap));
		assert_true(n < cap);
		v[n++] = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(v[i], i);
	free(v);
}

static void test_more_than_memory_changes_nothing(void **state)
{
	char *v = malloc(1);
	char *before = v;
	size_t cap = SIZE_MAX / 4;

	(void)state;
	assert_false(room_for_one(&v, cap, &cap, 4));
	assert_ptr_equal(v, before);
	assert_int_equal(cap, SIZE_MAX / 4);
	free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_is_there_stays),
	    cmocka_unit_test(test_more_than_memory_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
