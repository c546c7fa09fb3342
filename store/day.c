/* SPDX-License-Identifier: Apache-2.0 */
#include "store/day.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/stmt.h"

#define PATTERN_DAY   "00000000"
#define PATTERN_PARTS 16

int day_of(int64_t ts_us)
{
	const int64_t last_us = INT64_C(253402300799999999);

	if (ts_us < 0)
		return 19700101;
	return clock_day(ts_us > last_us ? last_us : ts_us);
}

/* --- what this transaction has added ------------------------------------ */

void day_forget(struct db *db)
{
	db->n_days = 0;
	db->last_obs = -1;
	db->last_obs_changed = false;
}

static int write_day(struct db *db, struct day_slot *d)
{
	sqlite3_stmt *s;

	if (d->rows == 0)
		return 0;
	s = stmt_take(db,
	    "INSERT INTO observation_day (day, first_obs, last_obs, rows) "
	    "VALUES (?1, ?2, ?3, ?4) ON CONFLICT (day) DO UPDATE SET "
	    "first_obs = min(first_obs, excluded.first_obs), "
	    "last_obs = max(last_obs, excluded.last_obs), "
	    "rows = rows + excluded.rows",
	    NULL, 0);
	if (!s)
		return -1;
	sqlite3_bind_int(s, 1, d->day);
	sqlite3_bind_int64(s, 2, d->first_obs);
	sqlite3_bind_int64(s, 3, d->last_obs);
	sqlite3_bind_int64(s, 4, d->rows);
	if (stmt_run(db, s) != 0)
		return -1;
	d->rows = 0;
	return 0;
}

int day_flush(struct db *db)
{
	sqlite3_stmt *s;

	for (int i = 0; i < db->n_days; i++)
		if (write_day(db, &db->days[i]) != 0)
			return -1;
	if (!db->last_obs_changed)
		return 0;
	s = stmt_take(db,
	    "INSERT INTO sequence (name, value) VALUES ('observation', ?1) "
	    "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
	    NULL, 0);
	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, db->last_obs);
	if (stmt_run(db, s) != 0)
		return -1;
	db->last_obs_changed = false;
	return 0;
}

static int load_last(struct db *db)
{
	if (db->last_obs != -1)
		return 0;
	switch (stmt_number(db,
	    "SELECT value FROM sequence WHERE name = 'observation'", 0,
	    &db->last_obs)) {
	case 0:
		db->last_obs = 0;
		return 0;
	case 1:
		return 0;
	default:
		return -1;
	}
}

/* --- tables ------------------------------------------------------------- */

static int pattern(struct db *db, char *parts[PATTERN_PARTS], int *n)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT sql FROM sqlite_schema WHERE tbl_name = "
	    "'observation_00000000' AND sql IS NOT NULL "
	    "ORDER BY type DESC, name",
	    NULL, 0);
	int rc;

	if (!s)
		return -1;
	while ((rc = stmt_step(db, s)) == 1 && *n < PATTERN_PARTS) {
		const char *sql = (const char *)sqlite3_column_text(s, 0);

		parts[*n] = sql ? strdup(sql) : NULL;
		if (!parts[*n]) {
			rc = db_fail_as(db, SQLITE_NOMEM, "out of memory");
			break;
		}
		(*n)++;
	}
	stmt_give(db, s);
	if (rc == 0 && *n == 0)
		rc = db_fail_as(db, SQLITE_CORRUPT,
		    "the table observation_00000000, the pattern of a day, "
		    "is missing; restore a backup");
	return rc;
}

static void name_day(char *sql, int day)
{
	char *at = sql;

	while ((at = strstr(at, PATTERN_DAY)) != NULL)
		for (int i = 7, rest = day; i >= 0; i--, rest /= 10)
			at[i] = (char)('0' + rest % 10);
}

static int make_table(struct db *db, int day)
{
	char *parts[PATTERN_PARTS];
	int n = 0, rc = pattern(db, parts, &n);

	for (int i = 0; i < n; i++) {
		name_day(parts[i], day);
		if (rc == 0)
			rc = stmt_exec(db, parts[i]);
		free(parts[i]);
	}
	return rc;
}

static struct day_slot *known(struct db *db, int day)
{
	for (int i = 0; i < db->n_days; i++)
		if (db->days[i].day == day)
			return &db->days[i];
	return NULL;
}

static struct day_slot *remember(struct db *db, int day)
{
	struct day_slot *d;

	if (db->n_days == DAYS_OPEN) {
		if (day_flush(db) != 0)
			return NULL;
		db->n_days = 0;
	}
	d = &db->days[db->n_days++];
	*d = (struct day_slot){.day = day};
	return d;
}

static int catalogued(struct db *db, int day)
{
	sqlite3_stmt *s =
	    stmt_ask(db, "SELECT 1 FROM observation_day WHERE day = ?1", NULL,
		VALUES(NUMBER(day)));
	int rc;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	stmt_give(db, s);
	return rc;
}

int day_exists(struct db *db, int day)
{
	int rc;

	if (known(db, day))
		return 1;
	rc = catalogued(db, day);
	if (rc == 1 && db->in_txn && !remember(db, day))
		return -1;
	return rc;
}

int day_number(struct db *db, int day, int64_t *obs_no)
{
	struct day_slot *d;

	if (load_last(db) != 0)
		return -1;
	d = known(db, day);
	if (!d) {
		int rc = catalogued(db, day);

		if (rc == -1 || (rc == 0 && make_table(db, day) != 0))
			return -1;
		d = remember(db, day);
	}
	if (!d)
		return -1;
	*obs_no = ++db->last_obs;
	db->last_obs_changed = true;
	if (d->rows++ == 0)
		d->first_obs = *obs_no;
	d->last_obs = *obs_no;
	return 0;
}

int day_list(
    struct db *db, int first, int last, struct day_range **days, int *n)
{
	sqlite3_stmt *s;
	int cap = 0, rc;

	*days = NULL;
	*n = 0;
	if (day_flush(db) != 0)
		return -1;
	s = stmt_take(db,
	    "SELECT day, first_obs, last_obs FROM observation_day "
	    "WHERE day BETWEEN ?1 AND ?2 ORDER BY day",
	    NULL, 0);
	if (!s)
		return -1;
	sqlite3_bind_int(s, 1, first);
	sqlite3_bind_int(s, 2, last);
	while ((rc = stmt_step(db, s)) == 1) {
		if (*n == cap) {
			void *v;

			cap = cap ? 2 * cap : 64;
			v = realloc(*days, (size_t)cap * sizeof(**days));
			if (!v) {
				rc = db_fail_as(
				    db, SQLITE_NOMEM, "out of memory");
				break;
			}
			*days = v;
		}
		(*days)[*n].day = sqlite3_column_int(s, 0);
		(*days)[*n].first_obs = sqlite3_column_int64(s, 1);
		(*days)[(*n)++].last_obs = sqlite3_column_int64(s, 2);
	}
	stmt_give(db, s);
	return rc;
}
