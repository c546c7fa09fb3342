/* SPDX-License-Identifier: Apache-2.0 */
#include "store/write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/stmt.h"

static int compare_prefix(const struct prefix *p, const struct prefix *q)
{
	int c = addr_compare(&p->addr, &q->addr);

	return c != 0 ? c : (int)p->len - (int)q->len;
}

static int compare_place(const struct lease *p, const struct lease *q)
{
	int c = compare_prefix(&p->prefix, &q->prefix);

	return c != 0 ? c : (int)p->first_port - (int)q->first_port;
}

static int compare_lease(const void *a, const void *b)
{
	const struct lease *const *p = a, *const *q = b;

	return compare_place(*p, *q);
}

static bool same(const struct lease *p, const struct lease *q)
{
	return strcmp(p->customer, q->customer) == 0 &&
	       p->last_port == q->last_port && p->line_class == q->line_class &&
	       strcmp(p->own_domains, q->own_domains) == 0;
}

/* What the source holds now, and what ends or begins: found first, written
 * after the walk over the table has ended. */
struct change {
	char source[sizeof(((struct lease *)0)->source)];
	int64_t now_us;
	const struct lease **wanted;
	size_t n, next;
	struct lease *ended;
	size_t n_ended, cap;
	const struct lease **begun;
	size_t n_begun;
	const struct lease_watch *watch;
};

static int keep_ended(struct db *db, struct change *c, const struct lease *l)
{
	if (c->n_ended == c->cap) {
		size_t cap = c->cap ? 2 * c->cap : 64;
		void *v = realloc(c->ended, cap * sizeof(*c->ended));

		if (!v)
			return db_fail_as(db, SQLITE_NOMEM, "out of memory");
		c->ended = v;
		c->cap = cap;
	}
	c->ended[c->n_ended++] = *l;
	return 0;
}

/* Both sides ascend by prefix. */
static int compare_held(struct db *db, struct change *c, const struct lease *h)
{
	int order = 1;

	while (c->next < c->n) {
		const struct lease *w = c->wanted[c->next];

		order = compare_place(w, h);
		if (order >= 0)
			break;
		c->begun[c->n_begun++] = w;
		c->next++;
	}
	if (c->next == c->n || order > 0)
		return keep_ended(db, c, h);
	if (!same(c->wanted[c->next], h)) {
		c->begun[c->n_begun++] = c->wanted[c->next];
		if (keep_ended(db, c, h) != 0)
			return -1;
	}
	c->next++;
	return 0;
}

static int compare_all(struct db *db, struct change *c)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT {columns} FROM lease WHERE source = ?1 AND until_us IS "
	    "NULL ORDER BY prefix, length, first_port",
	    &map_lease, VALUES(TEXT(c->source)));
	struct lease held;
	int rc;

	if (!s)
		return -1;
	while ((rc = row_next(db, s, &map_lease, &held)) == 1) {
		rc = compare_held(db, c, &held);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	while (rc == 0 && c->next < c->n)
		c->begun[c->n_begun++] = c->wanted[c->next++];
	return rc;
}

int write_lease_end(struct db *db, const struct lease *l, int64_t now_us)
{
	bool never = l->from_us >= now_us;
	sqlite3_stmt *s = stmt_take(db,
	    never ? "DELETE FROM lease WHERE prefix = ?1 AND length = ?2 "
		    "AND from_us = ?3 AND source = ?4 AND first_port = ?6"
		  : "UPDATE lease SET until_us = ?5 WHERE prefix = ?1 AND "
		    "length = ?2 AND from_us = ?3 AND source = ?4 AND "
		    "first_port = ?6",
	    NULL, 0);

	if (!s)
		return -1;
	sqlite3_bind_blob(s, 1, l->prefix.addr.b, 16, SQLITE_STATIC);
	sqlite3_bind_int(s, 2, l->prefix.len);
	sqlite3_bind_int64(s, 3, l->from_us);
	bind_text(s, 4, l->source);
	sqlite3_bind_int(s, 6, l->first_port);
	if (!never)
		sqlite3_bind_int64(s, 5, now_us);
	return stmt_run(db, s);
}

int write_lease(struct db *db, const struct lease *l)
{
	return row_put(db,
	    "INSERT OR REPLACE INTO lease ({columns}) VALUES ({values})",
	    &map_lease, l);
}

static int begin_lease(struct db *db, const struct change *c,
    const struct lease *wanted, int64_t from_us)
{
	struct lease l = *wanted;

	l.from_us = from_us;
	l.until_us = INT64_MAX;
	memcpy(l.source, c->source, sizeof(l.source));
	if (write_lease(db, &l) != 0)
		return -1;
	if (c->watch)
		c->watch->begun(c->watch->arg, &l, c->now_us);
	return 0;
}

static int end_lease(
    struct db *db, const struct change *c, const struct lease *l)
{
	if (write_lease_end(db, l, c->now_us) != 0)
		return -1;
	if (c->watch)
		c->watch->ended(c->watch->arg, l, c->now_us);
	return 0;
}

static int known_source(struct db *db, const char *source)
{
	sqlite3_stmt *s =
	    stmt_ask(db, "SELECT 1 FROM lease WHERE source = ?1 LIMIT 1", NULL,
		VALUES(TEXT(source)));
	int rc;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	stmt_give(db, s);
	return rc;
}

static int replace(struct db *db, struct change *c)
{
	int known = known_source(db, c->source);
	int64_t from_us = known ? c->now_us : 0;

	if (known < 0 || compare_all(db, c) != 0)
		return -1;
	for (size_t i = 0; i < c->n_ended; i++)
		if (end_lease(db, c, &c->ended[i]) != 0)
			return -1;
	for (size_t i = 0; i < c->n_begun; i++)
		if (begin_lease(db, c, c->begun[i], from_us) != 0)
			return -1;
	return 0;
}

static int check_twice(struct db *db, const struct change *c)
{
	char text[PREFIX_STRLEN];

	for (size_t i = 1; i < c->n; i++)
		if (compare_lease(&c->wanted[i - 1], &c->wanted[i]) == 0)
			return db_fail_as(db, SQLITE_CONSTRAINT,
			    "source %s gives %s twice; give each prefix once",
			    c->source,
			    prefix_format(&c->wanted[i]->prefix, text));
	return 0;
}

int write_leases(struct db *db, const char *source, const struct lease *leases,
    size_t n, int64_t now_us)
{
	return write_leases_watched(db, source, leases, n, now_us, NULL);
}

int write_leases_watched(struct db *db, const char *source,
    const struct lease *leases, size_t n, int64_t now_us,
    const struct lease_watch *watch)
{
	struct change c = {.now_us = now_us, .n = n, .watch = watch};
	bool own;
	int rc = -1;

	snprintf(c.source, sizeof(c.source), "%s", source);
	c.wanted = malloc((n + 1) * sizeof(struct lease *));
	c.begun = malloc((n + 1) * sizeof(struct lease *));
	if (!c.wanted || !c.begun) {
		db_fail_as(db, SQLITE_NOMEM, "out of memory");
		goto out;
	}
	for (size_t i = 0; i < n; i++)
		c.wanted[i] = &leases[i];
	qsort(c.wanted, n, sizeof(struct lease *), compare_lease);
	if (check_twice(db, &c) != 0 || db_enter(db, &own) != 0)
		goto out;
	rc = db_leave(db, own, replace(db, &c));
out:
	free(c.wanted);
	free(c.begun);
	free(c.ended);
	return rc;
}

/* --- customers ------------------------------------------------------------ */

static int replace_customers(
    struct db *db, const struct customer_row *rows, size_t n)
{
	if (stmt_exec(db, "DELETE FROM customer") != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (row_put(db,
			"INSERT OR REPLACE INTO customer ({columns}) VALUES "
			"({values})",
			&map_customer, &rows[i]) != 0)
			return -1;
	return 0;
}

int write_customers(struct db *db, const struct customer_row *rows, size_t n)
{
	bool own;

	if (db_enter(db, &own) != 0)
		return -1;
	return db_leave(db, own, replace_customers(db, rows, n));
}
