/* SPDX-License-Identifier: Apache-2.0 */
/* Lines about leases that the desk hands in, and the analyzer's answers. */
#include "store/read.h"
#include "store/stmt.h"
#include "store/write.h"

int write_lease_request(struct db *db, struct lease_request *r)
{
	struct lease_request row = *r;

	row.id = 0;
	return row_write(db,
	    "INSERT INTO lease_request ({columns}) VALUES ({values})",
	    &map_lease_request, &row, &r->id);
}

int write_lease_answer(struct db *db, int64_t id, const char *answer)
{
	return stmt_do(db, "UPDATE lease_request SET answer = ?2 WHERE id = ?1",
	    VALUES(NUMBER(id), TEXT(answer)));
}

int forget_lease_requests(struct db *db, int64_t before_us, int64_t most)
{
	return stmt_do(db,
	    "DELETE FROM lease_request WHERE id IN (SELECT id FROM "
	    "lease_request WHERE ts_us < ?1 AND answer IS NOT NULL "
	    "ORDER BY ts_us LIMIT ?2)",
	    VALUES(NUMBER(before_us), NUMBER(most)));
}

int read_lease_requests(
    struct db *db, int64_t most, read_lease_request_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT {columns} FROM lease_request WHERE answer IS NULL "
	    "ORDER BY id LIMIT ?1",
	    &map_lease_request, VALUES(NUMBER(most)));
	struct lease_request r;
	int rc;

	if (!s)
		return -1;
	while ((rc = row_next(db, s, &map_lease_request, &r)) == 1) {
		rc = cb(arg, &r);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_lease_answers(struct db *db, int64_t first, int64_t last,
    int64_t *waiting, int64_t *refused)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT count(*) FILTER (WHERE answer IS NULL), "
	    "count(*) FILTER (WHERE answer = 'refused') FROM lease_request "
	    "WHERE id BETWEEN ?1 AND ?2",
	    NULL, VALUES(NUMBER(first), NUMBER(last)));
	int rc;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	if (rc == 1) {
		*waiting = sqlite3_column_int64(s, 0);
		*refused = sqlite3_column_int64(s, 1);
	}
	stmt_give(db, s);
	return rc == 1 ? 0 : -1;
}
