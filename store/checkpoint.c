/* SPDX-License-Identifier: Apache-2.0 */
#include "store/checkpoint.h"

#include <string.h>

#include "store/stmt.h"

int read_checkpoint(struct db *db, struct checkpoint *c)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM checkpoint ORDER BY applied_no DESC LIMIT 1",
	    &map_checkpoint, 0);

	return s ? row_only(db, s, &map_checkpoint, c) : -1;
}

int read_checkpoint_part(struct db *db, int64_t applied_no, int64_t n,
    uint8_t *data, size_t size, size_t *len)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT data FROM checkpoint_part WHERE applied_no = ?1 AND n = ?2",
	    NULL, 0);
	int rc;

	*len = 0;
	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, applied_no);
	sqlite3_bind_int64(s, 2, n);
	rc = stmt_step(db, s);
	if (rc == 1) {
		const void *blob = sqlite3_column_blob(s, 0);
		size_t bytes = (size_t)sqlite3_column_bytes(s, 0);

		if (bytes > size)
			rc = db_fail_as(db, SQLITE_CORRUPT,
			    "a part of the checkpoint is too large; restore a "
			    "backup");
		else if (bytes > 0)
			memcpy(data, blob, *len = bytes);
	}
	stmt_give(db, s);
	return rc;
}

int write_checkpoint_part(struct db *db, int64_t applied_no, int64_t n,
    const uint8_t *data, size_t len)
{
	return stmt_write(db,
	    "INSERT OR REPLACE INTO checkpoint_part (applied_no, n, data) "
	    "VALUES (?1, ?2, ?3)",
	    VALUES(NUMBER(applied_no), NUMBER(n), BYTES(data, len)));
}

int write_checkpoint(struct db *db, const struct checkpoint *c)
{
	bool own;
	int rc = db_enter(db, &own);

	if (rc != 0)
		return -1;
	rc = row_put(db,
	    "INSERT OR REPLACE INTO checkpoint ({columns}) VALUES ({values})",
	    &map_checkpoint, c);
	if (rc == 0)
		rc = stmt_exec(db,
		    "DELETE FROM checkpoint WHERE applied_no < "
		    "(SELECT max(applied_no) FROM checkpoint);"
		    "DELETE FROM checkpoint_part WHERE applied_no < "
		    "(SELECT max(applied_no) FROM checkpoint)");
	return db_leave(db, own, rc);
}
