/* SPDX-License-Identifier: Apache-2.0 */
#include "store/read.h"
#include "store/stmt.h"
#include "store/write.h"

int write_file_position(struct db *db, const struct file_position *p)
{
	return row_write(db,
	    "INSERT INTO file_position ({columns}) VALUES ({values}) "
	    "ON CONFLICT (path) DO UPDATE SET {update}",
	    &map_file_position, p, NULL);
}

int read_file_position(struct db *db, const char *path, struct file_position *p)
{
	sqlite3_stmt *s =
	    stmt_ask(db, "SELECT {columns} FROM file_position WHERE path = ?1",
		&map_file_position, VALUES(TEXT(path)));

	if (!s)
		return -1;
	return row_only(db, s, &map_file_position, p);
}
