/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

#include "store/migrate.h"

/* The real first version and some that could follow. */
static const char *list[5];

static const char second[] =
    "-- Version 2: a column for every day, and data moved.\n"
    "ALTER TABLE observation_00000000 ADD COLUMN note TEXT;\n"
    "UPDATE observation_00000000 SET note = 'a; b';\n"
    "CREATE TABLE shelf (book TEXT) STRICT;\n"
    "CREATE TRIGGER shelf_full BEFORE INSERT ON shelf BEGIN\n"
    "  SELECT raise(ABORT, 'full'); SELECT 1;\n"
    "END;\n";
static const char broken[] =
    "CREATE TABLE second_shelf (book TEXT) STRICT;\n"
    "ALTER TABLE observation_00000000 ADD COLUMN other TEXT;\n"
    "CREATE TABLE second_shelf (book TEXT) STRICT;\n";

static void set_list(const char *b, const char *c, const char *d)
{
	list[0] = schema_migrations[0];
	list[1] = b;
	list[2] = b ? c : NULL;
	list[3] = b && c ? d : NULL;
}

static void put(struct db *db, int64_t ts_us)
{
	struct observation o = observation_at(ts_us, "C1");

	assert_int_equal(write_observation(db, &o), 0);
}

static void a_new_file_has_the_last_version(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
	    migrate_version(f->db), migrate_count(schema_migrations));
	assert_int_equal(migrate_run(f->db, schema_migrations), 0);
	assert_int_equal(
	    migrate_version(f->db), migrate_count(schema_migrations));
}

static void every_day_is_migrated(void **state)
{
	struct fixture *f = *state;

	put(f->db, DAY_US);
	put(f->db, DAY_US + US_PER_DAY);
	set_list(second, NULL, NULL);
	assert_int_equal(migrate_run(f->db, list), 0);
	assert_int_equal(migrate_version(f->db), 2);
	assert_string_equal(
	    shell(f->db, "SELECT note FROM observation_20261124 UNION ALL "
			 "SELECT note FROM observation_20261125"),
	    "a; b a; b");
	assert_string_equal(shell(f->db, "SELECT count(*) FROM shelf"), "0");
	assert_int_equal(
	    stmt_exec(f->db, "INSERT INTO shelf VALUES ('x')"), -1);
	assert_non_null(strstr(db_error(f->db), "full"));
	/* a day that is made afterwards is like them */
	put(f->db, DAY_US + 2 * US_PER_DAY);
	assert_string_equal(
	    shell(f->db, "SELECT note FROM observation_20261126"), "NULL");
}

static void a_failure_leaves_the_version_before(void **state)
{
	struct fixture *f = *state;

	put(f->db, DAY_US);
	set_list(second, broken, "CREATE TABLE third (x TEXT) STRICT;");
	assert_int_equal(migrate_run(f->db, list), -1);
	assert_non_null(strstr(db_error(f->db), "already exists"));
	assert_int_equal(migrate_version(f->db), 2);
	assert_string_equal(
	    shell(f->db, "SELECT count(*) FROM sqlite_schema "
			 "WHERE name IN ('second_shelf', 'third')"),
	    "0");
	assert_string_equal(
	    shell(f->db, "SELECT count(*) FROM "
			 "pragma_table_info('observation_20261124') "
			 "WHERE name = 'other'"),
	    "0");
	/* and one that is mended goes on from there */
	set_list(second, "CREATE TABLE second_shelf (book TEXT) STRICT",
	    "CREATE TABLE third (x TEXT) STRICT;\n-- the end\n");
	assert_int_equal(migrate_run(f->db, list), 0);
	assert_int_equal(migrate_version(f->db), 4);
	assert_string_equal(
	    shell(f->db, "SELECT count(*) FROM sqlite_schema "
			 "WHERE name IN ('second_shelf', 'third')"),
	    "2");
	put(f->db, DAY_US);
}

static void a_full_disk_leaves_the_version_before(void **state)
{
	struct fixture *f = *state;
	char sql[64];

	snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %d",
	    atoi(shell(f->db, "PRAGMA page_count")) + 1);
	must_run(f->db, sql);
	set_list("CREATE TABLE a (x TEXT) STRICT; CREATE TABLE b (x TEXT) "
		 "STRICT; CREATE TABLE c (x TEXT) STRICT;",
	    NULL, NULL);
	assert_int_equal(migrate_run(f->db, list), -1);
	assert_true(db_is_full(f->db));
	assert_int_equal(migrate_version(f->db), 1);
	assert_string_equal(shell(f->db, "SELECT count(*) FROM sqlite_schema "
					 "WHERE name IN ('a', 'b', 'c')"),
	    "0");
}

static void two_programs_migrate_once(void **state)
{
	struct fixture *f = *state;
	struct db *other = must_open(f->path, DB_WRITE);

	set_list(second, NULL, NULL);
	assert_int_equal(migrate_run(f->db, list), 0);
	assert_int_equal(migrate_run(other, list), 0);
	assert_int_equal(migrate_version(other), 2);
	put(other, DAY_US);
	put(f->db, DAY_US);
	db_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(a_new_file_has_the_last_version),
	    STORE_TEST(every_day_is_migrated),
	    STORE_TEST(a_failure_leaves_the_version_before),
	    STORE_TEST(a_full_disk_leaves_the_version_before),
	    STORE_TEST(two_programs_migrate_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
