/* SPDX-License-Identifier: Apache-2.0 */
/* What a purge may take, row by row. */
#include "store/retain.h"

#include "fixture.h"
#include "store/check.h"
#include "store/checkpoint.h"

#define OLD "1000000000000" /* 1970-01-12, a day of its own */

/* D1 to D3: a block that ended. D4: one by hand in force, with action 1. D5,
 * D6: the end names D5, and its delivery waits. D7, D8: younger than the
 * cut-off, and D7 names D6. I1 closed long ago, I2 open, I3 of D4, I4 the
 * newest. */
static const char seed[] =
    "INSERT INTO incident (id, kind, customer, line_class, state, closed_as, "
    "opened_us, last_us, closed_us, first_obs, last_obs, observations, "
    "servers, unknown_users, blocklisted, spoofed, score_milli, peak_milli) "
    "SELECT v, 'spam_bot', 'C' || v, 'dynamic', CASE v WHEN 2 THEN 'open' "
    "ELSE 'closed' END, CASE v WHEN 2 THEN 'not_closed' ELSE 'quiet' END, 5, "
    "6, CASE v WHEN 2 THEN NULL ELSE 7 END, 10 * v, 10 * v + 5, 1, 1, 0, 0, "
    "0, 0, 0 FROM (SELECT 1 AS v UNION SELECT 2 UNION SELECT 3 UNION "
    "SELECT 4);"
    "INSERT INTO operator_action (id, ts_us, verb, applied_obs, incident_id) "
    "VALUES (1, 5, 'block', 3, NULL), (2, 5, 'note', 4, 1), "
    "(3, 5, 'note', 4, 2), (4, 5, 'ack', NULL, NULL), "
    "(5, " OLD "000, 'note', 5, NULL);"
    "INSERT INTO decision (seq, customer, line_class, action, cause, "
    "since_us, until_us, incident_id, ends_seq, obs_no, op_id, step, mode) "
    "VALUES (1, 'C1', 'dynamic', 'block', 'detector', 5, 6, 1, NULL, 12, "
    "NULL, 1, 'enforce'), "
    "(2, 'C1', 'dynamic', 'block', 'detector', 6, 7, 1, 1, 13, NULL, 1, "
    "'enforce'), "
    "(3, 'C1', 'dynamic', 'allow', 'expired', 7, NULL, 1, 2, 14, NULL, 0, "
    "'enforce'), "
    "(4, 'C3', 'dynamic', 'block', 'manual', 8, NULL, 3, NULL, 1, 1, 0, "
    "'enforce'), "
    "(5, 'C5', 'dynamic', 'block', 'manual', 9, 10, NULL, NULL, NULL, "
    "NULL, 1, 'enforce'), "
    "(6, 'C5', 'dynamic', 'allow', 'expired', 10, NULL, NULL, 5, NULL, NULL, "
    "0, 'enforce'), "
    "(7, 'C7', 'dynamic', 'block', 'manual', " OLD "000, 1, NULL, NULL, "
    "NULL, NULL, 1, 'enforce'), "
    "(8, 'C7', 'dynamic', 'allow', 'expired', " OLD "000, NULL, NULL, 7, "
    "NULL, NULL, 0, 'enforce');"
    "INSERT INTO delivery (decision_seq, driver, state, attempts, "
    "created_us, next_us) VALUES (1, 'a', 'done', 1, 0, 0), "
    "(6, 'a', 'pending', 1, 0, 0);"
    "INSERT INTO lease (prefix, length, first_port, last_port, from_us, "
    "source, until_us, customer, line_class) VALUES "
    "(zeroblob(16), 128, 0, 0, 1, 'x', 2, 'C1', 'dynamic'), "
    "(zeroblob(16), 128, 0, 0, 2, 'x', NULL, 'C1', 'dynamic');"
    "INSERT INTO complaint VALUES (1, zeroblob(16), " OLD "000, 5, 'arf', "
    "'abuse', NULL, NULL, 0, 'C1', 'dynamic', NULL), "
    "(2, randomblob(16), " OLD "000, NULL, 'arf', 'abuse', NULL, NULL, 0, "
    "'C1', 'dynamic', NULL);"
    "INSERT INTO customer_note VALUES (1, 5, 'aiko', 'C1', 'called'), "
    "(2, " OLD "000, 'aiko', 'C1', 'called again');"
    "INSERT INTO enforcer_sample VALUES (1, 'a', 5, 6, 2, 1, 1, 0, 0, 0, 0), "
    "(2, 'a', 7, " OLD "000, 2, 1, 1, 0, 0, 0, 0);"
    "INSERT INTO checkpoint VALUES (40, 0, 0, 4, 8, 'h', 'enforce', 1, 0, "
    "zeroblob(32));"
    "INSERT INTO meta VALUES ('policy:h', 'x')";

/* Rows 1 to 50 of 1970-01-01, each its own applied number, of C1 to C5. */
static void put_log(struct db *db)
{
	for (int n = 1; n <= 50; n++) {
		struct observation o = {.ts_us = n, .start_us = n};

		snprintf(o.customer, sizeof(o.customer), "C%d", n / 10);
		assert_int_equal(write_observation(db, &o), 0);
		o.applied_no = n == 50 ? 0 : n;
		if (n < 50)
			assert_int_equal(write_applied(db, &o), 0);
	}
}

static void fill(struct db *db)
{
	assert_int_equal(db_begin(db), 0);
	put_log(db);
	assert_int_equal(stmt_exec(db, seed), 0);
	assert_int_equal(db_commit(db), 0);
}

static const char *column(struct db *db, const char *sql, char *buf)
{
	sqlite3_stmt *s = stmt_take(db, sql, NULL, 0);

	assert_non_null(s);
	assert_int_equal(stmt_step(db, s), 1);
	column_copy(s, 0, buf, 512);
	stmt_give(db, s);
	return buf;
}

static void purge(struct db *db, int64_t rows, bool count, int64_t *went)
{
	struct retain_limits l = {.rows = rows, .count = count};
	struct audit who = {.operator= "timer", .verb = "db purge"};
	struct retain *r;

	for (int k = 0; k < RETAIN_KIND_COUNT; k++)
		l.before_us[k] = US_PER_DAY;
	r = retain_new(db, &l, &who);
	if (!r)
		fail_msg("%s", db_error(db));
	for (int k = 0; k < RETAIN_KIND_COUNT; k++) {
		enum retain_kind kind = (enum retain_kind)k;
		int64_t n;
		int rc = 1;

		went[k] = 0;
		if (count)
			assert_int_equal(retain_count(r, kind, &went[k]), 0);
		while (!count && rc == 1) {
			rc = retain_step(r, kind, DAY_US, &n);
			if (rc < 0)
				fail_msg("%s", db_error(db));
			went[k] += n;
		}
	}
	retain_free(r);
}

static int ignore(void *arg, const char *check, const char *what)
{
	int *n = arg;

	/* The seed's log is no real one. */
	if (strcmp(check, "applied rows") == 0)
		return 0;
	print_error("%s: %s\n", check, what);
	(*n)++;
	return 0;
}

static void only_what_nobody_needs_goes(void **state)
{
	struct fixture *f = *state;
	int64_t would[RETAIN_KIND_COUNT], went[RETAIN_KIND_COUNT];
	char buf[512];
	int findings = 0;

	fill(f->db);
	purge(f->db, 7, true, would);
	purge(f->db, 7, false, went);
	assert_string_equal(column(f->db,
				"SELECT group_concat(seq) FROM (SELECT seq "
				"FROM decision ORDER BY seq)",
				buf),
	    "4,5,6,7,8");
	assert_string_equal(column(f->db,
				"SELECT group_concat(id) FROM (SELECT id FROM "
				"incident ORDER BY id)",
				buf),
	    "2,3,4");
	/* 1: of D4; 3: of an open incident; 4: waits; 5: young */
	assert_string_equal(column(f->db,
				"SELECT group_concat(id) FROM (SELECT id FROM "
				"operator_action ORDER BY id)",
				buf),
	    "1,3,4,5");
	assert_string_equal(
	    column(f->db, "SELECT count(*) FROM lease", buf), "1");
	assert_string_equal(
	    column(f->db, "SELECT count(*) FROM delivery", buf), "1");
	assert_string_equal(column(f->db,
				"SELECT (SELECT group_concat(id) FROM "
				"complaint) || ' ' || (SELECT group_concat(id) "
				"FROM customer_note)",
				buf),
	    "2 2");
	/* The row of D4; rows 20 to 25 of I2, 30 to 35 of I3; behind row 40
	 * is no checkpoint; row 50 is not applied. */
	assert_string_equal(column(f->db,
				"SELECT group_concat(obs_no) FROM "
				"observation_19700101",
				buf),
	    "1,20,21,22,23,24,25,30,31,32,33,34,35,41,42,43,44,45,46,47,48,49,"
	    "50");
	assert_int_equal(db_check(f->db, ignore, &findings), 0);
	assert_int_equal(findings, 0);
	/* But for what has no checkpoint it was so counted. */
	would[RETAIN_OBSERVATIONS] -= 9;
	for (int k = 0; k < RETAIN_KIND_COUNT; k++)
		assert_int_equal(would[k], went[k]);
}

/* A delivery of D2 waits: without D3, D2 would stand again. */
static void an_end_stays_with_what_it_ends(void **state)
{
	struct fixture *f = *state;
	int64_t went[RETAIN_KIND_COUNT];
	char buf[512];

	fill(f->db);
	assert_int_equal(
	    stmt_exec(f->db, "INSERT INTO delivery (decision_seq, driver, "
			     "state, attempts, created_us, next_us) VALUES "
			     "(2, 'a', 'pending', 1, 0, 0)"),
	    0);
	purge(f->db, 7, false, went);
	assert_string_equal(column(f->db,
				"SELECT group_concat(seq) FROM (SELECT seq "
				"FROM decision ORDER BY seq)",
				buf),
	    "1,2,3,4,5,6,7,8");
}

static void each_kind_is_counted_in_the_audit_log(void **state)
{
	struct fixture *f = *state;
	int64_t went[RETAIN_KIND_COUNT];
	char buf[512];

	fill(f->db);
	purge(f->db, 1000, false, went);
	assert_string_equal(
	    column(f->db,
		"SELECT group_concat(object || ': ' || detail, '; ') FROM "
		"(SELECT object, detail FROM audit ORDER BY audit_no)",
		buf),
	    "observations 19700101: 27 rows removed; 23 stay; "
	    "decisions: 3 rows removed; incidents: 1 rows removed; "
	    "operator actions: 1 rows removed; leases: 1 rows removed; "
	    "samples of drivers: 1 rows removed; "
	    "complaints and notes: 2 rows removed");
	/* Nothing more: nothing is told. */
	purge(f->db, 1000, false, went);
	assert_string_equal(
	    column(f->db, "SELECT count(*) FROM audit", buf), "7");
}

static void an_empty_day_is_dropped(void **state)
{
	struct fixture *f = *state;
	int64_t went[RETAIN_KIND_COUNT];
	char buf[512];

	assert_int_equal(db_begin(f->db), 0);
	put_log(f->db);
	assert_int_equal(
	    stmt_exec(f->db,
		"UPDATE observation_19700101 SET applied_no = obs_no;"
		"INSERT INTO checkpoint VALUES (50, 0, 0, 0, 0, 'h', "
		"'monitor', 1, 0, zeroblob(32))"),
	    0);
	assert_int_equal(db_commit(f->db), 0);
	purge(f->db, 20, false, went);
	assert_int_equal(went[RETAIN_OBSERVATIONS], 50);
	assert_string_equal(column(f->db,
				"SELECT count(*) FROM sqlite_schema WHERE name "
				"LIKE 'observation_1970%'",
				buf),
	    "0");
	assert_string_equal(
	    column(f->db, "SELECT count(*) FROM observation_day", buf), "0");
}

static void without_a_checkpoint_nothing_of_the_log_goes(void **state)
{
	struct fixture *f = *state;
	int64_t went[RETAIN_KIND_COUNT];

	fill(f->db);
	assert_int_equal(stmt_exec(f->db, "DELETE FROM checkpoint"), 0);
	purge(f->db, 20, false, went);
	assert_int_equal(went[RETAIN_OBSERVATIONS], 0);
	assert_int_equal(went[RETAIN_DECISIONS], 0);
	assert_int_equal(went[RETAIN_INCIDENTS], 0);
	assert_int_equal(went[RETAIN_LEASES], 1);
}

static void a_boundary_is_the_last_row_of_the_days_that_go(void **state)
{
	struct fixture *f = *state;
	struct retain_limits l = {0};
	int64_t applied = -1;

	fill(f->db);
	assert_int_equal(retain_boundary(f->db, &l, &applied), 0);
	assert_int_equal(applied, 0);
	l.before_us[RETAIN_INCIDENTS] = US_PER_DAY;
	assert_int_equal(retain_boundary(f->db, &l, &applied), 0);
	assert_int_equal(applied, 49);
}

static void one_at_a_time(void **state)
{
	struct fixture *f = *state;
	int fd = retain_lock(f->db);

	assert_true(fd >= 0);
	assert_int_equal(retain_lock(f->db), -1);
	assert_true(db_is_busy(f->db));
	close(fd);
	fd = retain_lock(f->db);
	assert_true(fd >= 0);
	close(fd);
}

#define RETAIN_TEST(t)                                                         \
	cmocka_unit_test_setup_teardown(t, fixture_up, fixture_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    RETAIN_TEST(only_what_nobody_needs_goes),
	    RETAIN_TEST(an_end_stays_with_what_it_ends),
	    RETAIN_TEST(each_kind_is_counted_in_the_audit_log),
	    RETAIN_TEST(an_empty_day_is_dropped),
	    RETAIN_TEST(without_a_checkpoint_nothing_of_the_log_goes),
	    RETAIN_TEST(a_boundary_is_the_last_row_of_the_days_that_go),
	    RETAIN_TEST(one_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
