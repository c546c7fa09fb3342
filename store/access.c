/* SPDX-License-Identifier: Apache-2.0 */
#include "store/access.h"

#include <string.h>

#include "base/clock.h"
#include "store/stmt.h"

static void copy_bytes(sqlite3_stmt *s, int n, void *to, size_t size)
{
	const void *from = sqlite3_column_blob(s, n);

	memset(to, 0, size);
	if (from && (size_t)sqlite3_column_bytes(s, n) == size)
		memcpy(to, from, size);
}

static void bind_bytes(sqlite3_stmt *s, int n, const void *p, size_t size)
{
	sqlite3_bind_blob(s, n, p, (int)size, SQLITE_STATIC);
}

static void bind_optional(sqlite3_stmt *s, int n, int64_t v)
{
	if (v != 0)
		sqlite3_bind_int64(s, n, v);
}

/* --- tokens -------------------------------------------------------------- */

#define TOKEN_COLUMNS                                                          \
	"id, kind, name, hash, scopes, cidr, created_us, expires_us, "         \
	"revoked_us, used_us, pulled_seq"

static void get_token(sqlite3_stmt *s, struct token *t)
{
	memset(t, 0, sizeof(*t));
	column_copy(s, 0, t->id, sizeof(t->id));
	column_copy(s, 1, t->kind, sizeof(t->kind));
	column_copy(s, 2, t->name, sizeof(t->name));
	copy_bytes(s, 3, t->hash, sizeof(t->hash));
	t->scopes = sqlite3_column_int64(s, 4);
	column_copy(s, 5, t->cidr, sizeof(t->cidr));
	t->created_us = sqlite3_column_int64(s, 6);
	t->expires_us = sqlite3_column_int64(s, 7);
	t->revoked_us = sqlite3_column_int64(s, 8);
	t->used_us = sqlite3_column_int64(s, 9);
	t->pulled_seq = sqlite3_column_int64(s, 10);
}

int read_token(struct db *db, const char *id, struct token *t)
{
	sqlite3_stmt *s = stmt_take(
	    db, "SELECT " TOKEN_COLUMNS " FROM token WHERE id = ?1", NULL, 0);
	int rc;

	if (!s)
		return -1;
	bind_text(s, 1, id);
	rc = stmt_step(db, s);
	if (rc == 1)
		get_token(s, t);
	stmt_give(db, s);
	return rc;
}

int read_tokens(struct db *db, read_token_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT " TOKEN_COLUMNS " FROM token ORDER BY created_us, id", NULL,
	    0);
	struct token t;
	int rc;

	if (!s)
		return -1;
	while ((rc = stmt_step(db, s)) == 1) {
		get_token(s, &t);
		rc = cb(arg, &t);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int write_token(struct db *db, const struct token *t)
{
	sqlite3_stmt *s;
	bool own;
	int rc = -1;

	if (db_enter(db, &own) != 0)
		return -1;
	s = stmt_take(db,
	    "INSERT INTO token (" TOKEN_COLUMNS ") VALUES "
	    "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, NULL, NULL, NULL)",
	    NULL, 0);
	if (s) {
		bind_text(s, 1, t->id);
		bind_text(s, 2, t->kind);
		bind_text(s, 3, t->name);
		bind_bytes(s, 4, t->hash, sizeof(t->hash));
		sqlite3_bind_int64(s, 5, t->scopes);
		bind_text(s, 6, t->cidr[0] ? t->cidr : NULL);
		sqlite3_bind_int64(s, 7, t->created_us);
		bind_optional(s, 8, t->expires_us);
		rc = stmt_run(db, s);
	}
	return db_leave(db, own, rc);
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

static void get_operator(sqlite3_stmt *s, struct operator_row *o)
{
	memset(o, 0, sizeof(*o));
	column_copy(s, 0, o->name, sizeof(o->name));
	copy_bytes(s, 1, o->salt, sizeof(o->salt));
	copy_bytes(s, 2, o->hash, sizeof(o->hash));
	o->scopes = sqlite3_column_int64(s, 3);
	o->created_us = sqlite3_column_int64(s, 4);
}

int read_operator(struct db *db, const char *name, struct operator_row *o)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT name, salt, hash, scopes, created_us FROM operator "
	    "WHERE name = ?1",
	    NULL, 0);
	int rc;

	if (!s)
		return -1;
	bind_text(s, 1, name);
	rc = stmt_step(db, s);
	if (rc == 1)
		get_operator(s, o);
	stmt_give(db, s);
	return rc;
}

int read_operators(struct db *db, read_operator_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT name, salt, hash, scopes, created_us FROM operator "
	    "ORDER BY name",
	    NULL, 0);
	struct operator_row o;
	int rc;

	if (!s)
		return -1;
	while ((rc = stmt_step(db, s)) == 1) {
		get_operator(s, &o);
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
	sqlite3_stmt *s;
	bool own;
	int rc = -1;

	if (db_enter(db, &own) != 0)
		return -1;
	s = stmt_take(db,
	    "INSERT OR REPLACE INTO operator (name, salt, hash, scopes, "
	    "created_us) VALUES (?1, ?2, ?3, ?4, ?5)",
	    NULL, 0);
	if (s) {
		bind_text(s, 1, o->name);
		bind_bytes(s, 2, o->salt, sizeof(o->salt));
		bind_bytes(s, 3, o->hash, sizeof(o->hash));
		sqlite3_bind_int64(s, 4, o->scopes);
		sqlite3_bind_int64(s, 5, o->created_us);
		rc = stmt_run(db, s);
	}
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
