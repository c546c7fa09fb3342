/* SPDX-License-Identifier: Apache-2.0 */
#include "store/access.h"

#include "store/stmt.h"

/* --- tokens -------------------------------------------------------------- */

int read_token(struct db *db, const char *id, struct token *t)
{
	sqlite3_stmt *s =
	    stmt_ask(db, "SELECT {columns} FROM token WHERE id = ?1",
		&map_token, VALUES(TEXT(id)));

	if (!s)
		return -1;
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

/* 0; 1 no row was changed; -1. */
static int change_row(
    struct db *db, const char *sql, const struct bound *v, size_t n)
{
	int rc = stmt_write(db, sql, v, n);

	return rc == 0 && sqlite3_changes(db->sql) == 0 ? 1 : rc;
}

int write_token_revoked(struct db *db, const char *id, int64_t now_us)
{
	return change_row(db,
	    "UPDATE token SET revoked_us = ?2 WHERE id = ?1 "
	    "AND revoked_us IS NULL",
	    VALUES(TEXT(id), NUMBER(now_us)));
}

int write_token_used(struct db *db, const char *id, int64_t now_us)
{
	return change_row(db, "UPDATE token SET used_us = ?2 WHERE id = ?1",
	    VALUES(TEXT(id), NUMBER(now_us)));
}

int write_token_pulled(struct db *db, const char *id, int64_t seq)
{
	return change_row(db, "UPDATE token SET pulled_seq = ?2 WHERE id = ?1",
	    VALUES(TEXT(id), NUMBER(seq)));
}

/* --- operators ----------------------------------------------------------- */

int read_operator(struct db *db, const char *name, struct operator_row *o)
{
	sqlite3_stmt *s =
	    stmt_ask(db, "SELECT {columns} FROM operator WHERE name = ?1",
		&map_operator, VALUES(TEXT(name)));

	if (!s)
		return -1;
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
	return stmt_do(
	    db, "DELETE FROM session WHERE operator = ?1", VALUES(TEXT(name)));
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
	bool own;
	int rc, changed;

	if (db_enter(db, &own) != 0)
		return -1;
	rc = stmt_do(
	    db, "DELETE FROM operator WHERE name = ?1", VALUES(TEXT(name)));
	changed = sqlite3_changes(db->sql);
	if (rc == 0)
		rc = end_sessions_of(db, name);
	rc = db_leave(db, own, rc);
	return rc == 0 && changed == 0 ? 1 : rc;
}
