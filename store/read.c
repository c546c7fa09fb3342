/* SPDX-License-Identifier: Apache-2.0 */
#include "store/read.h"

#include "store/stmt.h"

/* --- meta, cursors, counters --------------------------------------------- */

int read_agent_cursor(
    struct db *db, const char *agent, uint64_t boot, uint64_t *seq)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT seq FROM agent_cursor WHERE agent = ?1 AND boot = ?2", NULL,
	    0);
	int rc;

	if (!s)
		return -1;
	bind_text(s, 1, agent);
	sqlite3_bind_int64(s, 2, (int64_t)boot);
	rc = stmt_step(db, s);
	if (rc == 1)
		*seq = (uint64_t)sqlite3_column_int64(s, 0);
	stmt_give(db, s);
	return rc;
}

int read_meta(struct db *db, const char *key, char *value, size_t size)
{
	sqlite3_stmt *s =
	    stmt_take(db, "SELECT value FROM meta WHERE key = ?1", NULL, 0);
	int rc;

	if (!s)
		return -1;
	if (size > 0)
		value[0] = '\0';
	bind_text(s, 1, key);
	rc = stmt_step(db, s);
	if (rc == 1)
		column_copy(s, 0, value, size);
	stmt_give(db, s);
	return rc < 0 ? -1 : 0;
}

int read_counters(
    struct db *db, int day_first, int day_last, read_counter_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT day, name, value FROM counter "
	    "WHERE day BETWEEN ?1 AND ?2 ORDER BY day, name",
	    NULL, 0);
	int rc, done = 0;

	if (!s)
		return -1;
	sqlite3_bind_int(s, 1, day_first);
	sqlite3_bind_int(s, 2, day_last);
	while (done == 0 && (rc = stmt_step(db, s)) != 0)
		done = rc == -1 ? -1
				: cb(arg, sqlite3_column_int(s, 0),
				      (const char *)sqlite3_column_text(s, 1),
				      sqlite3_column_int64(s, 2));
	stmt_give(db, s);
	return done;
}

/* --- leases --------------------------------------------------------------- */

static int each_lease(
    struct db *db, sqlite3_stmt *s, read_lease_cb cb, void *arg)
{
	struct lease l;
	int rc;

	while ((rc = stmt_step(db, s)) == 1) {
		rc = row_get(db, s, &map_lease, &l);
		if (rc == 0)
			rc = cb(arg, &l);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_leases(struct db *db, int64_t at_us, read_lease_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    at_us < 0 ? "SELECT {columns} FROM lease "
			"ORDER BY prefix, length, from_us, source"
		      : "SELECT {columns} FROM lease WHERE from_us <= ?1 AND "
			"(until_us IS NULL OR until_us > ?1) "
			"ORDER BY prefix, length, from_us, source",
	    &map_lease, 0);

	if (!s)
		return -1;
	if (at_us >= 0)
		sqlite3_bind_int64(s, 1, at_us);
	return each_lease(db, s, cb, arg);
}

int read_customer_leases(struct db *db, const char *customer, int64_t at_us,
    read_lease_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    at_us < 0 ? "SELECT {columns} FROM lease WHERE customer = ?1 "
			"ORDER BY prefix, length, from_us, source"
		      : "SELECT {columns} FROM lease WHERE customer = ?1 AND "
			"from_us <= ?2 AND (until_us IS NULL OR until_us > ?2) "
			"ORDER BY prefix, length, from_us, source",
	    &map_lease, 0);

	if (!s)
		return -1;
	bind_text(s, 1, customer);
	if (at_us >= 0)
		sqlite3_bind_int64(s, 2, at_us);
	return each_lease(db, s, cb, arg);
}

static struct addr masked(const struct addr *a, int len)
{
	struct prefix p = {*a, (uint8_t)len};

	return prefix_first(&p);
}

int read_lease_at(
    struct db *db, const struct addr *a, int64_t at_us, struct lease *l)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM lease WHERE prefix = ?1 AND length = ?2 "
	    "AND from_us <= ?3 AND (until_us IS NULL OR until_us > ?3) "
	    "ORDER BY from_us DESC, source LIMIT 1",
	    &map_lease, 0);
	int rc = 0;

	if (!s)
		return -1;
	/* One look-up in the key for each length, the longest first. */
	for (int len = 128; rc == 0 && len >= 0; len--) {
		struct addr first = masked(a, len);

		sqlite3_reset(s);
		sqlite3_bind_blob(s, 1, first.b, 16, SQLITE_TRANSIENT);
		sqlite3_bind_int(s, 2, len);
		sqlite3_bind_int64(s, 3, at_us);
		rc = stmt_step(db, s);
	}
	if (rc == 1 && row_get(db, s, &map_lease, l) != 0)
		rc = -1;
	stmt_give(db, s);
	return rc;
}
