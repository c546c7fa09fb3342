/* SPDX-License-Identifier: Apache-2.0 */
/* Private to store/: the handle, its cached statements, rows to and from
 * columns. Failures return -1 (or NULL) and are kept for db_error(). */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/condition.h"
#include "store/db.h"
#include "store/row.h"

#define DB_BUSY_MS     5000
#define DB_APPLICATION 0x53656b69 /* "Seki" */
#define STMT_SQL_BYTES 16384      /* also with a condition of 64 parts */
#define STMT_CACHED    96
#define DAYS_OPEN      8
#define FEW_ROWS       20000

/* A statement text is known by its address, its row map and its day. */
struct stmt_slot {
	const char *sql;
	const struct row_map *map;
	int day;
	sqlite3_stmt *s;
	bool in_use;
	uint64_t used;
};
/* What a transaction has added to a day; written before it is read. */
struct day_slot {
	int day;
	int64_t first_obs, last_obs, rows;
};

struct db {
	sqlite3 *sql;
	char *path;
	enum db_mode mode;
	bool in_txn;
	int rc; /* of the last failure */
	char error[DB_ERROR_BYTES];
	int lock_fd;
	struct stmt_slot stmts[STMT_CACHED];
	uint64_t uses;
	struct day_slot days[DAYS_OPEN];
	int n_days;
	int patience_ms;
	int64_t waited_us; /* for the lock of another process, this time */
	uint32_t random;
	int64_t last_obs; /* -1: not read in this transaction */
	bool last_obs_changed;
	int64_t few_rows; /* so many are sorted rather than more passed over */
};

/* Keeps SQLite's last cause, or rc with a text of ours. Returns -1. */
int db_fail(struct db *db);
int db_fail_as(struct db *db, int rc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The words for a person: what is wrong, what to do. */
void db_describe(
    const char *path, int rc, const char *detail, char *text, size_t size);
/* Joins db_begin()'s transaction, or opens one for this call alone. */
int db_enter(struct db *db, bool *own);
int db_leave(struct db *db, bool own, int rc);
/* One snapshot for a reader of several statements. */
int db_enter_read(struct db *db, bool *own);
int db_leave_read(struct db *db, bool own, int rc);

/* In the text {columns}, {values} and {update} stand for the map's columns,
 * {day} for the day, {where} for nothing. Hand it back with stmt_give(), which
 * resets it. */
sqlite3_stmt *stmt_take(
    struct db *db, const char *sql, const struct row_map *map, int day);
/* {where} stands for " AND " and the condition, of members of the row of map,
 * whose values are bound; such a statement is not kept. NULL: as above. of:
 * instead of map where the statement reads no rows. */
sqlite3_stmt *stmt_take_where(struct db *db, const char *sql,
    const struct row_map *map, int day, const struct condition *c,
    const struct row_map *of);
/* condition.c's part of it. False: buf is too small. */
bool condition_sql(const struct condition *c, const struct row_map *map,
    char *buf, size_t size);
void condition_bind(const struct condition *c, sqlite3_stmt *s);
void stmt_give(struct db *db, sqlite3_stmt *s);

/* What stands for ?1, ?2, ... in a statement. Text and bytes are borrowed
 * until it has run; text may be NULL. */
struct bound {
	enum { BOUND_NUMBER, BOUND_TEXT, BOUND_BYTES } as;
	int64_t number; /* or how many bytes */
	const void *at;
};
#define NUMBER(v)   ((struct bound){BOUND_NUMBER, (int64_t)(v), NULL})
#define TEXT(v)     ((struct bound){BOUND_TEXT, 0, (v)})
#define BYTES(v, n) ((struct bound){BOUND_BYTES, (int64_t)(n), (v)})
#define VALUES(...)                                                            \
	(const struct bound[]){__VA_ARGS__},                                   \
	    sizeof((const struct bound[]){__VA_ARGS__}) / sizeof(struct bound)

/* stmt_take() with its values, for a reader: of no day. NULL. */
sqlite3_stmt *stmt_ask(struct db *db, const char *sql,
    const struct row_map *map, const struct bound *v, size_t n);
/* One that changes something, in the transaction that is open. */
int stmt_do(struct db *db, const char *sql, const struct bound *v, size_t n);
/* The same, in db_begin()'s transaction or by itself. */
int stmt_write(struct db *db, const char *sql, const struct bound *v, size_t n);
void stmt_free_all(struct db *db);
/* 1 a row, 0 the end, -1. */
int stmt_step(struct db *db, sqlite3_stmt *s);
/* Steps to the end and gives it back. */
int stmt_run(struct db *db, sqlite3_stmt *s);
/* Text that is not kept: set-up and migrations. Every statement in it. */
int stmt_exec(struct db *db, const char *sql);
/* The first column of the first row. 1, 0 (no row, or NULL in it), -1. */
int stmt_number(struct db *db, const char *sql, int day, int64_t *v);

int bind_text(sqlite3_stmt *s, int n, const char *text); /* NULL is NULL */
void column_copy(sqlite3_stmt *s, int n, char *text, size_t size);

/* Parameters 1 .. of the map. */
int row_bind(
    struct db *db, sqlite3_stmt *s, const struct row_map *map, const void *row);
/* Columns 0 .. into a zeroed row; a value that cannot stand there is an
 * error. */
int row_get(
    struct db *db, sqlite3_stmt *s, const struct row_map *map, void *row);
/* stmt_step(), and the row that it comes to. 1, 0 the end, -1. */
int row_next(
    struct db *db, sqlite3_stmt *s, const struct row_map *map, void *row);
/* The first row, and gives the statement back. 1, 0 there is none, -1. */
int row_only(
    struct db *db, sqlite3_stmt *s, const struct row_map *map, void *row);
/* Binds the row to a statement of this text and runs it. */
int row_put(
    struct db *db, const char *sql, const struct row_map *map, const void *row);
/* row_put() within db_begin() or by itself; new_id, unless NULL, is the key
 * that SQLite chose. */
int row_write(struct db *db, const char *sql, const struct row_map *map,
    const void *row, int64_t *new_id);
