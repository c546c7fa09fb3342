/* SPDX-License-Identifier: Apache-2.0 */
#include "store/backup.h"

#include <stdio.h>

#include "store/stmt.h"

#define PAGES_AT_ONCE 1024

static int copy(struct db *db, sqlite3 *to,
    int (*progress)(void *arg, int64_t done, int64_t total), void *arg)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", db->sql, "main");
	int rc;

	if (!b)
		return -1;
	do {
		int64_t total, left;

		rc = sqlite3_backup_step(b, PAGES_AT_ONCE);
		total = sqlite3_backup_pagecount(b);
		left = sqlite3_backup_remaining(b);
		if (rc == SQLITE_OK && progress &&
		    progress(arg, total - left, total) != 0) {
			sqlite3_backup_finish(b);
			return 1;
		}
	} while (rc == SQLITE_OK);
	return sqlite3_backup_finish(b) == SQLITE_OK && rc == SQLITE_DONE ? 0
									  : -1;
}

int db_backup(struct db *db, const char *path,
    int (*progress)(void *arg, int64_t done, int64_t total), void *arg,
    char err[DB_ERROR_BYTES])
{
	sqlite3 *to = NULL;
	int64_t tables;
	bool own;
	int rc;

	/* One view for all steps: a copy that others' writes begin anew would
	 * never end. */
	if (db_enter_read(db, &own) != 0 ||
	    stmt_number(db, "SELECT count(*) FROM sqlite_schema", 0, &tables) <
		0) {
		snprintf(err, DB_ERROR_BYTES, "%s", db_error(db));
		return -1;
	}
	rc = sqlite3_open_v2(
	    path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
	rc = rc == SQLITE_OK ? copy(db, to, progress, arg) : -1;
	if (rc == -1)
		db_describe(path, to ? sqlite3_errcode(to) : SQLITE_NOMEM,
		    to ? sqlite3_errmsg(to) : "out of memory", err,
		    DB_ERROR_BYTES);
	sqlite3_close(to);
	if (db_leave_read(db, own, 0) != 0 && rc == 0) {
		snprintf(err, DB_ERROR_BYTES, "%s", db_error(db));
		rc = -1;
	}
	return rc;
}
