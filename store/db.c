/* SPDX-License-Identifier: Apache-2.0 */
#include "store/stmt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "store/day.h"

/* --- errors ----------------------------------------------------------- */

void db_describe(
    const char *path, int rc, const char *detail, char *text, size_t size)
{
	const char *what;

	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		what = "locked by another process for more than 5 s; end "
		       "that process or try again";
		break;
	case SQLITE_FULL:
		what = "no space left; free space on its disk, then try again";
		break;
	case SQLITE_IOERR:
		what = "reading or writing failed; check its disk and the "
		       "space on it, then try again";
		break;
	case SQLITE_CORRUPT:
		what = "damaged; restore a backup or name another file";
		break;
	case SQLITE_NOTADB:
		what = "not an SQLite database; name another file";
		break;
	case SQLITE_READONLY:
		what = "cannot be written; give this user write permission "
		       "on the file and its directory";
		break;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		what = "cannot be opened; give this user permission on the "
		       "file, its directory and the files FILE-wal and "
		       "FILE-shm beside it";
		break;
	default:
		what = "failed";
		break;
	}
	snprintf(text, size, "%.200s: %s (%.120s)", path, what, detail);
}

int db_fail(struct db *db)
{
	db->rc = sqlite3_extended_errcode(db->sql);
	db_describe(db->path, db->rc, sqlite3_errmsg(db->sql), db->error,
	    sizeof(db->error));
	return -1;
}

int db_fail_as(struct db *db, int rc, const char *fmt, ...)
{
	char detail[256];
	va_list ap;

	va_start(ap, fmt);
	/* clang-tidy 14 forgets va_start() when it reads several files. */
	/* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	db->rc = rc;
	snprintf(db->error, sizeof(db->error), "%.200s: %s", db->path, detail);
	return -1;
}

bool db_is_busy(const struct db *db)
{
	int rc = db->rc & 0xff;

	return rc == SQLITE_BUSY || rc == SQLITE_LOCKED;
}

bool db_is_full(const struct db *db)
{
	int rc = db->rc & 0xff;

	return rc == SQLITE_FULL || rc == SQLITE_IOERR;
}

bool db_is_broken(const struct db *db)
{
	int rc = db->rc & 0xff;

	return rc == SQLITE_CORRUPT || rc == SQLITE_NOTADB;
}

const char *db_error(const struct db *db)
{
	return db->error[0] != '\0' ? db->error : "no error";
}

/* --- transactions ----------------------------------------------------- */

static int command(struct db *db, const char *sql)
{
	sqlite3_stmt *s = stmt_take(db, sql, NULL, 0);

	return s ? stmt_run(db, s) : -1;
}

int db_begin(struct db *db)
{
	if (db->in_txn)
		return db_fail_as(
		    db, SQLITE_MISUSE, "a transaction is open already");
	if (command(db, "BEGIN IMMEDIATE") != 0)
		return -1;
	db->in_txn = true;
	day_forget(db);
	return 0;
}

int db_set_soft(struct db *db, bool soft)
{
	return stmt_exec(db,
	    soft ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL");
}

void db_set_patience(struct db *db, int ms)
{
	db->patience_ms = ms;
}

void db_trim(struct db *db)
{
	(void)sqlite3_db_release_memory(db->sql);
}

/* A full disk can end a transaction behind our back. */
static int still_open(struct db *db)
{
	if (db->in_txn && !sqlite3_get_autocommit(db->sql))
		return 0;
	if (db->in_txn)
		return -1;
	return db_fail_as(db, SQLITE_MISUSE, "no transaction is open");
}

int db_commit(struct db *db)
{
	if (still_open(db) != 0 || day_flush(db) != 0 ||
	    command(db, "COMMIT") != 0)
		return -1;
	db->in_txn = false;
	day_forget(db);
	return 0;
}

/* Keeps the cause of the failure that led here. */
void db_rollback(struct db *db)
{
	int rc = db->rc;
	char error[DB_ERROR_BYTES];

	memcpy(error, db->error, sizeof(error));
	if (db->in_txn && !sqlite3_get_autocommit(db->sql))
		command(db, "ROLLBACK");
	db->in_txn = false;
	day_forget(db);
	db->rc = rc;
	memcpy(db->error, error, sizeof(error));
}

int db_enter(struct db *db, bool *own)
{
	*own = !db->in_txn;
	return *own ? db_begin(db) : still_open(db);
}

int db_leave(struct db *db, bool own, int rc)
{
	if (!own || !db->in_txn)
		return rc;
	if (rc == 0)
		rc = db_commit(db);
	if (rc != 0)
		db_rollback(db);
	return rc;
}

int db_enter_read(struct db *db, bool *own)
{
	*own = sqlite3_get_autocommit(db->sql);
	return *own ? command(db, "BEGIN") : 0;
}

int db_leave_read(struct db *db, bool own, int rc)
{
	if (own && !sqlite3_get_autocommit(db->sql) &&
	    command(db, "COMMIT") != 0 && rc == 0)
		rc = -1;
	return rc;
}

/* --- the lock of the log's one applier ---------------------------------- */

static int lock_held(struct db *db, const char *path, int fd)
{
	char pid[24] = "";
	ssize_t n = pread(fd, pid, sizeof(pid) - 1, 0);

	pid[n > 0 ? strspn(pid, "0123456789") : 0] = '\0';
	close(fd);
	return db_fail_as(db, SQLITE_BUSY,
	    "process %s applies the log (it holds %s); stop it, or let it do "
	    "the work",
	    pid[0] != '\0' ? pid : "(unknown)", path);
}

int db_lock_apply(struct db *db)
{
	char *path;
	int fd;

	if (db->lock_fd != -1)
		return 0;
	if (asprintf(&path, "%s.lock", db->path) == -1)
		return db_fail_as(db, SQLITE_NOMEM, "out of memory");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd == -1)
		db_fail_as(db, SQLITE_CANTOPEN,
		    "the lock file %s cannot be opened: %s; give this user "
		    "write permission on it and its directory",
		    path, strerror(errno));
	else if (flock(fd, LOCK_EX | LOCK_NB) != 0)
		lock_held(db, path, fd);
	else
		db->lock_fd = fd;
	free(path);
	if (db->lock_fd == -1)
		return -1;
	/* Only for the message above: without it the lock still holds. */
	if (ftruncate(fd, 0) != 0 || dprintf(fd, "%ld\n", (long)getpid()) < 0)
		return 0;
	return 0;
}

/* The file stays: who unlinks it could unlink another's lock. */
void db_unlock_apply(struct db *db)
{
	if (db->lock_fd != -1)
		close(db->lock_fd);
	db->lock_fd = -1;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	if (db->sql) {
		db_rollback(db);
		stmt_free_all(db);
		sqlite3_close(db->sql);
	}
	db_unlock_apply(db);
	free(db->path);
	free(db);
}

/* "1: FLOCK  ADVISORY  WRITE 123 fe:00:4711 0 EOF". To try the lock could
 * keep it from one who wants it. */
long db_applier(const struct db *db)
{
	char path[4096], line[256], file[64];
	struct stat st;
	long found = 0;
	FILE *f;
	int n = snprintf(path, sizeof(path), "%s.lock", db->path);

	if (n < 0 || (size_t)n >= sizeof(path) || stat(path, &st) != 0)
		return 0;
	snprintf(file, sizeof(file), " %02x:%02x:%lu ", major(st.st_dev),
	    minor(st.st_dev), (unsigned long)st.st_ino);
	f = fopen("/proc/locks", "re");
	while (f && found == 0 && fgets(line, sizeof(line), f)) {
		const char *holder = strstr(line, " WRITE ");

		if (holder && strstr(line, " FLOCK ") && strstr(holder, file))
			found =
			    strtol(holder + sizeof(" WRITE ") - 1, NULL, 10);
	}
	if (f)
		(void)fclose(f);
	return found;
}
