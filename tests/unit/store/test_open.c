/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>

/* An ordinary user, for whom permissions hold. */
#define NOBODY 65534

static void assert_refused(
    const char *path, enum db_mode mode, const char *what, const char *remedy)
{
	char err[DB_ERROR_BYTES] = "";
	struct db *db = db_open(path, mode, err);

	assert_null(db);
	if (!strstr(err, path) || !strstr(err, what) || !strstr(err, remedy))
		print_error("%s\n", err);
	assert_non_null(strstr(err, path));
	assert_non_null(strstr(err, what));
	assert_non_null(strstr(err, remedy));
}

static void spoil(const struct fixture *f, const char *sql)
{
	sqlite3 *raw;

	assert_int_equal(sqlite3_open(f->path, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(raw), SQLITE_OK);
}

static void write_file(const char *path, const char *text, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void a_missing_file_is_named(void **state)
{
	struct fixture *f = *state;
	char path[128];

	assert_refused(f->path, DB_READ, "no such file", "--db");
	assert_refused(f->path, DB_WRITE, "no such file", "sekisho replay");
	assert_int_equal(access(f->path, F_OK), -1);
	snprintf(path, sizeof(path), "%s/no/t.db", f->dir);
	assert_refused(path, DB_CREATE, "No such file", "make it");
	assert_refused(path, DB_READ, "no such file", "--db");
	snprintf(path, sizeof(path), "%s/t.db/x", f->dir);
	write_file(f->path, "x", 1);
	assert_refused(path, DB_CREATE, "no such file", "--db");
}

static void what_is_no_file_is_refused(void **state)
{
	struct fixture *f = *state;
	char path[128];

	for (enum db_mode m = DB_READ; m <= DB_CREATE; m++) {
		assert_refused(f->dir, m, "a directory", "name a file in it");
		assert_refused("/dev/null", m, "not a file", "name another");
	}
	snprintf(path, sizeof(path), "%s/fifo", f->dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_refused(path, DB_CREATE, "not a file", "name another");
}

static void garbage_is_refused_and_left_alone(void **state)
{
	struct fixture *f = *state;
	char text[5000], back[5000];
	FILE *file;

	memset(text, 'x', sizeof(text));
	for (enum db_mode m = DB_READ; m <= DB_CREATE; m++) {
		write_file(f->path, text, sizeof(text));
		assert_refused(
		    f->path, m, "not an SQLite database", "name another file");
	}
	file = fopen(f->path, "r");
	assert_non_null(file);
	assert_int_equal(fread(back, 1, sizeof(back), file), sizeof(back));
	assert_int_equal(fgetc(file), EOF);
	fclose(file);
	assert_memory_equal(back, text, sizeof(back));
}

static void an_empty_file_is_filled_by_a_writer(void **state)
{
	struct fixture *f = *state;

	write_file(f->path, "", 0);
	assert_refused(f->path, DB_READ, "empty", "sekisho-analyzer");
	f->db = must_open(f->path, DB_WRITE);
	assert_string_equal(shell(f->db, "PRAGMA user_version"), "16");
	db_close(must_open(f->path, DB_READ));
}

static void another_programs_database_is_refused(void **state)
{
	struct fixture *f = *state;

	spoil(f, "CREATE TABLE album (title TEXT)");
	for (enum db_mode m = DB_READ; m <= DB_CREATE; m++)
		assert_refused(f->path, m, "another program", "name another");
	spoil(f, "DROP TABLE album; PRAGMA application_id = 7;");
	assert_refused(f->path, DB_CREATE, "another program", "name another");
	spoil(f, "PRAGMA application_id = 0; PRAGMA user_version = 1;");
	assert_refused(f->path, DB_CREATE, "another program", "name another");
}

static void a_newer_version_is_refused(void **state)
{
	struct fixture *f = *state;

	db_close(must_open(f->path, DB_CREATE));
	spoil(f, "PRAGMA user_version = 99");
	for (enum db_mode m = DB_READ; m <= DB_CREATE; m++)
		assert_refused(f->path, m,
		    "knows version 16 of the database, the file has 99",
		    "upgrade sekisho");
	spoil(f, "PRAGMA user_version = 16");
	db_close(must_open(f->path, DB_WRITE));
}

static void a_reader_does_not_migrate(void **state)
{
	struct fixture *f = *state;

	db_close(must_open(f->path, DB_CREATE));
	spoil(f, "PRAGMA user_version = 0");
	assert_refused(f->path, DB_READ,
	    "needs version 16 of the database, the file has 0",
	    "open it once with sekisho-analyzer");
	/* a migration that fails leaves the version that it found */
	assert_refused(f->path, DB_WRITE, "already exists", f->path);
	assert_refused(f->path, DB_READ, "the file has 0", "sekisho-analyzer");
}

static void a_locked_file_says_so(void **state)
{
	struct fixture *f = *state;
	sqlite3 *raw;

	db_close(must_open(f->path, DB_CREATE));
	assert_int_equal(sqlite3_open(f->path, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw,
			     "PRAGMA locking_mode = EXCLUSIVE;"
			     "BEGIN EXCLUSIVE",
			     NULL, NULL, NULL),
	    SQLITE_OK);
	assert_refused(
	    f->path, DB_WRITE, "locked by another process", "end that process");
	sqlite3_close(raw);
	db_close(must_open(f->path, DB_WRITE));
}

/* --- permissions: asked as a user for whom they hold ---------------- */

enum answer { OPENED, REFUSED, WRONG };

struct question {
	const char *path;
	enum db_mode mode;
	const char *what, *remedy;
};

static enum answer ask(const struct question *q)
{
	char err[DB_ERROR_BYTES] = "";
	struct db *db = db_open(q->path, q->mode, err);
	const struct read_range all = {.state = -1, .kind = -1};
	char value[16];

	if (!db && q->what && strstr(err, q->what) && strstr(err, q->remedy))
		return REFUSED;
	if (!db || q->what || read_meta(db, "k", value, sizeof(value)) != 0 ||
	    strcmp(value, "v") != 0 ||
	    read_observations_range(db, &all, NULL, NULL) != 0) {
		print_error("%s\n", err);
		return WRONG;
	}
	db_close(db);
	return OPENED;
}

static enum answer ask_as_nobody(const struct question *q)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (geteuid() == 0 &&
		    (setgid(NOBODY) != 0 || setuid(NOBODY) != 0))
			_exit(WRONG);
		_exit(ask(q));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return (enum answer)WEXITSTATUS(status);
}

/* A store with something in it, readable by all, in a directory of theirs. */
static void make_readable(struct fixture *f, mode_t dir, mode_t file)
{
	struct db *db = must_open(f->path, DB_CREATE);

	assert_int_equal(write_meta(db, "k", "v"), 0);
	db_close(db);
	assert_int_equal(chmod(f->path, file), 0);
	assert_int_equal(chmod(f->dir, dir), 0);
}

static void a_reader_needs_no_writable_directory(void **state)
{
	struct fixture *f = *state;
	const struct question q = {f->path, DB_READ, NULL, NULL};

	make_readable(f, 0555, 0444);
	assert_int_equal(ask_as_nobody(&q), OPENED);
}

static void a_path_may_look_like_a_uri(void **state)
{
	struct fixture *f = *state;
	char dir[128], path[192];
	struct question q = {path, DB_READ, NULL, NULL};

	make_readable(f, 0755, 0444);
	snprintf(dir, sizeof(dir), "%s/a?b#c%%20", f->dir);
	snprintf(path, sizeof(path), "%s/t.db", dir);
	assert_int_equal(mkdir(dir, 0755), 0);
	assert_int_equal(rename(f->path, path), 0);
	assert_int_equal(chmod(dir, 0555), 0);
	assert_int_equal(ask_as_nobody(&q), OPENED);
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* While a writer runs its -wal and -shm are there and are used. */
static void a_reader_without_rights_follows_a_writer(void **state)
{
	struct fixture *f = *state;
	const struct question q = {f->path, DB_READ, NULL, NULL};
	char wal[128], shm[128];

	make_readable(f, 0755, 0644);
	snprintf(wal, sizeof(wal), "%s-wal", f->path);
	snprintf(shm, sizeof(shm), "%s-shm", f->path);
	f->db = must_open(f->path, DB_WRITE);
	assert_int_equal(write_meta(f->db, "k", "old"), 0);
	assert_int_equal(write_meta(f->db, "k", "v"), 0);
	assert_int_equal(chmod(wal, 0644), 0);
	assert_int_equal(chmod(shm, 0644), 0);
	assert_int_equal(chmod(f->dir, 0555), 0);
	assert_int_equal(ask_as_nobody(&q), OPENED);
}

/* Never the file without what its -wal holds. */
static void a_wal_out_of_reach_is_not_left_out(void **state)
{
	struct fixture *f = *state;
	const struct question q = {f->path, DB_READ,
	    "FILE-wal and FILE-shm beside it can't be used",
	    "give this user permission"};

	make_readable(f, 0755, 0644);
	f->db = must_open(f->path, DB_WRITE);
	assert_int_equal(write_meta(f->db, "k", "newer"), 0);
	if (geteuid() != 0) {
		print_message("skipped: only root can take rights away from "
			      "another user\n");
		return;
	}
	assert_int_equal(chmod(f->dir, 0555), 0);
	{
		char name[128];

		snprintf(name, sizeof(name), "%s-wal", f->path);
		assert_int_equal(chmod(name, 0600), 0);
		snprintf(name, sizeof(name), "%s-shm", f->path);
		assert_int_equal(chmod(name, 0600), 0);
	}
	assert_int_equal(ask_as_nobody(&q), REFUSED);
}

static void a_writer_says_what_it_may_not_write(void **state)
{
	struct fixture *f = *state;
	const struct question file = {f->path, DB_WRITE, "must write to it",
	    "give this user write permission"};
	const struct question dir = {
	    f->path, DB_WRITE, f->path, "give this user"};
	char path[128];
	const struct question create = {path, DB_CREATE, "Permission denied",
	    "write permission on its directory"};

	make_readable(f, 0555, 0444);
	assert_int_equal(ask_as_nobody(&file), REFUSED);
	assert_int_equal(chmod(f->path, 0666), 0);
	assert_int_equal(ask_as_nobody(&dir), REFUSED);
	snprintf(path, sizeof(path), "%s/other.db", f->dir);
	assert_int_equal(ask_as_nobody(&create), REFUSED);
}

/* No file may grow beyond a few pages: the disk of a process that is full. */
static enum answer ask_with_little_space(const struct question *q)
{
	const struct rlimit little = {3 * 4096, 3 * 4096};
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &little) != 0)
			_exit(WRONG);
		_exit(ask(q));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return (enum answer)WEXITSTATUS(status);
}

static void a_full_disk_leaves_nothing_half_written(void **state)
{
	struct fixture *f = *state;
	const struct question q = {
	    f->path, DB_CREATE, "space", "then try again"};

	assert_int_equal(ask_with_little_space(&q), REFUSED);
	assert_refused(f->path, DB_READ, "empty", "sekisho-analyzer");
	f->db = must_open(f->path, DB_WRITE);
	assert_string_equal(shell(f->db, "PRAGMA integrity_check"), "ok");
	assert_int_equal(write_meta(f->db, "k", "v"), 0);
}

static void a_reader_says_what_it_may_not_read(void **state)
{
	struct fixture *f = *state;
	const struct question q = {f->path, DB_READ, "Permission denied",
	    "give this user read permission"};

	make_readable(f, 0755, 0000);
	assert_int_equal(ask_as_nobody(&q), REFUSED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    DIR_TEST(a_missing_file_is_named),
	    DIR_TEST(what_is_no_file_is_refused),
	    DIR_TEST(garbage_is_refused_and_left_alone),
	    DIR_TEST(an_empty_file_is_filled_by_a_writer),
	    DIR_TEST(another_programs_database_is_refused),
	    DIR_TEST(a_newer_version_is_refused),
	    DIR_TEST(a_reader_does_not_migrate),
	    DIR_TEST(a_locked_file_says_so),
	    DIR_TEST(a_reader_needs_no_writable_directory),
	    DIR_TEST(a_path_may_look_like_a_uri),
	    DIR_TEST(a_reader_without_rights_follows_a_writer),
	    DIR_TEST(a_wal_out_of_reach_is_not_left_out),
	    DIR_TEST(a_writer_says_what_it_may_not_write),
	    DIR_TEST(a_full_disk_leaves_nothing_half_written),
	    DIR_TEST(a_reader_says_what_it_may_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
