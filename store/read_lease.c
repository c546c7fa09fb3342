/* SPDX-License-Identifier: Apache-2.0 */
#include "store/read.h"

#include "store/stmt.h"

/* --- leases --------------------------------------------------------------- */

static int each_lease(
    struct db *db, sqlite3_stmt *s, read_lease_cb cb, void *arg)
{
	struct lease l;
	int rc;

	while ((rc = row_next(db, s, &map_lease, &l)) == 1) {
		rc = cb(arg, &l);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

/* Of the key, in the order of time within a prefix. */
#define BY_PLACE                                                               \
	"ORDER BY prefix, length, from_us, first_port, last_port, source"

int read_leases_from(struct db *db, const struct addr *first, int64_t at_us,
    read_lease_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    at_us < 0 ? "SELECT {columns} FROM lease WHERE prefix >= ?2 "
			"AND ?1 < 0 " BY_PLACE
		      : "SELECT {columns} FROM lease WHERE prefix >= ?2 "
			"AND from_us <= ?1 AND "
			"(until_us IS NULL OR until_us > ?1) " BY_PLACE,
	    &map_lease, 0);

	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, at_us);
	sqlite3_bind_blob(s, 2, first->b, 16, SQLITE_STATIC);
	return each_lease(db, s, cb, arg);
}

int read_leases(struct db *db, int64_t at_us, read_lease_cb cb, void *arg)
{
	static const struct addr all;

	return read_leases_from(db, &all, at_us, cb, arg);
}

int read_leases_since(
    struct db *db, int64_t since_us, read_lease_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT {columns} FROM lease WHERE until_us IS NULL OR "
	    "until_us >= ?1 " BY_PLACE,
	    &map_lease, VALUES(NUMBER(since_us)));

	if (!s)
		return -1;
	return each_lease(db, s, cb, arg);
}

int read_lease_ended(struct db *db, int64_t before_us)
{
	sqlite3_stmt *s =
	    stmt_ask(db, "SELECT 1 FROM lease WHERE until_us < ?1 LIMIT 1",
		NULL, VALUES(NUMBER(before_us)));
	int rc;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	stmt_give(db, s);
	return rc;
}

int read_customer_leases(struct db *db, const char *customer, int64_t at_us,
    read_lease_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_ask(db,
	    at_us < 0
		? "SELECT {columns} FROM lease WHERE customer = ?1 " BY_PLACE
		: "SELECT {columns} FROM lease WHERE customer = ?1 AND "
		  "from_us <= ?2 AND (until_us IS NULL OR until_us > "
		  "?2) " BY_PLACE,
	    &map_lease, VALUES(TEXT(customer)));

	if (!s)
		return -1;
	if (at_us >= 0)
		sqlite3_bind_int64(s, 2, at_us);
	return each_lease(db, s, cb, arg);
}

static struct addr masked(const struct addr *a, int len)
{
	struct prefix p = {*a, (uint8_t)len};

	return prefix_first(&p);
}

#define HELD                                                                   \
	"(?3 < 0 OR (from_us <= ?3 AND (until_us IS NULL OR until_us > ?3)))"

static int read_wider(struct db *db, const struct prefix *p, int64_t at_us,
    read_lease_cb cb, void *arg)
{
	static const char text[] =
	    "SELECT {columns} FROM lease WHERE prefix = ?1 AND length = ?2 "
	    "AND " HELD " " BY_PLACE;
	int rc = 0;

	for (int len = 0; rc == 0 && len < p->len; len++) {
		struct addr first = masked(&p->addr, len);
		sqlite3_stmt *s = stmt_take(db, text, &map_lease, 0);

		if (!s)
			return -1;
		sqlite3_bind_blob(s, 1, first.b, 16, SQLITE_TRANSIENT);
		sqlite3_bind_int(s, 2, len);
		sqlite3_bind_int64(s, 3, at_us);
		rc = each_lease(db, s, cb, arg);
	}
	return rc;
}

int read_leases_over(struct db *db, const struct prefix *p, int64_t at_us,
    read_lease_cb cb, void *arg)
{
	struct addr first = prefix_first(p), last = prefix_last(p);
	int rc = read_wider(db, p, at_us, cb, arg);
	sqlite3_stmt *s;

	if (rc != 0)
		return rc;
	s = stmt_take(db,
	    "SELECT {columns} FROM lease WHERE prefix BETWEEN ?1 AND ?4 "
	    "AND length >= ?2 AND " HELD " " BY_PLACE,
	    &map_lease, 0);
	if (!s)
		return -1;
	sqlite3_bind_blob(s, 1, first.b, 16, SQLITE_TRANSIENT);
	sqlite3_bind_int(s, 2, p->len);
	sqlite3_bind_int64(s, 3, at_us);
	sqlite3_bind_blob(s, 4, last.b, 16, SQLITE_TRANSIENT);
	return each_lease(db, s, cb, arg);
}

/* What is whole goes last: a part of the ports names the household. A part
 * that is not theirs is found, too: then nobody is. */
int read_lease_at(struct db *db, const struct addr *a, uint16_t port,
    int64_t at_us, struct lease *l)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM lease WHERE prefix = ?1 AND length = ?2 "
	    "AND from_us <= ?3 AND (until_us IS NULL OR until_us > ?3) "
	    "ORDER BY last_port > 0 AND ?4 BETWEEN first_port AND last_port "
	    "DESC, last_port > 0 DESC, source = 'static', from_us DESC, "
	    "source LIMIT 1",
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
		sqlite3_bind_int(s, 4, port);
		rc = stmt_step(db, s);
	}
	if (rc == 1 && row_get(db, s, &map_lease, l) != 0)
		rc = -1;
	stmt_give(db, s);
	if (rc == 1 && l->last_port > 0 &&
	    (port == 0 || port < l->first_port || port > l->last_port))
		return 2;
	return rc;
}

/* --- customers ------------------------------------------------------------ */

int read_customer(struct db *db, const char *id, struct customer_row *c)
{
	sqlite3_stmt *s =
	    stmt_ask(db, "SELECT {columns} FROM customer WHERE id = ?1",
		&map_customer, VALUES(TEXT(id)));

	if (!s)
		return -1;
	return row_only(db, s, &map_customer, c);
}

int read_customers_after(
    struct db *db, const char *id, read_customer_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT {columns} FROM customer WHERE id > ?1 ORDER BY id",
	    &map_customer, VALUES(TEXT(id)));
	struct customer_row c;
	int rc;

	if (!s)
		return -1;
	while ((rc = row_next(db, s, &map_customer, &c)) == 1) {
		rc = cb(arg, &c);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_customers(struct db *db, read_customer_cb cb, void *arg)
{
	return read_customers_after(db, "", cb, arg);
}
