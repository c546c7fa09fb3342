/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

static int cached(const struct db *db)
{
	int n = 0;

	for (int i = 0; i < STMT_CACHED; i++)
		n += db->stmts[i].s != NULL;
	return n;
}

static void a_statement_is_kept_and_given_again(void **state)
{
	struct fixture *f = *state;
	static const char sql[] = "SELECT ?1";
	sqlite3_stmt *a = stmt_take(f->db, sql, NULL, 0), *b;

	assert_non_null(a);
	assert_int_equal(sqlite3_bind_int(a, 1, 5), SQLITE_OK);
	assert_int_equal(stmt_step(f->db, a), 1);
	assert_int_equal(sqlite3_column_int(a, 0), 5);
	stmt_give(f->db, a);
	b = stmt_take(f->db, sql, NULL, 0);
	assert_ptr_equal(a, b);
	/* reset, and without what was bound */
	assert_int_equal(stmt_step(f->db, b), 1);
	assert_int_equal(sqlite3_column_type(b, 0), SQLITE_NULL);
	stmt_give(f->db, b);
	stmt_give(f->db, NULL);
}

static void one_in_use_is_not_shared(void **state)
{
	struct fixture *f = *state;
	static const char sql[] = "SELECT 1 UNION SELECT 2";
	sqlite3_stmt *a = stmt_take(f->db, sql, NULL, 0), *b;

	assert_int_equal(stmt_step(f->db, a), 1);
	b = stmt_take(f->db, sql, NULL, 0);
	assert_ptr_not_equal(a, b);
	assert_int_equal(stmt_step(f->db, b), 1);
	assert_int_equal(sqlite3_column_int(b, 0), 1);
	stmt_give(f->db, b);
	assert_int_equal(stmt_step(f->db, a), 1);
	assert_int_equal(sqlite3_column_int(a, 0), 2);
	assert_int_equal(stmt_step(f->db, a), 0);
	stmt_give(f->db, a);
}

static void each_day_has_its_own(void **state)
{
	struct fixture *f = *state;
	static const char sql[] = "SELECT '{day}'";
	sqlite3_stmt *a = stmt_take(f->db, sql, NULL, 20261124);
	sqlite3_stmt *b = stmt_take(f->db, sql, NULL, 19700101);
	char text[16];

	assert_int_equal(stmt_step(f->db, a), 1);
	column_copy(a, 0, text, sizeof(text));
	assert_string_equal(text, "20261124");
	assert_int_equal(stmt_step(f->db, b), 1);
	column_copy(b, 0, text, 5);
	assert_string_equal(text, "1970");
	stmt_give(f->db, a);
	stmt_give(f->db, b);
}

static void the_cache_is_bounded(void **state)
{
	enum { MANY = 3 * STMT_CACHED };
	struct fixture *f = *state;
	static const char sql[] = "SELECT {day}";
	static sqlite3_stmt *s[MANY];

	for (int i = 0; i < MANY; i++)
		stmt_give(f->db, stmt_take(f->db, sql, NULL, i));
	assert_int_equal(cached(f->db), STMT_CACHED);
	/* the one used last is still there, the first is not */
	assert_int_equal(f->db->uses > MANY, true);
	for (int i = 0; i < STMT_CACHED; i++)
		assert_true(f->db->stmts[i].day >= MANY - STMT_CACHED);
	/* all in use: beyond the cache they still work */
	for (int i = 0; i < MANY; i++) {
		s[i] = stmt_take(f->db, sql, NULL, i);
		assert_non_null(s[i]);
	}
	for (int i = 0; i < MANY; i++) {
		assert_int_equal(stmt_step(f->db, s[i]), 1);
		assert_int_equal(sqlite3_column_int(s[i], 0), i);
		stmt_give(f->db, s[i]);
	}
	assert_int_equal(cached(f->db), STMT_CACHED);
}

static void columns_are_written_out(void **state)
{
	struct fixture *f = *state;
	sqlite3_stmt *s = stmt_take(f->db,
	    "INSERT INTO decision ({columns}) VALUES ({values}) "
	    "ON CONFLICT (seq) DO UPDATE SET {update}",
	    &map_decision, 0);

	assert_non_null(s);
	assert_string_equal(sqlite3_sql(s),
	    "INSERT INTO decision (seq, customer, line_class, action, cause, "
	    "since_us, until_us, incident_id, ends_seq, obs_no, op_id, step, "
	    "mode, policy_hash, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
	    "?, ?, ?, ?, ?) ON CONFLICT (seq) DO UPDATE SET seq = "
	    "excluded.seq, customer = excluded.customer, line_class = "
	    "excluded.line_class, action = excluded.action, cause = "
	    "excluded.cause, since_us = excluded.since_us, until_us = "
	    "excluded.until_us, incident_id = excluded.incident_id, ends_seq "
	    "= excluded.ends_seq, obs_no = excluded.obs_no, op_id = "
	    "excluded.op_id, step = excluded.step, mode = excluded.mode, "
	    "policy_hash = excluded.policy_hash, reason = excluded.reason");
	stmt_give(f->db, s);
}

static void a_bad_statement_is_an_error(void **state)
{
	struct fixture *f = *state;
	static char longer[2 * STMT_SQL_BYTES];
	int64_t v;

	assert_null(stmt_take(f->db, "SELECT absent", NULL, 0));
	assert_non_null(strstr(db_error(f->db), "no such column"));
	memset(longer, ' ', sizeof(longer) - 1);
	assert_null(stmt_take(f->db, longer, NULL, 0));
	assert_non_null(strstr(db_error(f->db), "too long"));
	assert_int_equal(
	    stmt_number(f->db, "SELECT x FROM nowhere", 0, &v), -1);
	assert_int_equal(stmt_exec(f->db, "CREATE TABLE a (x TEXT) STRICT;"
					  "INSERT INTO a VALUES (1); oops;"
					  "DROP TABLE a"),
	    -1);
	assert_string_equal(shell(f->db, "SELECT x FROM a"), "1");
}

static void a_number_is_read(void **state)
{
	struct fixture *f = *state;
	int64_t v = 3;

	assert_int_equal(stmt_number(f->db, "SELECT NULL", 0, &v), 0);
	assert_int_equal(stmt_number(f->db, "SELECT 1 WHERE 0", 0, &v), 0);
	assert_int_equal(v, 3);
	assert_int_equal(
	    stmt_number(f->db, "SELECT -9223372036854775808", 0, &v), 1);
	assert_true(v == INT64_MIN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(a_statement_is_kept_and_given_again),
	    STORE_TEST(one_in_use_is_not_shared),
	    STORE_TEST(each_day_has_its_own),
	    STORE_TEST(the_cache_is_bounded),
	    STORE_TEST(columns_are_written_out),
	    STORE_TEST(a_bad_statement_is_an_error),
	    STORE_TEST(a_number_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
