/* SPDX-License-Identifier: Apache-2.0 */
#include "store/enforcement.h"

#include <string.h>

#include "store/stmt.h"

static int write_row(
    struct db *db, const char *sql, const struct row_map *map, const void *row)
{
	sqlite3_stmt *s = stmt_take(db, sql, map, 0);

	if (!s)
		return -1;
	if (row_bind(db, s, map, row) == 0)
		return stmt_run(db, s);
	stmt_give(db, s);
	return -1;
}

/* A transaction of its own, or part of one. */
static int write_one(struct db *db, const char *sql, const struct row_map *map,
    const void *row, int64_t *new_id)
{
	int64_t id = 0;
	bool own;
	int rc;

	if (db_enter(db, &own) != 0)
		return -1;
	rc = write_row(db, sql, map, row);
	if (rc == 0)
		id = sqlite3_last_insert_rowid(db->sql);
	rc = db_leave(db, own, rc);
	if (rc == 0 && new_id != NULL)
		*new_id = id;
	return rc;
}

int write_difference(struct db *db, struct difference *d)
{
	return write_one(db,
	    "INSERT INTO difference ({columns}) VALUES ({values}) "
	    "ON CONFLICT (id) DO UPDATE SET {update}",
	    &map_difference, d, d->id == 0 ? &d->id : NULL);
}

int write_enforcer(struct db *db, const struct enforcer *e)
{
	return write_one(db,
	    "INSERT INTO enforcer ({columns}) VALUES ({values}) "
	    "ON CONFLICT (driver) DO UPDATE SET {update}",
	    &map_enforcer, e, NULL);
}

int write_hook_request(struct db *db, struct hook_request *r)
{
	struct hook_request row = *r;

	row.id = 0;
	return write_one(db,
	    "INSERT INTO hook_request ({columns}) VALUES ({values})",
	    &map_hook_request, &row, &r->id);
}

int write_hook_request_done(
    struct db *db, int64_t id, int64_t now_us, const char *result)
{
	sqlite3_stmt *s;
	bool own;
	int rc = -1;

	if (db_enter(db, &own) != 0)
		return -1;
	s = stmt_take(db,
	    "UPDATE hook_request SET done_us = ?2, result = ?3 WHERE id = ?1",
	    NULL, 0);
	if (s) {
		sqlite3_bind_int64(s, 1, id);
		sqlite3_bind_int64(s, 2, now_us);
		bind_text(s, 3, result);
		rc = stmt_run(db, s);
	}
	return db_leave(db, own, rc);
}

static bool is_one_of(const char *name, const char *const *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(name, v[i]) == 0)
			return true;
	return false;
}

static int end_driver(struct db *db, const char *driver, int64_t now_us)
{
	sqlite3_stmt *s = stmt_take(db,
	    "UPDATE difference SET ended_us = ?2 "
	    "WHERE driver = ?1 AND ended_us IS NULL",
	    NULL, 0);

	if (!s)
		return -1;
	bind_text(s, 1, driver);
	sqlite3_bind_int64(s, 2, now_us);
	if (stmt_run(db, s) != 0)
		return -1;
	s = stmt_take(db, "DELETE FROM enforcer WHERE driver = ?1", NULL, 0);
	if (!s)
		return -1;
	bind_text(s, 1, driver);
	return stmt_run(db, s);
}

/* The next driver by name after *name: 1, 0, -1. */
static int next_driver(struct db *db, char name[ROW_ID_LEN])
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT driver FROM enforcer WHERE driver > ?1 "
	    "ORDER BY driver LIMIT 1",
	    NULL, 0);
	int rc;

	if (!s)
		return -1;
	sqlite3_bind_text(s, 1, name, -1, SQLITE_TRANSIENT);
	rc = stmt_step(db, s);
	if (rc == 1)
		column_copy(s, 0, name, ROW_ID_LEN);
	stmt_give(db, s);
	return rc;
}

int write_enforcers_only(
    struct db *db, const char *const *drivers, size_t n, int64_t now_us)
{
	char name[ROW_ID_LEN] = "";
	bool own;
	int rc;

	if (db_enter(db, &own) != 0)
		return -1;
	while ((rc = next_driver(db, name)) == 1) {
		if (is_one_of(name, drivers, n))
			continue;
		rc = end_driver(db, name, now_us);
		if (rc != 0)
			break;
	}
	return db_leave(db, own, rc);
}

/* --- readers
 * ----------------------------------------------------------------*/

struct call {
	read_difference_cb difference;
	read_enforcer_cb enforcer;
	read_hook_request_cb request;
	void *arg;
};

static int tell(const struct call *c, const void *row)
{
	if (c->difference)
		return c->difference(c->arg, row);
	return c->enforcer ? c->enforcer(c->arg, row) : c->request(c->arg, row);
}

/* Gives the statement back. */
static int each_row(struct db *db, sqlite3_stmt *s, const struct row_map *map,
    void *row, const struct call *c)
{
	int rc;

	while ((rc = stmt_step(db, s)) == 1) {
		rc = row_get(db, s, map, row);
		if (rc == 0)
			rc = tell(c, row);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_differences(struct db *db, const char *driver, int64_t since_us,
    int64_t until_us, read_difference_cb cb, void *arg)
{
	const struct call c = {.difference = cb, .arg = arg};
	struct difference d;
	/* Two searches, so that each has its index. */
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM difference WHERE id IN ("
	    "SELECT id FROM difference WHERE ended_us IS NULL UNION ALL "
	    "SELECT id FROM difference WHERE ended_us >= ?2) "
	    "AND found_us < ?3 AND (?1 IS NULL OR driver = ?1) ORDER BY id",
	    &map_difference, 0);

	if (!s)
		return -1;
	bind_text(s, 1, driver);
	sqlite3_bind_int64(s, 2, since_us);
	sqlite3_bind_int64(s, 3, until_us != 0 ? until_us : INT64_MAX);
	return each_row(db, s, &map_difference, &d, &c);
}

int read_differences_there(
    struct db *db, const char *driver, read_difference_cb cb, void *arg)
{
	const struct call c = {.difference = cb, .arg = arg};
	struct difference d;
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM difference WHERE ended_us IS NULL "
	    "AND (?1 IS NULL OR driver = ?1) ORDER BY id",
	    &map_difference, 0);

	if (!s)
		return -1;
	bind_text(s, 1, driver);
	return each_row(db, s, &map_difference, &d, &c);
}

int read_deliveries_of(struct db *db, int64_t decision_seq,
    int (*cb)(void *arg, const struct delivery *d), void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM delivery WHERE decision_seq = ?1 "
	    "ORDER BY driver",
	    &map_delivery, 0);
	struct delivery d;
	int rc;

	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, decision_seq);
	while ((rc = stmt_step(db, s)) == 1) {
		rc = row_get(db, s, &map_delivery, &d);
		if (rc == 0)
			rc = cb(arg, &d);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_enforcers(struct db *db, read_enforcer_cb cb, void *arg)
{
	const struct call c = {.enforcer = cb, .arg = arg};
	struct enforcer e;
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM enforcer ORDER BY driver", &map_enforcer, 0);

	return s ? each_row(db, s, &map_enforcer, &e, &c) : -1;
}

int read_hook_requests(struct db *db, read_hook_request_cb cb, void *arg)
{
	const struct call c = {.request = cb, .arg = arg};
	struct hook_request r;
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM hook_request WHERE done_us IS NULL "
	    "ORDER BY id",
	    &map_hook_request, 0);

	return s ? each_row(db, s, &map_hook_request, &r, &c) : -1;
}

static int one_request(struct db *db, sqlite3_stmt *s, struct hook_request *r)
{
	int rc = stmt_step(db, s);

	if (rc == 1 && row_get(db, s, &map_hook_request, r) != 0)
		rc = -1;
	stmt_give(db, s);
	return rc;
}

int read_hook_request(struct db *db, int64_t id, struct hook_request *r)
{
	sqlite3_stmt *s =
	    stmt_take(db, "SELECT {columns} FROM hook_request WHERE id = ?1",
		&map_hook_request, 0);

	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, id);
	return one_request(db, s, r);
}

int read_panic(struct db *db, struct hook_request *r)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM hook_request "
	    "WHERE verb IN ('panic', 'panic-off') ORDER BY id DESC LIMIT 1",
	    &map_hook_request, 0);
	int rc = s ? one_request(db, s, r) : -1;

	return rc == 1 ? strcmp(r->verb, "panic") == 0 : rc;
}
