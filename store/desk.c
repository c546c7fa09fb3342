/* SPDX-License-Identifier: Apache-2.0 */
#include "store/desk.h"

#include <string.h>

#include "store/stmt.h"

/* --- notes ---------------------------------------------------------------- */

int write_customer_note(struct db *db, struct customer_note *n)
{
	n->id = 0;
	return row_write(db,
	    "INSERT INTO customer_note ({columns}) VALUES ({values})",
	    &map_customer_note, n, &n->id);
}

int read_customer_notes(struct db *db, const char *customer, int64_t limit,
    read_note_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT {columns} FROM customer_note "
	    "WHERE customer = ?1 ORDER BY id DESC LIMIT ?2",
	    &map_customer_note,
	    VALUES(TEXT(customer), NUMBER(limit > 0 ? limit : -1)));
	struct customer_note n;
	int rc;

	if (!s)
		return -1;
	while ((rc = row_next(db, s, &map_customer_note, &n)) == 1) {
		rc = cb(arg, &n);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

/* --- incidents in numbers ------------------------------------------------- */

static int word_at(sqlite3_stmt *s, int n, enum word w)
{
	int v = word_parse(w, (const char *)sqlite3_column_text(s, n));

	return v < 0 ? 0 : v;
}

/* A manual allow goes before all else of its customer; the detector only
 * blocks. One pass over what has not ended. */
int read_standing_sums(
    struct db *db, int64_t now_us, int64_t *in_force, int64_t *blocks)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT count(DISTINCT customer), count(DISTINCT CASE WHEN "
	    "action = 'allow' THEN customer END) FROM (SELECT * FROM decision "
	    "WHERE until_us > ?1 UNION ALL SELECT * FROM decision WHERE "
	    "until_us IS NULL) d WHERE cause IN ('manual', 'detector') AND "
	    "since_us <= ?1 AND NOT EXISTS (SELECT 1 FROM decision e WHERE "
	    "e.ends_seq = d.seq AND e.since_us <= ?1)",
	    NULL, VALUES(NUMBER(now_us)));
	int rc;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	if (rc == 1) {
		*in_force = sqlite3_column_int64(s, 0);
		*blocks = *in_force - sqlite3_column_int64(s, 1);
	}
	stmt_give(db, s);
	return rc == 1 ? 0 : -1;
}

int read_incident_tally(struct db *db, bool live, read_tally_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    live ? "SELECT state, kind, line_class, n FROM incident_tally "
		   "WHERE n > 0 AND state IN ('open', 'acknowledged')"
		 : "SELECT state, kind, line_class, n FROM incident_tally "
		   "WHERE n > 0",
	    NULL, 0);
	int rc;

	if (!s)
		return -1;
	while ((rc = stmt_step(db, s)) == 1) {
		rc = cb(arg,
		    (enum incident_state)word_at(s, 0, WORD_INCIDENT_STATE),
		    (enum incident_kind)word_at(s, 1, WORD_INCIDENT_KIND),
		    (enum line_class)word_at(s, 2, WORD_LINE_CLASS),
		    sqlite3_column_int64(s, 3));
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_incident_buckets(struct db *db, int64_t since_us, int64_t until_us,
    int64_t bucket_us, read_bucket_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT (opened_us - ?1) / ?3, kind, count(*) FROM incident "
	    "INDEXED BY incident_opened WHERE opened_us >= ?1 AND "
	    "opened_us < ?2 GROUP BY 1, 2",
	    NULL,
	    VALUES(NUMBER(since_us), NUMBER(until_us), NUMBER(bucket_us)));
	int rc;

	if (!s)
		return -1;
	while ((rc = stmt_step(db, s)) == 1) {
		rc = cb(arg, sqlite3_column_int64(s, 0),
		    (enum incident_kind)word_at(s, 1, WORD_INCIDENT_KIND),
		    sqlite3_column_int64(s, 2));
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

static int sum_period(struct db *db, const char *sql, int64_t since_us,
    int64_t until_us, int64_t *first, int64_t *second)
{
	sqlite3_stmt *s =
	    stmt_ask(db, sql, NULL, VALUES(NUMBER(since_us), NUMBER(until_us)));
	int rc;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	if (rc == 1) {
		*first = sqlite3_column_int64(s, 0);
		if (second)
			*second = sqlite3_column_int64(s, 1);
	}
	stmt_give(db, s);
	return rc == 1 ? 0 : -1;
}

int read_review_sums(
    struct db *db, int64_t since_us, int64_t until_us, struct review_sums *sums)
{
	*sums = (struct review_sums){0};
	if (sum_period(db,
		"SELECT count(*) FROM incident INDEXED BY incident_opened "
		"WHERE opened_us >= ?1 AND opened_us < ?2",
		since_us, until_us, &sums->opened, NULL) != 0 ||
	    sum_period(db,
		"SELECT count(*), sum(closed_as = 'false_positive') FROM "
		"incident INDEXED BY incident_closed WHERE closed_us >= ?1 "
		"AND closed_us < ?2",
		since_us, until_us, &sums->closed, &sums->false_positives) != 0)
		return -1;
	/* What a decision ended is looked up for those that people released
	 * only. */
	return sum_period(db,
	    "SELECT sum(d.cause = 'detector' AND d.action = 'block'), "
	    "sum(d.cause = 'released' AND d.op_id IS NOT NULL AND EXISTS "
	    "(SELECT 1 FROM decision e WHERE e.seq = d.ends_seq AND "
	    "e.cause = 'detector' AND e.action = 'block')) FROM decision d "
	    "INDEXED BY decision_since WHERE d.since_us >= ?1 AND "
	    "d.since_us < ?2",
	    since_us, until_us, &sums->blocks, &sums->overturned);
}

/* --- deliveries ----------------------------------------------------------- */

int read_delivery_page(struct db *db, const struct delivery_page *p,
    read_delivery_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_ask(db,
	    p->state ? "SELECT {columns} FROM delivery INDEXED BY "
		       "delivery_state WHERE state = ?2 AND id < ?3 AND "
		       "(?1 IS NULL OR driver = ?1) ORDER BY id DESC LIMIT ?4"
		     : "SELECT {columns} FROM delivery WHERE id < ?3 AND "
		       "(?1 IS NULL OR driver = ?1) ORDER BY id DESC LIMIT ?4",
	    &map_delivery, VALUES(TEXT(p->driver)));
	struct delivery d;
	int rc;

	if (!s)
		return -1;
	if (p->state)
		bind_text(s, 2, p->state);
	sqlite3_bind_int64(s, 3, p->before_id > 0 ? p->before_id : INT64_MAX);
	sqlite3_bind_int64(s, 4, p->limit > 0 ? p->limit : -1);
	while ((rc = row_next(db, s, &map_delivery, &d)) == 1) {
		rc = cb(arg, &d);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

static void take_sum(struct delivery_sum *sum, sqlite3_stmt *s)
{
	const char *state = (const char *)sqlite3_column_text(s, 1);
	int64_t n = sqlite3_column_int64(s, 2);

	if (state && strcmp(state, "done") == 0) {
		sum->done = n;
		sum->ever_done = sqlite3_column_int64(s, 5);
		sum->done_us = sqlite3_column_int64(s, 4);
	} else if (state && strcmp(state, "pending") == 0) {
		sum->pending = n;
		sum->oldest_us = sqlite3_column_int64(s, 3);
	} else {
		sum->dead = n;
		sum->ever_dead = sqlite3_column_int64(s, 5);
	}
}

int read_delivery_sums(struct db *db, read_delivery_sum_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT driver, state, n, CASE WHEN state = 'pending' AND n > 0 "
	    "THEN (SELECT min(created_us) FROM delivery d INDEXED BY "
	    "delivery_sum WHERE d.driver = t.driver AND d.state = 'pending') "
	    "END, last_us, total FROM delivery_tally t "
	    "ORDER BY driver, state",
	    NULL, 0);
	struct delivery_sum sum = {.driver = ""};
	int rc, done = 0;

	if (!s)
		return -1;
	while (done == 0 && (rc = stmt_step(db, s)) == 1) {
		const char *driver = (const char *)sqlite3_column_text(s, 0);

		if (driver && strcmp(driver, sum.driver) != 0) {
			if (sum.driver[0])
				done = cb(arg, &sum);
			memset(&sum, 0, sizeof(sum));
			column_copy(s, 0, sum.driver, sizeof(sum.driver));
		}
		take_sum(&sum, s);
	}
	stmt_give(db, s);
	if (done == 0 && rc == 0 && sum.driver[0])
		done = cb(arg, &sum);
	return done != 0 ? done : rc;
}

int read_counter_totals(struct db *db, read_total_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(
	    db, "SELECT name, value FROM counter_total ORDER BY name", NULL, 0);
	int rc;

	if (!s)
		return -1;
	while ((rc = stmt_step(db, s)) == 1) {
		rc = cb(arg, (const char *)sqlite3_column_text(s, 0),
		    sqlite3_column_int64(s, 1));
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int64_t read_data_version(struct db *db)
{
	int64_t v = -1;

	return stmt_number(db, "PRAGMA data_version", 0, &v) == 1 ? v : -1;
}
