/* SPDX-License-Identifier: Apache-2.0 */
#include "store/stmt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "store/migrate.h"

static int say(char err[DB_ERROR_BYTES], const char *path, const char *what)
{
	snprintf(err, DB_ERROR_BYTES, "%.200s: %.300s", path, what);
	return -1;
}

static int say_errno(
    char err[DB_ERROR_BYTES], const char *path, const char *remedy)
{
	snprintf(err, DB_ERROR_BYTES, "%.200s: %.80s; %.200s", path,
	    strerror(errno), remedy);
	return -1;
}

static int say_kept(char err[DB_ERROR_BYTES], const struct db *db)
{
	memcpy(err, db->error, DB_ERROR_BYTES);
	return -1;
}

/* --- the file before SQLite sees it --------------------------------------- */

/* Made by us, so that it begins unreadable for others. */
static int make_file(const char *path, char err[DB_ERROR_BYTES])
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);

	if (fd != -1) {
		close(fd);
		return 0;
	}
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return say_errno(err, path,
		    "its directory is missing: make it, or name another file");
	case ENOSPC:
	case EDQUOT:
		return say_errno(
		    err, path, "free space on its disk, then try again");
	default:
		return say_errno(err, path,
		    "give this user write permission on its directory, or "
		    "name another file");
	}
}

static int check_file(
    const char *path, enum db_mode mode, char err[DB_ERROR_BYTES])
{
	struct stat st;

	if (stat(path, &st) != 0) {
		if (errno == ENOENT && mode == DB_CREATE)
			return make_file(path, err);
		if (errno == ENOENT || errno == ENOTDIR)
			return say(err, path,
			    "no such file; name the database with --db, or "
			    "make one: start sekisho-analyzer or run sekisho "
			    "replay");
		return say_errno(err, path, "check the path and permissions");
	}
	if (S_ISDIR(st.st_mode))
		return say(err, path,
		    "a directory; name a file in it, such as sekisho.db");
	if (!S_ISREG(st.st_mode))
		return say(err, path, "not a file; name another");
	if (access(path, mode == DB_READ ? R_OK : R_OK | W_OK) != 0)
		return say_errno(err, path,
		    mode == DB_READ
			? "give this user read permission on it"
			: "this program must write to it: give this user "
			  "write permission on it and its directory");
	return 0;
}

/* --- connecting ----------------------------------------------------- */

static int connect_to(struct db *db, const char *name, int flags)
{
	int rc;

	sqlite3_close(db->sql);
	db->sql = NULL;
	rc = sqlite3_open_v2(name, &db->sql,
	    flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX |
		SQLITE_OPEN_EXRESCODE,
	    NULL);
	if (!db->sql)
		return db_fail_as(db, SQLITE_NOMEM, "out of memory");
	if (rc != SQLITE_OK)
		return db_fail(db);
	sqlite3_busy_timeout(db->sql, DB_BUSY_MS);
	sqlite3_db_config(db->sql, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db->sql, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	return stmt_exec(db,
	    "PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;"
	    "PRAGMA temp_store = MEMORY");
}

static bool file_there(const char *path, const char *suffix)
{
	char name[4096];
	struct stat st;
	int n = snprintf(name, sizeof(name), "%s%s", path, suffix);

	return n > 0 && (size_t)n < sizeof(name) && stat(name, &st) == 0;
}

/* "file:" with what a URI gives a meaning escaped; NULL: no memory. */
static char *immutable_uri(const char *path)
{
	size_t len = strlen(path), at;
	char *uri = malloc(3 * len + 32);

	if (!uri)
		return NULL;
	at = (size_t)sprintf(uri, "file:");
	for (size_t i = 0; i < len; i++) {
		if (strchr("%?#", path[i]))
			at += (size_t)sprintf(
			    uri + at, "%%%02X", (unsigned char)path[i]);
		else
			uri[at++] = path[i];
	}
	memcpy(uri + at, "?immutable=1", sizeof("?immutable=1"));
	return uri;
}

/* A file in WAL needs its -shm, which can't be made in a directory that we
 * can't write. With neither -shm nor -wal nobody has the file open and all
 * of it is in the file itself: read it as one that does not change. */
static int connect_unchanging(struct db *db, char err[DB_ERROR_BYTES])
{
	char *uri;
	int rc;

	if (file_there(db->path, "-wal") || file_there(db->path, "-shm"))
		return say(err, db->path,
		    "its directory can't be written and the files FILE-wal "
		    "and FILE-shm beside it can't be used; give this user "
		    "permission on them, or copy FILE and FILE-wal to another "
		    "directory and read them there");
	uri = immutable_uri(db->path);
	if (!uri)
		return say(err, db->path, "out of memory");
	rc = connect_to(db, uri, SQLITE_OPEN_READONLY);
	free(uri);
	if (rc != 0)
		return say_kept(err, db);
	log_warn("store",
	    "%s: its directory can't be written: read as a file that nobody "
	    "changes meanwhile",
	    db->path);
	return 0;
}

/* --- whose and which version ---------------------------------------- */

struct identity {
	int64_t application, version, tables;
};

static int read_identity(struct db *db, struct identity *id)
{
	if (stmt_number(db, "PRAGMA application_id", 0, &id->application) < 0 ||
	    stmt_number(db, "PRAGMA user_version", 0, &id->version) < 0 ||
	    stmt_number(
		db, "SELECT count(*) FROM sqlite_schema", 0, &id->tables) < 0)
		return -1;
	return 0;
}

static int check_identity(
    const struct db *db, const struct identity *id, char err[DB_ERROR_BYTES])
{
	int known = migrate_count(schema_migrations);

	if (id->application == 0 && id->version == 0 && id->tables == 0) {
		if (db->mode != DB_READ)
			return 0;
		return say(err, db->path,
		    "empty, nothing was ever stored in it; open it once with "
		    "sekisho-analyzer or sekisho replay");
	}
	if (id->application != DB_APPLICATION)
		return say(err, db->path,
		    "a database of another program; name another file");
	if (id->version > known) {
		snprintf(err, DB_ERROR_BYTES,
		    "%s: this program knows version %d of the database, the "
		    "file has %lld: upgrade sekisho",
		    db->path, known, (long long)id->version);
		return -1;
	}
	if (id->version == known || db->mode != DB_READ)
		return 0;
	snprintf(err, DB_ERROR_BYTES,
	    "%s: this program needs version %d of the database, the file has "
	    "%lld: open it once with sekisho-analyzer, which brings it up to "
	    "date",
	    db->path, known, (long long)id->version);
	return -1;
}

static int use_wal(struct db *db)
{
	sqlite3_stmt *s = stmt_take(db, "PRAGMA journal_mode = WAL", NULL, 0);
	char mode[16] = "";
	int rc;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	if (rc == 1)
		column_copy(s, 0, mode, sizeof(mode));
	stmt_give(db, s);
	if (rc == -1)
		return -1;
	if (strcmp(mode, "wal") != 0)
		return db_fail_as(db, SQLITE_CANTOPEN,
		    "its file system can't share memory between processes; "
		    "put it on a local disk");
	return stmt_exec(db,
	    "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;"
	    "PRAGMA journal_size_limit = 67108864");
}

static bool needs_unchanging(const struct db *db)
{
	int rc = db->rc & 0xff;

	return db->mode == DB_READ && access(db->path, R_OK) == 0 &&
	       (rc == SQLITE_CANTOPEN || rc == SQLITE_READONLY);
}

static int open_reader(struct db *db, struct identity *id, char *err)
{
	if (connect_to(db, db->path, SQLITE_OPEN_READONLY) == 0 &&
	    read_identity(db, id) == 0)
		return 0;
	if (!needs_unchanging(db))
		return say_kept(err, db);
	stmt_free_all(db);
	if (connect_unchanging(db, err) != 0)
		return -1;
	return read_identity(db, id) == 0 ? 0 : say_kept(err, db);
}

static int open_writer(struct db *db, struct identity *id, char *err)
{
	if (connect_to(db, db->path, SQLITE_OPEN_READWRITE) != 0 ||
	    read_identity(db, id) != 0)
		return say_kept(err, db);
	if (check_identity(db, id, err) != 0)
		return -1;
	if (use_wal(db) != 0 || migrate_run(db, schema_migrations) != 0)
		return say_kept(err, db);
	return 0;
}

struct db *db_open(
    const char *path, enum db_mode mode, char err[DB_ERROR_BYTES])
{
	struct db *db = NULL;
	struct identity id = {0};

	if (check_file(path, mode, err) != 0)
		return NULL;
	db = calloc(1, sizeof(*db));
	if (!db)
		goto nomem;
	db->mode = mode;
	db->lock_fd = -1;
	db->last_obs = -1;
	db->path = realpath(path, NULL);
	if (!db->path) {
		say_errno(err, path, "check the path and permissions");
		goto fail;
	}
	if (mode != DB_READ && open_writer(db, &id, err) != 0)
		goto fail;
	if (mode == DB_READ && (open_reader(db, &id, err) != 0 ||
				   check_identity(db, &id, err) != 0))
		goto fail;
	return db;
nomem:
	say(err, path, "out of memory");
fail:
	db_close(db);
	return NULL;
}
