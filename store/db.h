/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite file: open, migrate, transactions, error classes. Only store/
 * speaks SQL; db.c holds the sqlite3_* calls that the others share. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define DB_ERROR_BYTES 512

struct db;

enum db_mode {
	DB_READ,   /* must exist, must have this program's schema */
	DB_WRITE,  /* must exist; migrates */
	DB_CREATE, /* made when missing; migrates */
};

/* NULL with err set to what is wrong and what to do: missing, locked,
 * read-only, full, no database, schema older (reader) or newer. */
struct db *db_open(
    const char *path, enum db_mode mode, char err[DB_ERROR_BYTES]);
void db_close(struct db *db); /* NULL is legal */

/* soft: commits of this handle survive the end of the process, and that of the
 * machine once anybody else has committed: for rows that can be made again.
 * Not inside a transaction. 0; -1. */
int db_set_soft(struct db *db, bool soft);
/* How long a writer waits for the lock; 5 s unless told otherwise. */
void db_set_patience(struct db *db, int ms);
/* Gives back the pages that were read: after a walk over much that will not
 * be walked again. */
void db_trim(struct db *db);

/* BEGIN IMMEDIATE. These and every writer return 0, or -1 and keep the
 * cause for the four questions below. */
int db_begin(struct db *db);
int db_commit(struct db *db);
void db_rollback(struct db *db);

bool db_is_busy(const struct db *db);
bool db_is_full(const struct db *db);   /* SQLITE_FULL, IOERR: retry later */
bool db_is_broken(const struct db *db); /* corrupt, not a database */
const char *db_error(const struct db *db);

/* One process at a time may apply the log (analyzer, or the desk when no
 * analyzer runs): flock on "<path>.lock". 0; -1 when another holds it. */
int db_lock_apply(struct db *db);
void db_unlock_apply(struct db *db);
/* The process that has it, asked without touching it; 0: none here. */
long db_applier(const struct db *db);
