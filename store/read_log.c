/* SPDX-License-Identifier: Apache-2.0 */
#include "store/read.h"

#include <stdlib.h>

#include "store/day.h"
#include "store/distinct.h"
#include "store/stmt.h"
#include "store/walk.h"

#define DAY_FIRST 0
#define DAY_LAST  99991231

int read_applied(
    struct db *db, int64_t after, read_observation_cb cb, void *arg)
{
	const struct walk w = {
	    .sql = "SELECT {columns} FROM observation_{day} "
		   "WHERE applied_no > ?2 AND ?3 = 0 ORDER BY applied_no",
	    .from = after,
	    .order = WALK_APPLIED,
	    .first_day = DAY_FIRST,
	    .last_day = DAY_LAST,
	};

	return walk_days(db, &w, cb, arg);
}

int read_unapplied(struct db *db, read_observation_cb cb, void *arg)
{
	const struct walk w = {
	    .sql = "SELECT {columns} FROM observation_{day} INDEXED BY "
		   "observation_{day}_unapplied WHERE applied_no IS NULL "
		   "AND ?2 = 0 AND ?3 = 0 ORDER BY obs_no",
	    .first_day = DAY_FIRST,
	    .last_day = DAY_LAST,
	};

	return walk_days(db, &w, cb, arg);
}

int read_observations(struct db *db, const char *customer, int64_t first_obs,
    int64_t last_obs, read_observation_cb cb, void *arg)
{
	const struct walk w = {
	    .sql = WALK_CUSTOMER "AND obs_no BETWEEN ?2 AND ?3 "
				 "ORDER BY obs_no",
	    .customer = customer,
	    .from = first_obs,
	    .to = last_obs,
	    .first_obs = first_obs,
	    .last_obs = last_obs,
	    .first_day = DAY_FIRST,
	    .last_day = DAY_LAST,
	};

	return walk_days(db, &w, cb, arg);
}

static int keep_row(void *arg, const struct observation *o)
{
	*(struct observation *)arg = *o;
	return 1;
}

int read_observation(struct db *db, int64_t obs_no, struct observation *o)
{
	const struct walk w = {
	    .sql = "SELECT {columns} FROM observation_{day} "
		   "WHERE obs_no = ?2 AND ?3 = 0",
	    .from = obs_no,
	    .first_day = DAY_FIRST,
	    .last_day = DAY_LAST,
	};

	return walk_days(db, &w, keep_row, o);
}

int read_observations_range(struct db *db, const struct read_range *r,
    read_observation_cb cb, void *arg)
{
	struct walk w = {
	    .sql = "SELECT {columns} FROM observation_{day} "
		   "WHERE ts_us >= ?2 AND ts_us < ?3 AND obs_no >= ?4{where} "
		   "ORDER BY obs_no",
	    .customer = r->customer,
	    .first_obs = r->after_id + 1,
	    .last_obs = INT64_MAX,
	    .from = r->since_us != 0 ? r->since_us : INT64_MIN,
	    .to = r->until_us != 0 ? r->until_us : INT64_MAX,
	    .limit = r->limit,
	    .where = r->where,
	};

	if (w.customer)
		w.sql = WALK_CUSTOMER "AND ts_us >= ?2 AND ts_us < ?3{where} "
				      "ORDER BY obs_no";
	w.first_day = day_of(w.from);
	w.last_day = day_of(w.to);
	return walk_days(db, &w, cb, arg);
}

int read_log_begin(struct db *db, int64_t *ts_us)
{
	struct day_range *days = NULL;
	int n, rc = day_list(db, DAY_FIRST, DAY_LAST, &days, &n);

	/* A day has a table before it has rows. */
	for (int i = 0; rc == 0 && i < n; i++)
		rc = stmt_number(db,
		    "SELECT ts_us FROM observation_{day} "
		    "ORDER BY obs_no LIMIT 1",
		    days[i].day, ts_us);
	free(days);
	return rc;
}

/* Of nearly all rows: in the order of the table, for the customers' index would
 * find each row anew. */
static int customers_of(struct db *db, int day, int64_t since_us,
    int64_t until_us, struct distinct *seen)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT customer FROM observation_{day} NOT INDEXED "
	    "WHERE customer IS NOT NULL AND traffic_case = 2 "
	    "AND server_port = 25 AND ts_us >= ?1 AND ts_us < ?2 AND kind IN "
	    "('attempt', 'transaction', 'close', 'summary')",
	    NULL, day);
	int rc;

	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, since_us);
	sqlite3_bind_int64(s, 2, until_us);
	while ((rc = stmt_step(db, s)) == 1)
		if (distinct_add(
			seen, (const char *)sqlite3_column_text(s, 0)) != 0) {
			rc = db_fail_as(db, SQLITE_NOMEM, "out of memory");
			break;
		}
	stmt_give(db, s);
	return rc;
}

int read_customer_days(
    struct db *db, int64_t since_us, int64_t until_us, int64_t *n)
{
	int64_t from = since_us != 0 ? since_us : INT64_MIN;
	int64_t to = until_us != 0 ? until_us : INT64_MAX;
	struct distinct seen = {0};
	struct day_range *days;
	bool own;
	int n_days, rc;

	*n = 0;
	if (db_enter_read(db, &own) != 0)
		return -1;
	rc = day_list(db, day_of(from), day_of(to), &days, &n_days);
	for (int i = 0; rc == 0 && i < n_days; i++) {
		distinct_empty(&seen);
		rc = customers_of(db, days[i].day, from, to, &seen);
		*n += (int64_t)seen.n;
	}
	distinct_free(&seen);
	free(days);
	return db_leave_read(db, own, rc);
}

/* --- numbers ------------------------------------------------------------ */

static int last_applied(struct db *db, int64_t *applied_no)
{
	struct day_range *days;
	int n, rc = day_list(db, DAY_FIRST, DAY_LAST, &days, &n);

	*applied_no = 0;
	for (int i = 0; rc == 0 && i < n; i++) {
		int64_t v = 0;

		if (stmt_number(db,
			"SELECT max(applied_no) FROM observation_{day} "
			"WHERE applied_no IS NOT NULL",
			days[i].day, &v) < 0)
			rc = -1;
		else if (v > *applied_no)
			*applied_no = v;
	}
	free(days);
	return rc;
}

static int greatest(struct db *db, const char *sql, int64_t *v)
{
	*v = 0;
	return stmt_number(db, sql, 0, v) < 0 ? -1 : 0;
}

int read_last_numbers(struct db *db, int64_t *obs_no, int64_t *applied_no,
    int64_t *incident_id, int64_t *decision_seq)
{
	bool own;
	int rc;

	if (db_enter_read(db, &own) != 0)
		return -1;
	rc = last_applied(db, applied_no);
	if (rc == 0)
		rc = greatest(db,
		    "SELECT value FROM sequence WHERE name = 'observation'",
		    obs_no);
	if (rc == 0)
		rc = greatest(db, "SELECT max(id) FROM incident", incident_id);
	if (rc == 0)
		rc =
		    greatest(db, "SELECT max(seq) FROM decision", decision_seq);
	return db_leave_read(db, own, rc);
}
