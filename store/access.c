/* SPDX-License-Identifier: Apache-2.0 */
#include "store/access.h"

#include "store/stmt.h"

/* --- tokens -------------------------------------------------------------- */

int read_token(struct db *db, const char *id, struct token *t)
{
	sqlite3_stmt *s = stmt_take(
	    db, "SELECT {columns} FROM token WHERE id = ?1", &map_token, 0);

	if (!s)
		return -1;
	bind_text(s, 1, id);
	return row_only(db, s, &map_token, t);
}

int read_tokens(struct db *db, read_token_cb cb, void *arg)
{
	sqlite3_stmt *s =
	    stmt_take(db, "SELECT {columns} FROM token ORDER BY created_us, id",
		&map_token, 0);
	struct token t;
	int rc;

	if (!s)
		return -1;
	while ((rc = row_next(db, s, &map_token, &t)) == 1) {
		rc = cb(arg, &t);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int write_token(struct db *db, const struct token *t)
{
	return row_write(db, "INSERT INTO token ({columns}) VALUES ({values})",
	    &map_token, t, NULL);
}

/* ?1 the id, ?2 a number. 0; 1 no row was changed; -1. */
static int stamp_token(
    struct db *db, const char *sql, const char *id, int64_t now_us)
{
	sqlite3_stmt *s;
	bool own;
	int rc = -1, changed = 0;

	if (db_enter(db, &own) != 0)
		return -1;
	s = stmt_take(db, sql, NULL, 0);
	if (s) {
		bind_text(s, 1, id);
		sqlite3_bind_int64(s, 2, now_us);
		rc = stmt_run(db, s);
		changed = sqlite3_changes(db->sql);
	}
	rc = db_leave(db, own, rc);
	return rc == 0 && changed == 0 ? 1 : rc;
}

int write_token_revoked(struct db *db, const char *id, int64_t now_us)
{
	return stamp_token(db,
	    "UPDATE token SET revoked_us = ?2 WHERE id = ?1 "
	    "AND revoked_us IS NULL",
	    id, now_us);
}

int write_token_used(struct db *db, const char *id, int64_t now_us)
{
	return stamp_token(
	    db, "UPDATE token SET used_us = ?2 WHERE id = ?1", id, now_us);
}

int write_token_pulled(struct db *db, const char *id, int64_t seq)
{
	return stamp_token(
	    db, "UPDATE token SET pulled_seq = ?2 WHERE id = ?1", id, seq);
}

/* --- operators ----------------------------------------------------------- */

int read_operator(struct db *db, const char *name, struct operator_row *o)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM operator WHERE name = ?1", &map_operator, 0);

	if (!s)
		return -1;
	bind_text(s, 1, name);
	return row_only(db, s, &map_operator, o);
}

int read_operators(struct db *db, read_operator_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM operator ORDER BY name", &map_operator, 0);
	struct operator_row o;
	int rc;

	if (!s)
		return -1;
	while ((rc = row_next(db, s, &map_operator, &o)) == 1) {
		rc = cb(arg, &o);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

static int end_sessions_of(struct db *db, const char *name)
{
	sqlite3_stmt *s =
	    stmt_take(db, "DELETE FROM session WHERE operator = ?1", NULL, 0);

	if (!s)
		return -1;
	bind_text(s, 1, name);
	return stmt_run(db, s);
}

int write_operator(struct db *db, const struct operator_row *o)
{
	bool own;
	int rc;

	if (db_enter(db, &own) != 0)
		return -1;
	rc = row_put(db,
	    "INSERT OR REPLACE INTO operator ({columns}) VALUES ({values})",
	    &map_operator, o);
	if (rc == 0)
		rc = end_sessions_of(db, o->name);
	return db_leave(db, own, rc);
}

int write_operator_gone(struct db *db, const char *name)
{
	sqlite3_stmt *s;
	bool own;
	int rc = -1, changed = 0;

	if (db_enter(db, &own) != 0)
		return -1;
	s = stmt_take(db, "DELETE FROM operator WHERE name = ?1", NULL, 0);
	if (s) {
		bind_text(s, 1, name);
		rc = stmt_run(db, s);
		changed = sqlite3_changes(db->sql);
	}
	if (rc == 0)
		rc = end_sessions_of(db, name);
	rc = db_leave(db, own, rc);
	return rc == 0 && changed == 0 ? 1 : rc;
}
