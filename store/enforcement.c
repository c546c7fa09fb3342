/* SPDX-License-Identifier: Apache-2.0 */
#include "store/enforcement.h"

#include <string.h>

#include "store/stmt.h"

int write_difference(struct db *db, struct difference *d)
{
	return row_write(db,
	    "INSERT INTO difference ({columns}) VALUES ({values}) "
	    "ON CONFLICT (id) DO UPDATE SET {update}",
	    &map_difference, d, d->id == 0 ? &d->id : NULL);
}

int write_enforcer(struct db *db, const struct enforcer *e)
{
	return row_write(db,
	    "INSERT INTO enforcer ({columns}) VALUES ({values}) "
	    "ON CONFLICT (driver) DO UPDATE SET {update}",
	    &map_enforcer, e, NULL);
}

int write_refusal(struct db *db, const struct refusal *r)
{
	return row_write(db,
	    "INSERT INTO refusal ({columns}) VALUES ({values}) "
	    "ON CONFLICT (driver, customer) DO UPDATE SET "
	    "last_us = excluded.last_us, packets = packets + excluded.packets",
	    &map_refusal, r, NULL);
}

int take_refusal(struct db *db, struct refusal *r)
{
	sqlite3_stmt *s = stmt_take(
	    db, "SELECT {columns} FROM refusal LIMIT 1", &map_refusal, 0);
	int rc;

	if (!s)
		return -1;
	rc = row_only(db, s, &map_refusal, r);
	if (rc != 1)
		return rc;
	s = stmt_take(db,
	    "DELETE FROM refusal WHERE driver = ?1 AND customer = ?2", NULL, 0);
	if (!s)
		return -1;
	bind_text(s, 1, r->driver);
	bind_text(s, 2, r->customer);
	return stmt_run(db, s) == 0 ? 1 : -1;
}

int write_hook_request(struct db *db, struct hook_request *r)
{
	struct hook_request row = *r;

	row.id = 0;
	return row_write(db,
	    "INSERT INTO hook_request ({columns}) VALUES ({values})",
	    &map_hook_request, &row, &r->id);
}

int write_hook_request_done(
    struct db *db, int64_t id, int64_t now_us, const char *result)
{
	return stmt_write(db,
	    "UPDATE hook_request SET done_us = ?2, result = ?3 WHERE id = ?1",
	    VALUES(NUMBER(id), NUMBER(now_us), TEXT(result)));
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
	sqlite3_stmt *s = stmt_ask(db,
	    "UPDATE difference SET ended_us = ?2 "
	    "WHERE driver = ?1 AND ended_us IS NULL",
	    NULL, VALUES(TEXT(driver), NUMBER(now_us)));

	if (!s)
		return -1;
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

/* --- readers -------------------------------------------------------- */

static int each_difference(
    struct db *db, sqlite3_stmt *s, read_difference_cb cb, void *arg)
{
	struct difference d;
	int rc;

	while ((rc = row_next(db, s, &map_difference, &d)) == 1) {
		rc = cb(arg, &d);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_differences(struct db *db, const char *driver, int64_t since_us,
    int64_t until_us, read_difference_cb cb, void *arg)
{
	/* Two searches, so that each has its index. */
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT {columns} FROM difference WHERE id IN ("
	    "SELECT id FROM difference WHERE ended_us IS NULL UNION ALL "
	    "SELECT id FROM difference WHERE ended_us >= ?2) "
	    "AND found_us < ?3 AND (?1 IS NULL OR driver = ?1) ORDER BY id",
	    &map_difference,
	    VALUES(TEXT(driver), NUMBER(since_us),
		NUMBER(until_us != 0 ? until_us : INT64_MAX)));

	if (!s)
		return -1;
	return each_difference(db, s, cb, arg);
}

int read_differences_there(
    struct db *db, const char *driver, read_difference_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT {columns} FROM difference WHERE ended_us IS NULL "
	    "AND (?1 IS NULL OR driver = ?1) ORDER BY id",
	    &map_difference, VALUES(TEXT(driver)));

	if (!s)
		return -1;
	return each_difference(db, s, cb, arg);
}

int read_enforcers(struct db *db, read_enforcer_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM enforcer ORDER BY driver", &map_enforcer, 0);
	struct enforcer e;
	int rc;

	if (!s)
		return -1;
	while ((rc = row_next(db, s, &map_enforcer, &e)) == 1) {
		rc = cb(arg, &e);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_hook_requests(struct db *db, read_hook_request_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM hook_request WHERE done_us IS NULL "
	    "ORDER BY id",
	    &map_hook_request, 0);
	struct hook_request r;
	int rc;

	if (!s)
		return -1;
	while ((rc = row_next(db, s, &map_hook_request, &r)) == 1) {
		rc = cb(arg, &r);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_hook_request(struct db *db, int64_t id, struct hook_request *r)
{
	sqlite3_stmt *s =
	    stmt_ask(db, "SELECT {columns} FROM hook_request WHERE id = ?1",
		&map_hook_request, VALUES(NUMBER(id)));

	if (!s)
		return -1;
	return row_only(db, s, &map_hook_request, r);
}

int read_panic(struct db *db, struct hook_request *r)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM hook_request "
	    "WHERE verb IN ('panic', 'panic-off') ORDER BY id DESC LIMIT 1",
	    &map_hook_request, 0);
	int rc = s ? row_only(db, s, &map_hook_request, r) : -1;

	return rc == 1 ? strcmp(r->verb, "panic") == 0 : rc;
}
