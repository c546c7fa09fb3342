/* SPDX-License-Identifier: Apache-2.0 */
#include "store/sample.h"

#include "base/clock.h"
#include "store/stmt.h"

/* Two lists of a driver lie a day apart at the most (reconcile_s). */
#define HOLDS_US US_PER_DAY

int write_sample(struct db *db, struct enforcer_sample *s)
{
	return row_write(db,
	    "INSERT INTO enforcer_sample ({columns}) VALUES ({values}) "
	    "ON CONFLICT (id) DO UPDATE SET {update}",
	    &map_enforcer_sample, s, s->id == 0 ? &s->id : NULL);
}

int read_last_sample(
    struct db *db, const char *driver, struct enforcer_sample *s)
{
	sqlite3_stmt *q = stmt_ask(db,
	    "SELECT {columns} FROM enforcer_sample WHERE driver = ?1 "
	    "ORDER BY first_us DESC, id DESC LIMIT 1",
	    &map_enforcer_sample, VALUES(TEXT(driver)));

	if (!q)
		return -1;
	return row_only(db, q, &map_enforcer_sample, s);
}

int read_samples(struct db *db, const char *driver, int64_t since_us,
    int64_t until_us, read_sample_cb cb, void *arg)
{
	/* The names first, one step of the index each: then of each driver the
	 * index has the range. */
	sqlite3_stmt *q = stmt_ask(db,
	    "WITH RECURSIVE d (name) AS (SELECT coalesce(?1, (SELECT "
	    "min(driver) FROM enforcer_sample)) UNION ALL SELECT (SELECT "
	    "min(driver) FROM enforcer_sample WHERE driver > name) FROM d "
	    "WHERE ?1 IS NULL AND name IS NOT NULL) "
	    "SELECT {columns} FROM d CROSS JOIN enforcer_sample "
	    "WHERE driver = name AND first_us >= coalesce((SELECT "
	    "max(b.first_us) FROM enforcer_sample b WHERE b.driver = name "
	    "AND b.first_us <= ?2), ?2) AND first_us < ?3 "
	    "AND last_us >= ?4 ORDER BY driver, first_us, id",
	    &map_enforcer_sample,
	    VALUES(TEXT(driver), NUMBER(since_us),
		NUMBER(until_us != 0 ? until_us : INT64_MAX),
		NUMBER(since_us - HOLDS_US)));
	struct enforcer_sample s;
	int rc;

	if (!q)
		return -1;
	while ((rc = row_next(db, q, &map_enforcer_sample, &s)) == 1) {
		/* The worst was before the range. */
		if (s.last_us < since_us)
			s.worst = s.missing + s.extra;
		rc = cb(arg, &s);
		if (rc != 0)
			break;
	}
	stmt_give(db, q);
	return rc;
}
