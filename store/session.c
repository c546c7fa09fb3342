/* SPDX-License-Identifier: Apache-2.0 */
#include "store/access.h"

#include <string.h>

#include "base/clock.h"
#include "store/stmt.h"

/* --- sessions ------------------------------------------------------------ */

int read_session(struct db *db, const uint8_t hash[ACCESS_HASH_BYTES],
    int64_t now_us, struct session_row *r)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT s.operator, s.csrf, s.created_us, s.expires_us, o.scopes "
	    "FROM session s JOIN operator o ON o.name = s.operator "
	    "WHERE s.hash = ?1 AND s.expires_us > ?2",
	    NULL, VALUES(BYTES(hash, ACCESS_HASH_BYTES), NUMBER(now_us)));
	int rc;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	if (rc == 1) {
		memset(r, 0, sizeof(*r));
		memcpy(r->hash, hash, sizeof(r->hash));
		column_copy(s, 0, r->operator, sizeof(r->operator));
		column_copy(s, 1, r->csrf, sizeof(r->csrf));
		r->created_us = sqlite3_column_int64(s, 2);
		r->expires_us = sqlite3_column_int64(s, 3);
		r->scopes = sqlite3_column_int64(s, 4);
	}
	stmt_give(db, s);
	return rc;
}

int read_session_count(
    struct db *db, const char *operator, int64_t now_us, int64_t *n)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT count(*) FROM session WHERE operator = ?1 "
	    "AND expires_us > ?2",
	    NULL, 0);
	int rc;

	if (!s)
		return -1;
	bind_text(s, 1, operator);
	sqlite3_bind_int64(s, 2, now_us);
	rc = stmt_step(db, s);
	if (rc == 1)
		*n = sqlite3_column_int64(s, 0);
	stmt_give(db, s);
	return rc == 1 ? 0 : -1;
}

static int end_old_sessions(struct db *db, int64_t now_us)
{
	return stmt_do(db, "DELETE FROM session WHERE expires_us <= ?1",
	    VALUES(NUMBER(now_us)));
}

int write_session(struct db *db, const struct session_row *r)
{
	bool own;
	int rc;

	if (db_enter(db, &own) != 0)
		return -1;
	rc = end_old_sessions(db, r->created_us);
	if (rc == 0)
		rc = row_put(db,
		    "INSERT INTO session ({columns}) VALUES ({values})",
		    &map_session, r);
	return db_leave(db, own, rc);
}

int write_session_gone(struct db *db, const uint8_t hash[ACCESS_HASH_BYTES])
{
	return stmt_write(db, "DELETE FROM session WHERE hash = ?1",
	    VALUES(BYTES(hash, ACCESS_HASH_BYTES)));
}

/* A server that was killed at work leaves its claim. */
#define STUCK_US (600 * US_PER_S)

/* --- answers that are kept ----------------------------------------------- */

static int forget_old(struct db *db, int64_t now_us)
{
	return stmt_do(db,
	    "DELETE FROM idempotency WHERE created_us <= ?1 "
	    "AND (status = 0 OR created_us <= ?2)",
	    VALUES(NUMBER(now_us - STUCK_US), NUMBER(now_us - US_PER_DAY)));
}

/* -2: there is none. */
static int find_answer(struct db *db, const char *actor, const char *key,
    const uint8_t *request, int *status, char **body)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT request, status, body FROM idempotency "
	    "WHERE actor = ?1 AND key = ?2",
	    NULL, VALUES(TEXT(actor), TEXT(key)));
	int rc;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	if (rc == 0)
		rc = -2;
	else if (rc == 1) {
		const void *was = sqlite3_column_blob(s, 0);
		const char *text = (const char *)sqlite3_column_text(s, 2);

		*status = sqlite3_column_int(s, 1);
		if (!was || sqlite3_column_bytes(s, 0) != ACCESS_HASH_BYTES ||
		    memcmp(was, request, ACCESS_HASH_BYTES) != 0)
			rc = 2;
		else if (*status == 0)
			rc = 3;
		else
			*body = strdup(text ? text : "");
	}
	stmt_give(db, s);
	return rc;
}

static int insert_claim(struct db *db, const char *actor, const char *key,
    const uint8_t *request, int64_t now_us)
{
	return stmt_do(db,
	    "INSERT INTO idempotency (actor, key, request, status, body, "
	    "created_us) VALUES (?1, ?2, ?3, 0, NULL, ?4)",
	    VALUES(TEXT(actor), TEXT(key), BYTES(request, ACCESS_HASH_BYTES),
		NUMBER(now_us)));
}

int idempotency_claim(struct db *db, const char *actor, const char *key,
    const uint8_t request[ACCESS_HASH_BYTES], int64_t now_us, int *status,
    char **body)
{
	bool own;
	int rc;

	*body = NULL;
	*status = 0;
	if (db_enter(db, &own) != 0)
		return -1;
	rc = forget_old(db, now_us);
	if (rc == 0)
		rc = find_answer(db, actor, key, request, status, body);
	if (rc == -2)
		rc = insert_claim(db, actor, key, request, now_us);
	if (rc < 0)
		return db_leave(db, own, -1);
	return db_leave(db, own, 0) != 0 ? -1 : rc;
}

int idempotency_done(struct db *db, const char *actor, const char *key,
    int status, const char *body)
{
	if (status == 0)
		return stmt_write(db,
		    "DELETE FROM idempotency WHERE actor = ?1 AND key = ?2",
		    VALUES(TEXT(actor), TEXT(key)));
	return stmt_write(db,
	    "UPDATE idempotency SET status = ?3, body = ?4 "
	    "WHERE actor = ?1 AND key = ?2",
	    VALUES(TEXT(actor), TEXT(key), NUMBER(status), TEXT(body)));
}
