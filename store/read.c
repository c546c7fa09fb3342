/* SPDX-License-Identifier: Apache-2.0 */
#include "store/read.h"

#include "store/stmt.h"

/* --- meta, cursors, counters --------------------------------------------- */

int read_agent_cursor(
    struct db *db, const char *agent, uint64_t boot, uint64_t *seq)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT seq FROM agent_cursor WHERE agent = ?1 AND boot = ?2", NULL,
	    VALUES(TEXT(agent), NUMBER((int64_t)boot)));
	int rc;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	if (rc == 1)
		*seq = (uint64_t)sqlite3_column_int64(s, 0);
	stmt_give(db, s);
	return rc;
}

int read_meta(struct db *db, const char *key, char *value, size_t size)
{
	sqlite3_stmt *s =
	    stmt_take(db, "SELECT value FROM meta WHERE key = ?1", NULL, 0);
	int rc;

	if (!s)
		return -1;
	if (size > 0)
		value[0] = '\0';
	bind_text(s, 1, key);
	rc = stmt_step(db, s);
	if (rc == 1)
		column_copy(s, 0, value, size);
	stmt_give(db, s);
	return rc < 0 ? -1 : 0;
}

int read_counters(
    struct db *db, int day_first, int day_last, read_counter_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT day, name, value FROM counter "
	    "WHERE day BETWEEN ?1 AND ?2 ORDER BY day, name",
	    NULL, VALUES(NUMBER(day_first), NUMBER(day_last)));
	int rc, done = 0;

	if (!s)
		return -1;
	while (done == 0 && (rc = stmt_step(db, s)) != 0)
		done = rc == -1 ? -1
				: cb(arg, sqlite3_column_int(s, 0),
				      (const char *)sqlite3_column_text(s, 1),
				      sqlite3_column_int64(s, 2));
	stmt_give(db, s);
	return done;
}
