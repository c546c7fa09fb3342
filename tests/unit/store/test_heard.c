/* SPDX-License-Identifier: Apache-2.0 */
#include "store/heard.h"

#include "tests/unit/store/fixture.h"

static int64_t at(struct db *db, enum heard who)
{
	int64_t us = -1;

	assert_int_equal(read_heard(db, who, &us), 0);
	return us;
}

static void it_is_written_now_and_then(void **state)
{
	static const struct {
		int64_t now_us, stored_us;
	} cases[] = {
	    {DAY_US, DAY_US}, {DAY_US + HEARD_EVERY_US - 1, DAY_US},
	    {INT64_MAX, DAY_US}, /* from a file */
	    {DAY_US + HEARD_EVERY_US, DAY_US + HEARD_EVERY_US},
	    {DAY_US, DAY_US}, /* the clock was set back */
	};
	struct fixture *f = *state;
	struct heard_told told = {{0}};

	assert_int_equal(at(f->db, HEARD_AGENTS), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(
		    write_heard(f->db, &told, HEARD_AGENTS, cases[i].now_us),
		    0);
		assert_int_equal(at(f->db, HEARD_AGENTS), cases[i].stored_us);
	}
	assert_int_equal(at(f->db, HEARD_LEASES), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(it_is_written_now_and_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
