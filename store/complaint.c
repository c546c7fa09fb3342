/* SPDX-License-Identifier: Apache-2.0 */
#include "store/read.h"
#include "store/stmt.h"
#include "store/write.h"

/* --- writing -------------------------------------------------------------- */

static int put(struct db *db, struct complaint *c)
{
	int rc = read_complaint_key(db, c->key, &c->id);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	c->id = 0;
	if (row_put(db, "INSERT INTO complaint ({columns}) VALUES ({values})",
		&map_complaint, c) != 0)
		return -1;
	c->id = sqlite3_last_insert_rowid(db->sql);
	return 1;
}

int write_complaint(struct db *db, struct complaint *c)
{
	bool own;
	int rc;

	if (db_enter(db, &own) != 0)
		return -1;
	rc = put(db, c);
	return db_leave(db, own, rc < 0 ? -1 : 0) != 0 ? -1 : rc;
}

/* --- reading -------------------------------------------------------------- */

#define IN_RANGE                                                               \
	"ifnull(at_us, received_us) >= ?1 AND "                                \
	"ifnull(at_us, received_us) < ?2"
#define OF_ALL " FROM complaint WHERE " IN_RANGE " AND ?3 IS NULL"
#define OF_CUSTOMER                                                            \
	" FROM complaint INDEXED BY complaint_customer "                       \
	"WHERE customer = ?3 AND " IN_RANGE

static void bind_range(sqlite3_stmt *s, const struct complaint_range *r)
{
	sqlite3_bind_int64(s, 1, r->since_us != 0 ? r->since_us : INT64_MIN);
	sqlite3_bind_int64(s, 2, r->until_us != 0 ? r->until_us : INT64_MAX);
	bind_text(s, 3, r->customer);
}

int read_complaints(struct db *db, const struct complaint_range *r,
    read_complaint_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    r->customer ? "SELECT {columns}" OF_CUSTOMER
			  " AND id < ?4 ORDER BY id DESC LIMIT ?5"
			: "SELECT {columns}" OF_ALL
			  " AND id < ?4 ORDER BY id DESC LIMIT ?5",
	    &map_complaint, 0);
	struct complaint c;
	int rc;

	if (!s)
		return -1;
	bind_range(s, r);
	sqlite3_bind_int64(s, 4, r->before_id > 0 ? r->before_id : INT64_MAX);
	sqlite3_bind_int64(s, 5, r->limit > 0 ? r->limit : -1);
	while ((rc = row_next(db, s, &map_complaint, &c)) == 1) {
		rc = cb(arg, &c);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_complaint_count(
    struct db *db, const struct complaint_range *r, int64_t *n)
{
	sqlite3_stmt *s = stmt_take(db,
	    r->customer ? "SELECT count(*)" OF_CUSTOMER
			: "SELECT count(*)" OF_ALL,
	    NULL, 0);
	int rc;

	if (!s)
		return -1;
	bind_range(s, r);
	rc = stmt_step(db, s);
	if (rc == 1)
		*n = sqlite3_column_int64(s, 0);
	stmt_give(db, s);
	return rc == 1 ? 0 : -1;
}

int read_complaint(struct db *db, int64_t id, struct complaint *c)
{
	sqlite3_stmt *s =
	    stmt_ask(db, "SELECT {columns} FROM complaint WHERE id = ?1",
		&map_complaint, VALUES(NUMBER(id)));

	if (!s)
		return -1;
	return row_only(db, s, &map_complaint, c);
}

int read_complaint_key(
    struct db *db, const uint8_t key[static ROW_HASH_BYTES], int64_t *id)
{
	sqlite3_stmt *s =
	    stmt_ask(db, "SELECT id FROM complaint WHERE key = ?1", NULL,
		VALUES(BYTES(key, ROW_HASH_BYTES)));
	int rc;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	if (rc == 1)
		*id = sqlite3_column_int64(s, 0);
	stmt_give(db, s);
	return rc;
}
