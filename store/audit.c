/* SPDX-License-Identifier: Apache-2.0 */
#include "store/read.h"
#include "store/stmt.h"
#include "store/write.h"

int write_audit(struct db *db, struct audit *a)
{
	return row_write(db, "INSERT INTO audit ({columns}) VALUES ({values})",
	    &map_audit, a, &a->audit_no);
}

#define IN_RANGE                                                               \
	" FROM audit WHERE at_us >= ?1 AND at_us < ?2 "                        \
	"AND (?3 IS NULL OR operator = ?3) AND (?4 IS NULL OR verb = ?4) "     \
	"AND (?5 IS NULL OR object = ?5)"

static void bind_range(sqlite3_stmt *s, const struct audit_range *r)
{
	sqlite3_bind_int64(s, 1, r->since_us != 0 ? r->since_us : INT64_MIN);
	sqlite3_bind_int64(s, 2, r->until_us != 0 ? r->until_us : INT64_MAX);
	bind_text(s, 3, r->operator);
	bind_text(s, 4, r->verb);
	bind_text(s, 5, r->object);
}

int read_audits(
    struct db *db, const struct audit_range *r, read_audit_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns}" IN_RANGE " AND audit_no < ?6 "
	    "ORDER BY audit_no DESC LIMIT ?7",
	    &map_audit, 0);
	struct audit a;
	int rc;

	if (!s)
		return -1;
	bind_range(s, r);
	sqlite3_bind_int64(s, 6, r->before_no > 0 ? r->before_no : INT64_MAX);
	sqlite3_bind_int64(s, 7, r->limit > 0 ? r->limit : -1);
	while ((rc = row_next(db, s, &map_audit, &a)) == 1) {
		rc = cb(arg, &a);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_audit_count(struct db *db, const struct audit_range *r, int64_t *n)
{
	sqlite3_stmt *s = stmt_take(db, "SELECT count(*)" IN_RANGE, NULL, 0);
	int rc;

	if (!s)
		return -1;
	bind_range(s, r);
	rc = stmt_step(db, s);
	if (rc == 1)
		*n = sqlite3_column_int64(s, 0);
	stmt_give(db, s);
	return rc == 1 ? 0 : -1;
}
