/* SPDX-License-Identifier: Apache-2.0 */
#include "store/check.h"
#include "tests/unit/store/fixture.h"

static char found[4096];

static int note(void *arg, const char *check, const char *what)
{
	(void)arg;
	snprintf(found + strlen(found), sizeof(found) - strlen(found),
	    "%s: %s\n", check, what);
	return 0;
}

static const char *check(struct db *db)
{
	found[0] = '\0';
	assert_int_equal(db_check(db, note, NULL), 0);
	return found;
}

/* A block of C1 and one of C2, a row of the log, a delivery, a counter. */
static void fill(struct db *db)
{
	struct observation o = observation_at(DAY_US, "C1");
	struct delivery v = {
	    .decision_seq = 1, .driver = "a", .state = "pending"};

	assert_int_equal(write_observation(db, &o), 0);
	for (int i = 1; i <= 2; i++) {
		char name[8];
		struct decision d;

		snprintf(name, sizeof(name), "C%d", i);
		d = decision_at(i, name);
		d.cause = CAUSE_MANUAL;
		assert_int_equal(write_decision(db, &d), 0);
	}
	assert_int_equal(write_delivery(db, &v), 0);
	assert_int_equal(write_counter(db, DAY_US, "x", 3), 0);
	must_run(db, "INSERT INTO enforcer_sample VALUES "
		     "(1, 'a', 10, 20, 2, 3, 2, 1, 0, 1, 0), "
		     "(2, 'a', 30, 30, 1, 3, 3, 0, 0, 0, 0), "
		     "(3, 'b', 10, 40, 1, 3, 3, 0, 0, 0, 0)");
}

static void a_whole_file_has_no_finding(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(check(f->db), "");
	fill(f->db);
	assert_string_equal(check(f->db), "");
}

/* Each thing that is wrong is told, with its row. */
static void what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *sql, *want;
	} cases[] = {
	    {"DROP TRIGGER decision_no_update; UPDATE decision SET ends_seq = "
	     "2 WHERE seq = 1",
		"decisions: decision D1 of C1 ends D2 of C2\n"},
	    {"DROP TRIGGER decision_no_delete; DELETE FROM delivery; DELETE "
	     "FROM decision WHERE seq = 1",
		"numbers: decision D1 is missing\n"},
	    {"UPDATE observation_day SET rows = 5",
		"day tables: observation_20261124 has 1 rows, "
		"observation_day says 5\n"},
	    {"DROP TABLE observation_20261124",
		"day tables: observation_day names 20261124, which has no "
		"table\n"},
	    {"CREATE TABLE observation_20300101 (x)",
		"day tables: observation_20300101 is not in "
		"observation_day\n"},
	    {"UPDATE sequence SET value = 0 WHERE name = 'observation'",
		"numbers: the sequence of observations is at 0, a row has "
		"1\n"},
	    {"INSERT INTO meta VALUES ('purging', '1')",
		"purge: a purge ended within a transaction\n"},
	    {"UPDATE delivery_tally SET n = 7",
		"tallies: delivery_tally says 7 rows of a are pending, there "
		"are 1\n"},
	    {"UPDATE counter_total SET value = 9",
		"tallies: counter_total of x is 9, the days make 3\n"},
	    {"UPDATE enforcer_sample SET last_us = 1 WHERE id = 1",
		"samples: sample 1 of driver a ends before it begins\n"},
	    {"UPDATE enforcer_sample SET extra = 5 WHERE id = 1",
		"samples: sample 1 of driver a has a worst list below its "
		"last\n"},
	    {"UPDATE enforcer_sample SET wanted = -1 WHERE id = 1",
		"samples: sample 1 of driver a counts less than nothing\n"},
	    {"UPDATE enforcer_sample SET last_us = 31 WHERE id = 1",
		"samples: samples 1 and 2 of driver a are of one time\n"},
	    {"PRAGMA foreign_keys = OFF; UPDATE delivery SET decision_seq = 77",
		"foreign key: delivery row 1 names a decision that is not "
		"there\n"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		db_close(f->db);
		unlink(f->path);
		f->db = must_open(f->path, DB_CREATE);
		fill(f->db);
		must_run(f->db, cases[i].sql);
		assert_string_equal(check(f->db), cases[i].want);
	}
}

static int stop(void *arg, const char *name, const char *what)
{
	(void)name;
	(void)what;
	++*(int *)arg;
	return 1;
}

static void the_caller_can_end_it(void **state)
{
	struct fixture *f = *state;
	int n = 0;

	fill(f->db);
	must_run(f->db, "UPDATE delivery_tally SET n = 7;"
			"UPDATE counter_total SET value = 9");
	assert_int_equal(db_check(f->db, stop, &n), 1);
	assert_int_equal(n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(a_whole_file_has_no_finding),
	    STORE_TEST(what_is_wrong_is_named),
	    STORE_TEST(the_caller_can_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
