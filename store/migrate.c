/* SPDX-License-Identifier: Apache-2.0 */
#include "store/migrate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/day.h"
#include "store/stmt.h"

#define PATTERN "00000000"

int migrate_count(const char *const *list)
{
	int n = 0;

	while (list[n])
		n++;
	return n;
}

int migrate_version(struct db *db)
{
	int64_t v = 0;

	return stmt_number(db, "PRAGMA user_version", 0, &v) == 1 ? (int)v : -1;
}

static int run_text(struct db *db, const char *sql, size_t len, int day)
{
	char *text = strndup(sql, len), digits[16], *at;
	int rc;

	if (!text)
		return db_fail_as(db, SQLITE_NOMEM, "out of memory");
	snprintf(digits, sizeof(digits), "%08d", day);
	for (at = text; (at = strstr(at, PATTERN)) != NULL && day != 0;)
		memcpy(at, digits, 8);
	rc = stmt_exec(db, text);
	free(text);
	return rc;
}

static int run_days(struct db *db, const char *sql, size_t len,
    const struct day_range *days, int n)
{
	int rc = run_text(db, sql, len, 0);

	if (memmem(sql, len, PATTERN, 8) == NULL)
		return rc;
	for (int i = 0; rc == 0 && i < n; i++)
		rc = run_text(db, sql, len, days[i].day);
	return rc;
}

/* Length of the statement at sql, by SQLite's own idea of its end. */
static size_t statement_length(const char *sql)
{
	size_t len = strlen(sql);
	char *copy = strdup(sql);

	for (size_t i = 0; copy && i < len; i++) {
		char next = copy[i + 1];

		if (copy[i] != ';')
			continue;
		copy[i + 1] = '\0';
		if (sqlite3_complete(copy)) {
			len = i + 1;
			break;
		}
		copy[i + 1] = next;
	}
	free(copy);
	return len;
}

static int run_one(struct db *db, const char *sql, int version)
{
	struct day_range *days = NULL;
	char pragma[64];
	int n = 0, rc = 0;

	if (version > 0)
		rc = day_list(db, 0, 99991231, &days, &n);
	while (rc == 0 && *sql) {
		size_t len = statement_length(sql);

		rc = run_days(db, sql, len, days, n);
		sql += len;
	}
	free(days);
	snprintf(
	    pragma, sizeof(pragma), "PRAGMA user_version = %d", version + 1);
	return rc == 0 ? stmt_exec(db, pragma) : rc;
}

int migrate_run(struct db *db, const char *const *list)
{
	int n = migrate_count(list), rc = 0;
	char pragma[64];

	snprintf(pragma, sizeof(pragma), "PRAGMA application_id = %d",
	    DB_APPLICATION);
	while (rc == 0) {
		int version;

		if (db_begin(db) != 0)
			return -1;
		/* Another process may have been faster. */
		version = migrate_version(db);
		if (version < 0)
			rc = -1;
		else if (version < n)
			rc = run_one(db, list[version], version);
		if (rc == 0 && version == 0)
			rc = stmt_exec(db, pragma);
		if (rc == 0)
			rc = db_commit(db);
		if (rc != 0)
			db_rollback(db);
		if (version >= n - 1)
			break;
	}
	return rc;
}
