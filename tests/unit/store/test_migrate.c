/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

#include "store/migrate.h"

/* The real versions and some that could follow. */
static const char *list[64];
static int real;

static const char second[] =
    "-- A version: a column for every day, and data moved.\n"
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
	real = migrate_count(schema_migrations);
	assert_in_range(real, 1, COUNT(list) - 4);
	memcpy(list, schema_migrations, (size_t)real * sizeof(list[0]));
	list[real] = b;
	list[real + 1] = b ? c : NULL;
	list[real + 2] = b && c ? d : NULL;
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
	assert_int_equal(migrate_version(f->db), real + 1);
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
	assert_int_equal(migrate_version(f->db), real + 1);
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
	assert_int_equal(migrate_version(f->db), real + 3);
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
	assert_int_equal(migrate_version(f->db), real);
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
	assert_int_equal(migrate_version(other), real + 1);
	put(other, DAY_US);
	put(f->db, DAY_US);
	db_close(other);
}

/* --- a file of the first version ------------------------------------------ */

static void raw_run(sqlite3 *raw, const char *sql)
{
	char *error = NULL;

	sqlite3_exec(raw, sql, NULL, NULL, &error);
	if (error)
		print_error("%s: %s\n", sql, error);
	assert_null(error);
}

static int keep_text(void *arg, int n, char **v, char **names)
{
	char **text = arg;
	size_t len = *text ? strlen(*text) : 0;

	(void)names;
	for (int i = 0; i < n; i++) {
		*text = realloc(*text, len + strlen(v[i]) + 1);
		assert_non_null(*text);
		strcpy(*text + len, v[i]);
		len += strlen(v[i]);
	}
	return 0;
}

/* Runs what the query gives, as SQL. */
static void raw_run_result(sqlite3 *raw, const char *query)
{
	char *text = NULL;

	assert_int_equal(
	    sqlite3_exec(raw, query, keep_text, &text, NULL), SQLITE_OK);
	assert_non_null(text);
	raw_run(raw, text);
	free(text);
}

/* The rows of a file of today, in one whose schema is of the first version
 * as it was released. */
static void make_version_1(const char *path, const char *today)
{
	char sql[512];
	sqlite3 *raw;

	assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
	raw_run(raw, schema_migrations[0]);
	snprintf(sql, sizeof(sql),
	    "PRAGMA application_id = %d; PRAGMA user_version = 1; "
	    "ATTACH '%s' AS today",
	    DB_APPLICATION, today);
	raw_run(raw, sql);
	raw_run_result(raw,
	    "SELECT replace(sql, '00000000', '20261124') || ';' "
	    "FROM main.sqlite_schema WHERE sql IS NOT NULL "
	    "AND tbl_name = 'observation_00000000' ORDER BY rowid");
	raw_run_result(raw,
	    "SELECT 'INSERT INTO main.observation_20261124 SELECT ' || "
	    "group_concat('\"' || name || '\"') || "
	    "' FROM today.observation_20261124' "
	    "FROM pragma_table_info('observation_00000000', 'main')");
	raw_run(raw,
	    "INSERT INTO main.observation_day SELECT * FROM "
	    "today.observation_day; INSERT OR REPLACE INTO main.sequence "
	    "SELECT * FROM today.sequence");
	assert_int_equal(sqlite3_close(raw), SQLITE_OK);
}

struct rows {
	struct observation v[4];
	size_t n;
};

static int keep_row(void *arg, const struct observation *o)
{
	struct rows *r = arg;

	assert_true(r->n < COUNT(r->v));
	r->v[r->n++] = *o;
	return 0;
}

static void read_rows(struct db *db, struct rows *r)
{
	const struct read_range all = {.state = -1, .kind = -1};

	memset(r, 0, sizeof(*r));
	assert_int_equal(read_observations_range(db, &all, keep_row, r), 0);
}

static void a_file_of_version_1_is_read_with_its_rows(void **state)
{
	struct observation o = observation_full();
	struct fixture *f = *state;
	static struct rows before, after;
	char other[128], err[DB_ERROR_BYTES];
	struct db *db;

	snprintf(other, sizeof(other), "%s/other.db", f->dir);
	db = must_open(other, DB_CREATE);
	/* which no row of that version has */
	o.attempts = o.servers = o.header_from_count = 0;
	o.dkim_more = false;
	memset(&o.dkim_evidence, 0, sizeof(o.dkim_evidence));
	memset(o.dkim, 0, sizeof(o.dkim));
	memset(o.dmarc, 0, sizeof(o.dmarc));
	memset(o.spf_trail, 0, sizeof(o.spf_trail));
	memset(o.account_hash, 0, sizeof(o.account_hash));
	o.login = LOGIN_NONE;
	o.messages = 0;
	o.own_line = false;
	memset(o.digest, 0, sizeof(o.digest));
	assert_int_equal(write_observation(db, &o), 0);
	o.obs_no = 0;
	o.kind = OBS_CLOSE;
	assert_int_equal(write_observation(db, &o), 0);
	read_rows(db, &before);
	db_close(db);
	make_version_1(f->path, other);

	assert_null(db_open(f->path, DB_READ, err));
	assert_non_null(strstr(err, "the file has 1"));
	assert_non_null(strstr(err, "open it once with sekisho-analyzer"));
	f->db = must_open(f->path, DB_WRITE);
	assert_int_equal(
	    migrate_version(f->db), migrate_count(schema_migrations));
	read_rows(f->db, &after);
	assert_int_equal(before.n, 2);
	assert_int_equal(after.n, 2);
	assert_memory_equal(before.v, after.v, sizeof(before.v));

	/* and its days take rows of today */
	o = observation_at(DAY_US + HOUR_US, "C8");
	o.kind = OBS_SUMMARY;
	o.attempts = 480;
	o.servers = 400;
	assert_int_equal(write_observation(f->db, &o), 0);
	read_rows(f->db, &after);
	assert_int_equal(after.n, 3);
	assert_int_equal(after.v[2].kind, OBS_SUMMARY);
	assert_int_equal(after.v[2].attempts, 480);
	assert_int_equal(after.v[2].servers, 400);
	db_close(must_open(f->path, DB_READ));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(a_new_file_has_the_last_version),
	    STORE_TEST(every_day_is_migrated),
	    STORE_TEST(a_failure_leaves_the_version_before),
	    STORE_TEST(a_full_disk_leaves_the_version_before),
	    STORE_TEST(two_programs_migrate_once),
	    DIR_TEST(a_file_of_version_1_is_read_with_its_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
