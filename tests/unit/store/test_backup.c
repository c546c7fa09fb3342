/* SPDX-License-Identifier: Apache-2.0 */
#include "store/backup.h"
#include "tests/unit/store/fixture.h"

static const char *other_path(const struct fixture *f)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/other.db", f->dir);
	return path;
}

static int steps;

static int count_step(void *arg, int64_t done, int64_t total)
{
	assert_true(done <= total);
	steps++;
	return arg ? *(int *)arg : 0;
}

/* Pages for more than one step. */
static void fill(struct db *db)
{
	must_run(db, "BEGIN; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL "
		     "SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO meta "
		     "SELECT 'k' || i, hex(zeroblob(1500)) FROM n; COMMIT");
}

static void the_copy_is_of_one_moment(void **state)
{
	struct fixture *f = *state;
	char err[DB_ERROR_BYTES] = "";
	struct db *copy;

	fill(f->db);
	steps = 0;
	assert_int_equal(
	    db_backup(f->db, other_path(f), count_step, NULL, err), 0);
	assert_true(steps >= 1);
	must_run(f->db, "DELETE FROM meta");
	copy = must_open(other_path(f), DB_WRITE);
	assert_string_equal(
	    shell(copy, "SELECT count(*) FROM meta WHERE key LIKE 'k%'"),
	    "3000");
	assert_string_equal(shell(copy, "PRAGMA integrity_check"), "ok");
	db_close(copy);
}

/* What another writes between two steps is in none of it. */
static struct db *writer;

static int write_between(void *arg, int64_t done, int64_t total)
{
	(void)arg;
	(void)done;
	(void)total;
	must_run(writer, "INSERT OR REPLACE INTO meta VALUES ('late', 'x')");
	return 0;
}

static void others_write_meanwhile(void **state)
{
	struct fixture *f = *state;
	char err[DB_ERROR_BYTES] = "";
	struct db *copy;

	fill(f->db);
	writer = must_open(f->path, DB_WRITE);
	assert_int_equal(
	    db_backup(f->db, other_path(f), write_between, NULL, err), 0);
	db_close(writer);
	copy = must_open(other_path(f), DB_WRITE);
	assert_string_equal(
	    shell(copy, "SELECT count(*) FROM meta WHERE key = 'late'"), "0");
	assert_string_equal(
	    shell(f->db, "SELECT value FROM meta WHERE key = 'late'"), "x");
	db_close(copy);
}

static void the_caller_can_end_it(void **state)
{
	struct fixture *f = *state;
	char err[DB_ERROR_BYTES] = "";
	int yes = 1;

	fill(f->db);
	steps = 0;
	assert_int_equal(
	    db_backup(f->db, other_path(f), count_step, &yes, err), 1);
	assert_int_equal(steps, 1);
	/* Nothing is left open: the file can be written. */
	must_run(f->db, "INSERT INTO meta VALUES ('after', 'x')");
}

static void a_path_that_cannot_be_is_told(void **state)
{
	struct fixture *f = *state;
	char err[DB_ERROR_BYTES] = "";

	assert_int_equal(
	    db_backup(f->db, "/no/such/folder/x.db", NULL, NULL, err), -1);
	assert_non_null(strstr(err, "/no/such/folder/x.db"));
	must_run(f->db, "INSERT INTO meta VALUES ('after', 'x')");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(the_copy_is_of_one_moment),
	    STORE_TEST(others_write_meanwhile),
	    STORE_TEST(the_caller_can_end_it),
	    STORE_TEST(a_path_that_cannot_be_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
