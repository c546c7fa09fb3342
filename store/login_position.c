/* SPDX-License-Identifier: Apache-2.0 */
#include "store/read.h"
#include "store/stmt.h"
#include "store/write.h"

int write_login_position(struct db *db, const struct login_position *p)
{
	sqlite3_stmt *s;
	bool own;
	int rc = -1;

	if (db_enter(db, &own) != 0)
		return -1;
	s = stmt_take(db,
	    "INSERT INTO login_position ({columns}) VALUES ({values}) "
	    "ON CONFLICT (path) DO UPDATE SET {update}",
	    &map_login_position, 0);
	if (s && row_bind(db, s, &map_login_position, p) == 0)
		rc = stmt_run(db, s);
	else if (s)
		stmt_give(db, s);
	return db_leave(db, own, rc);
}

int read_login_position(
    struct db *db, const char *path, struct login_position *p)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM login_position WHERE path = ?1",
	    &map_login_position, 0);
	int rc;

	if (!s)
		return -1;
	bind_text(s, 1, path);
	rc = stmt_step(db, s);
	if (rc == 1 && row_get(db, s, &map_login_position, p) != 0)
		rc = -1;
	stmt_give(db, s);
	return rc;
}
