/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

#include "store/day.h"

static void a_time_has_a_day(void **state)
{
	static const struct {
		int64_t ts_us;
		int day;
	} cases[] = {
	    {DAY_US - 1, 20261123},
	    {DAY_US, 20261124},
	    {DAY_US + US_PER_DAY - 1, 20261124},
	    {DAY_US + US_PER_DAY, 20261125},
	    {0, 19700101},
	    {-1, 19700101},
	    {INT64_MIN, 19700101},
	    {INT64_C(253402300799999999), 99991231},
	    {INT64_C(253402300800000000), 99991231},
	    {INT64_MAX, 99991231},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(day_of(cases[i].ts_us), cases[i].day);
}

static void put(struct db *db, int64_t ts_us, int64_t obs_no)
{
	struct observation o = observation_at(ts_us, "C1");

	assert_int_equal(write_observation(db, &o), 0);
	assert_int_equal(o.obs_no, obs_no);
}

static void rows_lie_in_the_table_of_their_day(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(db_begin(f->db), 0);
	put(f->db, DAY_US - 1, 1);
	put(f->db, DAY_US, 2);
	put(f->db, DAY_US - 1, 3);
	put(f->db, DAY_US + US_PER_DAY - 1, 4);
	put(f->db, DAY_US + US_PER_DAY, 5);
	assert_int_equal(db_commit(f->db), 0);
	assert_string_equal(shell(f->db, "SELECT group_concat(obs_no) FROM "
					 "observation_20261123"),
	    "1,3");
	assert_string_equal(shell(f->db, "SELECT group_concat(obs_no) FROM "
					 "observation_20261124"),
	    "2,4");
	assert_string_equal(shell(f->db, "SELECT * FROM observation_day"),
	    "20261123 1 3 2 20261124 2 4 2 20261125 5 5 1");
	assert_string_equal(
	    shell(f->db, "SELECT count(*) FROM observation_00000000"), "0");
	assert_string_equal(
	    shell(f->db, "SELECT name FROM sqlite_schema WHERE type = 'index' "
			 "AND tbl_name = 'observation_20261125' ORDER BY name"),
	    "observation_20261125_applied observation_20261125_customer "
	    "observation_20261125_unapplied");
}

static void numbers_go_on_after_reopening(void **state)
{
	struct fixture *f = *state;

	put(f->db, DAY_US, 1);
	put(f->db, DAY_US, 2);
	db_close(f->db);
	f->db = must_open(f->path, DB_WRITE);
	put(f->db, DAY_US, 3);
}

/* The catalogue, not the greatest row, knows: a day can be dropped. */
static void a_number_is_not_given_again_after_a_purge(void **state)
{
	struct fixture *f = *state;

	put(f->db, DAY_US, 1);
	put(f->db, DAY_US, 2);
	must_run(f->db, "BEGIN; DROP TABLE observation_20261124;"
			"DELETE FROM observation_day; COMMIT");
	put(f->db, DAY_US, 3);
}

static void two_writers_share_the_numbers(void **state)
{
	struct fixture *f = *state;
	struct db *other = must_open(f->path, DB_WRITE);

	put(f->db, DAY_US, 1);
	put(other, DAY_US, 2);
	put(other, DAY_US + US_PER_DAY, 3);
	put(f->db, DAY_US + US_PER_DAY, 4);
	db_close(other);
	assert_string_equal(shell(f->db, "SELECT * FROM observation_day"),
	    "20261124 1 2 2 20261125 3 4 2");
}

static void a_rollback_takes_day_and_numbers_back(void **state)
{
	struct fixture *f = *state;

	put(f->db, DAY_US, 1);
	assert_int_equal(db_begin(f->db), 0);
	put(f->db, DAY_US, 2);
	put(f->db, DAY_US + US_PER_DAY, 3);
	db_rollback(f->db);
	assert_string_equal(
	    shell(f->db, "SELECT * FROM observation_day"), "20261124 1 1 1");
	assert_string_equal(
	    shell(f->db, "SELECT count(*) FROM sqlite_schema "
			 "WHERE name LIKE 'observation_20261125%'"),
	    "0");
	assert_int_equal(db_begin(f->db), 0);
	put(f->db, DAY_US + US_PER_DAY, 2);
	assert_int_equal(db_commit(f->db), 0);
	assert_string_equal(shell(f->db, "SELECT * FROM observation_day"),
	    "20261124 1 1 1 20261125 2 2 1");
}

static void the_list_of_days_is_bounded(void **state)
{
	struct fixture *f = *state;
	struct day_range *days;
	int n;

	for (int i = 0; i < 4; i++)
		put(f->db, DAY_US + i * US_PER_DAY, i + 1);
	assert_int_equal(day_list(f->db, 20261125, 20261126, &days, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(days[0].day, 20261125);
	assert_int_equal(days[0].first_obs, 2);
	assert_int_equal(days[1].day, 20261126);
	free(days);
	assert_int_equal(day_exists(f->db, 20261127), 1);
	assert_int_equal(day_exists(f->db, 20261128), 0);
}

static void without_the_pattern_no_day_is_made(void **state)
{
	struct fixture *f = *state;
	struct observation o = observation_at(DAY_US, "C1");

	must_run(f->db, "DROP TABLE observation_00000000");
	assert_int_equal(write_observation(f->db, &o), -1);
	assert_true(db_is_broken(f->db));
	assert_non_null(strstr(db_error(f->db), "restore a backup"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_time_has_a_day),
	    STORE_TEST(rows_lie_in_the_table_of_their_day),
	    STORE_TEST(numbers_go_on_after_reopening),
	    STORE_TEST(a_number_is_not_given_again_after_a_purge),
	    STORE_TEST(two_writers_share_the_numbers),
	    STORE_TEST(a_rollback_takes_day_and_numbers_back),
	    STORE_TEST(the_list_of_days_is_bounded),
	    STORE_TEST(without_the_pattern_no_day_is_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
