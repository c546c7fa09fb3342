/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cursor.h"

static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

static void reads_are_in_order_and_in_network_order(void **state)
{
	struct cursor c;

	(void)state;
	cursor_init(&c, bytes, sizeof(bytes));
	assert_int_equal(cursor_left(&c), 11);
	assert_int_equal(cursor_u8(&c), 1);
	assert_int_equal(cursor_be16(&c), 0x0203);
	assert_int_equal(cursor_be32(&c), 0x04050607);
	assert_int_equal(cursor_left(&c), 4);
	assert_int_equal(cursor_le32(&c), 0x0b0a0908);
	assert_int_equal(cursor_left(&c), 0);
	assert_false(c.error);
}

static void a_read_past_the_end_sticks(void **state)
{
	struct cursor c;

	(void)state;
	for (size_t len = 0; len < 4; len++) {
		cursor_init(&c, bytes, len);
		assert_int_equal(cursor_be32(&c), 0);
		assert_true(c.error);
		assert_int_equal(cursor_left(&c), 0);
		assert_int_equal(cursor_u8(&c), 0);
		assert_int_equal(cursor_be16(&c), 0);
		assert_int_equal(cursor_le32(&c), 0);
		assert_null(cursor_bytes(&c, 0));
	}
	cursor_init(&c, bytes, 1);
	assert_int_equal(cursor_be16(&c), 0);
	assert_true(c.error);
	cursor_init(&c, bytes, 3);
	assert_int_equal(cursor_le32(&c), 0);
	assert_true(c.error);
}

static void huge_lengths_do_not_wrap(void **state)
{
	struct cursor c;

	(void)state;
	cursor_init(&c, bytes, sizeof(bytes));
	assert_null(cursor_bytes(&c, SIZE_MAX));
	assert_true(c.error);
	cursor_init(&c, bytes, sizeof(bytes));
	(void)cursor_u8(&c);
	cursor_skip(&c, SIZE_MAX - 1);
	assert_true(c.error);
}

static void skip_and_bytes_move_on(void **state)
{
	struct cursor c;

	(void)state;
	cursor_init(&c, bytes, sizeof(bytes));
	cursor_skip(&c, 3);
	assert_ptr_equal(cursor_bytes(&c, 4), bytes + 3);
	assert_int_equal(cursor_left(&c), 4);
	cursor_skip(&c, 4);
	assert_false(c.error);
	assert_non_null(cursor_bytes(&c, 0));
	cursor_skip(&c, 1);
	assert_true(c.error);
}

static void nothing_is_a_legal_input(void **state)
{
	struct cursor c;

	(void)state;
	cursor_init(&c, NULL, 0);
	assert_int_equal(cursor_left(&c), 0);
	assert_non_null(cursor_bytes(&c, 0));
	assert_int_equal(cursor_u8(&c), 0);
	assert_true(c.error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_are_in_order_and_in_network_order),
	    cmocka_unit_test(a_read_past_the_end_sticks),
	    cmocka_unit_test(huge_lengths_do_not_wrap),
	    cmocka_unit_test(skip_and_bytes_move_on),
	    cmocka_unit_test(nothing_is_a_legal_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
