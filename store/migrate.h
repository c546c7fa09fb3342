/* SPDX-License-Identifier: Apache-2.0 */
/* Private to store/: numbered migrations. user_version N says that the first
 * N of the list have run. */
#pragma once

struct db;

/* store/schema/NNNN.sql in order, NULL at the end (scripts/embed-sql). */
extern const char *const schema_migrations[];

int migrate_count(const char *const *list);
/* PRAGMA user_version, or -1. */
int migrate_version(struct db *db);
/* Runs what is missing, each in a transaction of its own: when one fails,
 * the file is as the one before left it. */
int migrate_run(struct db *db, const char *const *list);
