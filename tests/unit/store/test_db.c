/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

#include <signal.h>

static void put(struct db *db, int64_t ts_us)
{
	struct observation o = observation_at(ts_us, "C1");

	assert_int_equal(write_observation(db, &o), 0);
}

static int count_one(void *arg, const struct observation *o)
{
	(void)o;
	++*(int *)arg;
	return 0;
}

static int rows(struct db *db)
{
	int n = 0;

	assert_int_equal(read_unapplied(db, count_one, &n), 0);
	return n;
}

static void settings_are_as_promised(void **state)
{
	struct fixture *f = *state;
	struct stat st;

	assert_string_equal(shell(f->db, "PRAGMA journal_mode"), "wal");
	assert_string_equal(shell(f->db, "PRAGMA synchronous"), "2");
	assert_string_equal(shell(f->db, "PRAGMA foreign_keys"), "1");
	assert_int_equal(f->db->patience_ms, 5000);
	assert_string_equal(
	    shell(f->db, "PRAGMA application_id"), "1399155561");
	assert_string_equal(shell(f->db, "PRAGMA integrity_check"), "ok");
	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 07, 0);
}

static void a_transaction_is_all_or_nothing(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(db_begin(f->db), 0);
	put(f->db, DAY_US);
	assert_int_equal(db_commit(f->db), 0);
	assert_int_equal(db_begin(f->db), 0);
	put(f->db, DAY_US);
	put(f->db, DAY_US);
	db_rollback(f->db);
	assert_int_equal(rows(f->db), 1);
	db_rollback(f->db);
	assert_int_equal(rows(f->db), 1);
}

static void transactions_do_not_nest(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(db_error(f->db), "no error");
	assert_int_equal(db_commit(f->db), -1);
	assert_non_null(strstr(db_error(f->db), "no transaction is open"));
	assert_int_equal(db_begin(f->db), 0);
	assert_int_equal(db_begin(f->db), -1);
	assert_non_null(strstr(db_error(f->db), "open already"));
	put(f->db, DAY_US);
	assert_int_equal(db_commit(f->db), 0);
	assert_int_equal(rows(f->db), 1);
}

static void a_second_writer_is_told_to_wait(void **state)
{
	struct fixture *f = *state;
	struct db *other = must_open(f->path, DB_WRITE);

	sqlite3_busy_timeout(other->sql, 20);
	assert_int_equal(db_begin(f->db), 0);
	put(f->db, DAY_US);
	assert_int_equal(db_begin(other), -1);
	assert_true(db_is_busy(other));
	assert_false(db_is_full(other) || db_is_broken(other));
	assert_non_null(strstr(db_error(other), "locked by another process"));
	assert_int_equal(write_meta(other, "k", "v"), -1);
	assert_true(db_is_busy(other));
	assert_int_equal(db_commit(f->db), 0);
	assert_int_equal(db_begin(other), 0);
	assert_int_equal(db_commit(other), 0);
	db_close(other);
}

static void a_full_store_keeps_what_it_had(void **state)
{
	struct fixture *f = *state;
	char sql[64];
	int rc = 0;

	put(f->db, DAY_US);
	snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %d",
	    atoi(shell(f->db, "PRAGMA page_count")) + 4);
	must_run(f->db, sql);
	assert_int_equal(db_begin(f->db), 0);
	for (int i = 0; i < 10000 && rc == 0; i++) {
		struct observation o = observation_full();

		rc = write_observation(f->db, &o);
	}
	assert_int_equal(rc, -1);
	assert_true(db_is_full(f->db));
	assert_false(db_is_busy(f->db) || db_is_broken(f->db));
	assert_non_null(strstr(db_error(f->db), "no space left; free space"));
	/* the cause outlives the rollback */
	db_rollback(f->db);
	assert_true(db_is_full(f->db));
	assert_int_equal(rows(f->db), 1);
	assert_string_equal(shell(f->db, "PRAGMA integrity_check"), "ok");
	assert_int_equal(
	    stmt_exec(f->db, "PRAGMA max_page_count = 1000000"), 0);
	put(f->db, DAY_US);
}

static void space_that_comes_back_is_used(void **state)
{
	struct fixture *f = *state;
	struct observation o = observation_full();
	char sql[64];

	snprintf(sql, sizeof(sql), "PRAGMA max_page_count = %d",
	    atoi(shell(f->db, "PRAGMA page_count")));
	must_run(f->db, sql);
	assert_int_equal(write_observation(f->db, &o), -1);
	assert_true(db_is_full(f->db));
	assert_int_equal(
	    stmt_exec(f->db, "PRAGMA max_page_count = 1000000"), 0);
	assert_int_equal(write_observation(f->db, &o), 0);
	assert_int_equal(o.obs_no, 1);
}

/* Pages first .. last, counted from 1, overwritten on the disk. */
static void overwrite(const char *path, long first, long last)
{
	unsigned char junk[4096];
	FILE *file = fopen(path, "r+");

	assert_non_null(file);
	memset(junk, 0xa5, sizeof(junk));
	for (long p = first; p <= last; p++) {
		assert_int_equal(
		    fseek(file, (p - 1) * (long)sizeof(junk), SEEK_SET), 0);
		assert_int_equal(
		    fwrite(junk, 1, sizeof(junk), file), sizeof(junk));
	}
	assert_int_equal(fclose(file), 0);
}

static void damage_is_told_apart(void **state)
{
	struct fixture *f = *state;
	struct observation o = observation_at(DAY_US, "C1");
	int n = 0;
	long root;

	put(f->db, DAY_US);
	root = atol(shell(f->db, "SELECT rootpage FROM sqlite_schema "
				 "WHERE name = 'observation_20261124'"));
	db_close(f->db);
	f->db = NULL;
	overwrite(f->path, root, root);
	f->db = must_open(f->path, DB_WRITE);
	assert_int_equal(
	    read_observations(f->db, "C1", 0, INT64_MAX, count_one, &n), -1);
	assert_true(db_is_broken(f->db));
	assert_int_equal(write_observation(f->db, &o), -1);
	assert_true(db_is_broken(f->db));
	assert_false(db_is_busy(f->db) || db_is_full(f->db));
	assert_non_null(strstr(db_error(f->db), "restore a backup"));
	assert_int_equal(n, 0);
}

static void damage_everywhere_is_found_at_once(void **state)
{
	struct fixture *f = *state;
	char err[DB_ERROR_BYTES];
	long pages = atol(shell(f->db, "PRAGMA page_count"));

	db_close(f->db);
	f->db = NULL;
	overwrite(f->path, 2, pages);
	assert_null(db_open(f->path, DB_READ, err));
	assert_non_null(strstr(err, "damaged; restore a backup"));
	assert_null(db_open(f->path, DB_WRITE, err));
	assert_non_null(strstr(err, "damaged; restore a backup"));
}

static void one_process_applies_the_log(void **state)
{
	struct fixture *f = *state;
	struct db *other = must_open(f->path, DB_WRITE);
	char want[64];

	assert_int_equal(db_lock_apply(f->db), 0);
	assert_int_equal(db_lock_apply(f->db), 0);
	assert_int_equal(db_lock_apply(other), -1);
	snprintf(
	    want, sizeof(want), "process %ld applies the log", (long)getpid());
	assert_non_null(strstr(db_error(other), want));
	assert_true(db_is_busy(other));
	db_unlock_apply(f->db);
	assert_int_equal(db_lock_apply(other), 0);
	assert_int_equal(db_lock_apply(f->db), -1);
	db_close(other);
	assert_int_equal(db_lock_apply(f->db), 0);
}

/* The lock follows the file, not the name that was used for it. */
static void a_link_has_the_same_lock(void **state)
{
	struct fixture *f = *state;
	char link[128];
	struct db *other;

	snprintf(link, sizeof(link), "%s/link.db", f->dir);
	assert_int_equal(symlink(f->path, link), 0);
	other = must_open(link, DB_WRITE);
	assert_int_equal(db_lock_apply(f->db), 0);
	assert_int_equal(db_lock_apply(other), -1);
	db_close(other);
}

static void a_reader_works_beside_a_writer(void **state)
{
	struct fixture *f = *state;
	struct db *reader = must_open(f->path, DB_READ);

	assert_int_equal(rows(reader), 0);
	assert_int_equal(db_begin(f->db), 0);
	for (int i = 1; i <= 50; i++) {
		put(f->db, DAY_US);
		put(f->db, DAY_US + i * US_PER_DAY);
		assert_int_equal(rows(reader), 2 * i - 2);
		assert_int_equal(db_commit(f->db), 0);
		assert_int_equal(rows(reader), 2 * i);
		assert_int_equal(db_begin(f->db), 0);
	}
	db_rollback(f->db);
	assert_int_equal(write_meta(reader, "k", "v"), -1);
	assert_non_null(strstr(db_error(reader), "cannot be written"));
	db_close(reader);
}

struct beside {
	struct db *writer;
	int n;
};

static int write_beside(void *arg, const struct observation *o)
{
	struct beside *b = arg;

	b->n++;
	put(b->writer, o->ts_us);
	return 0;
}

/* One snapshot: what is written meanwhile is not in it. */
static void a_walk_sees_one_moment(void **state)
{
	struct fixture *f = *state;
	struct beside b = {f->db, 0};
	struct db *reader = must_open(f->path, DB_READ);

	put(f->db, DAY_US);
	put(f->db, DAY_US + US_PER_DAY);
	put(f->db, DAY_US);
	assert_int_equal(read_unapplied(reader, write_beside, &b), 0);
	assert_int_equal(b.n, 3);
	assert_int_equal(rows(reader), 6);
	db_close(reader);
}

/* Commits batches of 10 for ever; says after each how many there are. */
static void child_writes(const char *path, int fd)
{
	char err[DB_ERROR_BYTES];
	struct db *db = db_open(path, DB_WRITE, err);
	int done = 0;

	while (db && db_begin(db) == 0) {
		for (int i = 0; i < 10; i++) {
			struct observation o = observation_full();

			o.ts_us = DAY_US + (done + i) % 40 * US_PER_DAY;
			if (write_observation(db, &o) != 0)
				_exit(1);
			if (i == 5 &&
			    write(fd, &done, sizeof(done)) != sizeof(done))
				_exit(1);
		}
		if (db_commit(db) != 0)
			_exit(1);
		done += 10;
	}
	_exit(1);
}

static void kill_in_a_transaction(const char *path, int at_least)
{
	int fds[2], done = 0, status;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(fds[0]);
		child_writes(path, fds[1]);
	}
	close(fds[1]);
	while (done < at_least)
		assert_int_equal(
		    read(fds[0], &done, sizeof(done)), sizeof(done));
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	close(fds[0]);
}

static void a_killed_writer_leaves_whole_transactions(void **state)
{
	struct fixture *f = *state;
	int before = 0;

	db_close(f->db);
	for (int round = 0; round < 5; round++) {
		int64_t obs, applied, incident, decision;
		int n;

		kill_in_a_transaction(f->path, 20 + 30 * round);
		f->db = must_open(f->path, DB_WRITE);
		assert_string_equal(
		    shell(f->db, "PRAGMA integrity_check"), "ok");
		n = rows(f->db);
		assert_true(n >= before + 20 + 30 * round);
		assert_int_equal(n % 10, 0);
		assert_int_equal(read_last_numbers(f->db, &obs, &applied,
				     &incident, &decision),
		    0);
		assert_int_equal(obs, n);
		assert_int_equal(
		    atoi(shell(f->db, "SELECT sum(rows) FROM observation_day")),
		    n);
		before = n;
		db_close(f->db);
	}
	f->db = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(settings_are_as_promised),
	    STORE_TEST(a_transaction_is_all_or_nothing),
	    STORE_TEST(transactions_do_not_nest),
	    STORE_TEST(a_second_writer_is_told_to_wait),
	    STORE_TEST(a_full_store_keeps_what_it_had),
	    STORE_TEST(space_that_comes_back_is_used),
	    STORE_TEST(damage_is_told_apart),
	    STORE_TEST(damage_everywhere_is_found_at_once),
	    STORE_TEST(one_process_applies_the_log),
	    STORE_TEST(a_link_has_the_same_lock),
	    STORE_TEST(a_reader_works_beside_a_writer),
	    STORE_TEST(a_walk_sees_one_moment),
	    STORE_TEST(a_killed_writer_leaves_whole_transactions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
