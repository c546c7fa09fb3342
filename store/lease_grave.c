/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions that have ended, as far as their leases do not tell, and reboots
 * of NASes. */
#include "store/read.h"
#include "store/stmt.h"
#include "store/write.h"

int write_lease_grave(struct db *db, const struct lease_grave *g)
{
	return row_put(db,
	    "INSERT OR REPLACE INTO lease_grave ({columns}) VALUES ({values})",
	    &map_lease_grave, g);
}

/* The greatest end is what the session had, whatever it lost since. */
int write_lease_grave_of(struct db *db, const struct lease *l)
{
	return stmt_do(db,
	    "INSERT INTO lease_grave SELECT source, ifnull(nas, ''), session, "
	    "from_us, until_us FROM lease WHERE prefix = ?1 AND length = ?2 "
	    "AND from_us = ?3 AND source = ?4 AND first_port = ?5 AND session "
	    "IS NOT NULL AND until_us IS NOT NULL "
	    "ON CONFLICT (source, nas, session) DO UPDATE SET "
	    "since_us = min(since_us, excluded.since_us), "
	    "ended_us = max(ended_us, excluded.ended_us)",
	    VALUES(BYTES(l->prefix.addr.b, 16), NUMBER(l->prefix.len),
		NUMBER(l->from_us), TEXT(l->source), NUMBER(l->first_port)));
}

int forget_lease_graves(struct db *db, int64_t before_us)
{
	return stmt_do(db,
	    "DELETE FROM lease_grave WHERE ended_us < ?1 AND session != ''",
	    VALUES(NUMBER(before_us)));
}

int read_lease_graves(struct db *db, read_lease_grave_cb cb, void *arg)
{
	sqlite3_stmt *s =
	    stmt_take(db, "SELECT {columns} FROM lease_grave ORDER BY ended_us",
		&map_lease_grave, 0);
	struct lease_grave g;
	int rc;

	if (!s)
		return -1;
	while ((rc = row_next(db, s, &map_lease_grave, &g)) == 1) {
		rc = cb(arg, &g);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}
