/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

static void a_position_comes_back_and_moves_on(void **state)
{
	struct fixture *f = *state;
	struct file_position p = {.path = "/var/log/mail.log",
	    .device = 65025,
	    .inode = UINT64_MAX,
	    .offset = 4711,
	    .head_bytes = 256,
	    .head = {1, 2, 3}};
	struct file_position got;

	assert_int_equal(
	    read_file_position(f->db, "/var/log/mail.log", &got), 0);
	assert_int_equal(write_file_position(f->db, &p), 0);
	assert_int_equal(
	    read_file_position(f->db, "/var/log/mail.log", &got), 1);
	assert_memory_equal(&got, &p, sizeof(p));
	p.offset = 0;
	p.inode = 7;
	memset(p.head, 0, sizeof(p.head));
	assert_int_equal(write_file_position(f->db, &p), 0);
	assert_int_equal(
	    read_file_position(f->db, "/var/log/mail.log", &got), 1);
	assert_memory_equal(&got, &p, sizeof(p));
	assert_int_equal(read_file_position(f->db, "/other", &got), 0);
}

/* It is written with what was read up to it, or not at all. */
static void it_is_part_of_the_transaction(void **state)
{
	struct fixture *f = *state;
	struct file_position p = {.path = "/a", .offset = 1}, got;

	assert_int_equal(db_begin(f->db), 0);
	assert_int_equal(write_file_position(f->db, &p), 0);
	db_rollback(f->db);
	assert_int_equal(read_file_position(f->db, "/a", &got), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(a_position_comes_back_and_moves_on),
	    STORE_TEST(it_is_part_of_the_transaction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
