/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

#include "store/day.h"

struct seen {
	char text[256];
};

static int see(void *arg, const struct observation *o)
{
	struct seen *s = arg;
	size_t len = strlen(s->text);

	snprintf(s->text + len, sizeof(s->text) - len, "%s%lld",
	    len > 0 ? " " : "", (long long)o->obs_no);
	return 0;
}

static void put(struct db *db, int64_t ts_us, const char *customer)
{
	struct observation o = observation_at(ts_us, customer);

	assert_int_equal(write_observation(db, &o), 0);
}

static void fill(struct db *db)
{
	put(db, DAY_US, "C1");              /* 1 */
	put(db, DAY_US + 1, "C2");          /* 2 */
	put(db, DAY_US - 1, "C1");          /* 3 */
	put(db, DAY_US + US_PER_DAY, "C1"); /* 4 */
	put(db, DAY_US + 2, "");            /* 5 */
	put(db, DAY_US + 3, "C1");          /* 6 */
}

static void one_customers_rows_come_in_record_order(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *customer;
		int64_t first, last;
		const char *rows;
	} cases[] = {
	    {"C1", 0, INT64_MAX, "1 3 4 6"},
	    {"C1", 3, 4, "3 4"},
	    {"C1", 4, 3, ""},
	    {"C2", 0, INT64_MAX, "2"},
	    {"C3", 0, INT64_MAX, ""},
	};

	fill(f->db);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct seen s = {""};

		assert_int_equal(read_observations(f->db, cases[i].customer,
				     cases[i].first, cases[i].last, see, &s),
		    0);
		assert_string_equal(s.text, cases[i].rows);
	}
}

/* The rows of one customer lie in many parts of the index. */
static void parts_are_read_one_after_another(void **state)
{
	struct fixture *f = *state;
	static const struct {
		int64_t first, last;
		const char *rows;
	} cases[] = {
	    {0, INT64_MAX, "1 16383 16384 32768 81920"},
	    {16383, 16383, "16383"},
	    {16384, 81919, "16384 32768"},
	    {81920, 81920, "81920"},
	    {90000, INT64_MAX, ""},
	    {INT64_MIN, 1, "1"},
	};

	assert_int_equal(db_begin(f->db), 0);
	for (size_t i = 0; i < 5; i++) {
		static const int64_t at[] = {1, 16383, 16384, 32768, 81920};
		char sql[96];

		snprintf(sql, sizeof(sql), "UPDATE sequence SET value = %lld",
		    (long long)at[i] - 1);
		assert_int_equal(day_flush(f->db), 0);
		assert_int_equal(stmt_exec(f->db, sql), 0);
		day_forget(f->db);
		put(f->db, DAY_US + (i == 3 ? US_PER_DAY : 0), "C1");
		if (i != 1)
			put(f->db, DAY_US, "C2");
	}
	assert_int_equal(db_commit(f->db), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct seen s = {""};

		assert_int_equal(read_observations(f->db, "C1", cases[i].first,
				     cases[i].last, see, &s),
		    0);
		assert_string_equal(s.text, cases[i].rows);
	}
}

static void rows_of_a_time_come_in_record_order(void **state)
{
	struct fixture *f = *state;
	static const struct {
		struct read_range r;
		const char *rows;
	} cases[] = {
	    {{0}, "1 2 3 4 5 6"},
	    {{.limit = 4}, "1 2 3 4"},
	    {{.customer = "C1"}, "1 3 4 6"},
	    {{.customer = "C1", .limit = 1}, "1"},
	    {{.since_us = DAY_US}, "1 2 4 5 6"},
	    {{.since_us = DAY_US + 1}, "2 4 5 6"},
	    {{.until_us = DAY_US + 1}, "1 3"},
	    {{.until_us = DAY_US}, "3"},
	    {{.since_us = DAY_US, .until_us = DAY_US + US_PER_DAY}, "1 2 5 6"},
	    {{.since_us = DAY_US + 1, .customer = "C1"}, "4 6"},
	};

	fill(f->db);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct seen s = {""};

		assert_int_equal(
		    read_observations_range(f->db, &cases[i].r, see, &s), 0);
		assert_string_equal(s.text, cases[i].rows);
	}
}

static void the_last_numbers_are_known(void **state)
{
	struct fixture *f = *state;
	int64_t obs = -1, applied = -1, incident = -1, decision = -1;
	struct observation o = observation_at(DAY_US + US_PER_DAY, "C1");
	struct incident i = incident_full(8);
	struct decision d = decision_at(9, "C1");

	assert_int_equal(
	    read_last_numbers(f->db, &obs, &applied, &incident, &decision), 0);
	assert_int_equal(obs, 0);
	assert_int_equal(applied, 0);
	assert_int_equal(incident, 0);
	assert_int_equal(decision, 0);
	assert_int_equal(db_begin(f->db), 0);
	assert_int_equal(write_observation(f->db, &o), 0);
	o.applied_no = 7;
	assert_int_equal(write_applied(f->db, &o), 0);
	put(f->db, DAY_US + 2 * US_PER_DAY, "C1");
	assert_int_equal(write_incident(f->db, &i), 0);
	assert_int_equal(write_decision(f->db, &d), 0);
	/* within the transaction too */
	assert_int_equal(
	    read_last_numbers(f->db, &obs, &applied, &incident, &decision), 0);
	assert_int_equal(obs, 2);
	assert_int_equal(applied, 7);
	assert_int_equal(incident, 8);
	assert_int_equal(decision, 9);
	db_rollback(f->db);
	assert_int_equal(
	    read_last_numbers(f->db, &obs, &applied, &incident, &decision), 0);
	assert_int_equal(obs + applied + incident + decision, 0);
}

static void assert_plan(struct db *db, const char *sql, const char *want)
{
	char text[512];

	snprintf(text, sizeof(text), "EXPLAIN QUERY PLAN %s", sql);
	if (!strstr(shell(db, text), want))
		print_error("%s\n%s\n", sql, shell(db, text));
	assert_non_null(strstr(shell(db, text), want));
}

static void queries_use_their_index(void **state)
{
	struct fixture *f = *state;

	fill(f->db);
	assert_plan(f->db,
	    "SELECT * FROM observation_20261124 WHERE obs_no >> 14 = ?4 "
	    "AND customer = ?1 AND obs_no BETWEEN ?2 AND ?3 ORDER BY obs_no",
	    "observation_20261124_customer (<expr>=? AND customer=? AND "
	    "rowid>? AND rowid<?)");
	assert_null(strstr(
	    shell(f->db, "EXPLAIN QUERY PLAN SELECT * FROM "
			 "observation_20261124 WHERE obs_no >> 14 = ?4 AND "
			 "customer = ?1 ORDER BY obs_no"),
	    "ORDER BY"));
	assert_plan(f->db,
	    "SELECT * FROM observation_20261124 WHERE applied_no > ?2 "
	    "ORDER BY applied_no",
	    "observation_20261124_applied (applied_no>?)");
	assert_plan(f->db,
	    "SELECT * FROM lease WHERE prefix = ?1 AND length = ?2 "
	    "AND from_us <= ?3",
	    "USING PRIMARY KEY (prefix=? AND length=? AND from_us<?)");
	assert_plan(f->db,
	    "SELECT * FROM operator_action WHERE applied_obs IS NULL "
	    "ORDER BY id",
	    "operator_action_waiting");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(one_customers_rows_come_in_record_order),
	    STORE_TEST(parts_are_read_one_after_another),
	    STORE_TEST(rows_of_a_time_come_in_record_order),
	    STORE_TEST(the_last_numbers_are_known),
	    STORE_TEST(queries_use_their_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
