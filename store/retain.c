/* SPDX-License-Identifier: Apache-2.0 */
#include "store/retain.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/checkpoint.h"
#include "store/day.h"
#include "store/stmt.h"
#include "store/write.h"

#define STEP_ROWS 2000

struct retain {
	struct db *db;
	struct retain_limits l;
	struct audit who;
	struct checkpoint cp; /* all zero: none */
	int64_t cursor;       /* of the kind that is at work */
	int day;              /* of observations; 0: none yet */
};

static const char *const kind_names[RETAIN_KIND_COUNT] = {
    [RETAIN_OBSERVATIONS] = "observations",
    [RETAIN_DECISIONS] = "decisions",
    [RETAIN_INCIDENTS] = "incidents",
    [RETAIN_ACTIONS] = "operator actions",
    [RETAIN_LEASES] = "leases",
    [RETAIN_ENFORCEMENT] = "differences and requests",
    [RETAIN_SAMPLES] = "samples of drivers",
    [RETAIN_SAID] = "complaints and notes",
    [RETAIN_AUDIT] = "audit rows",
};

const char *retain_kind_name(enum retain_kind k)
{
	return (unsigned int)k < RETAIN_KIND_COUNT ? kind_names[k] : "?";
}

int retain_lock(struct db *db)
{
	char *path;
	int fd;

	if (asprintf(&path, "%s.purge", db->path) == -1)
		return db_fail_as(db, SQLITE_NOMEM, "out of memory");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (fd == -1)
		db_fail_as(db, SQLITE_CANTOPEN,
		    "the lock file %s cannot be opened: %s; give this user "
		    "write permission on it and its directory",
		    path, strerror(errno));
	else if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		db_fail_as(db, SQLITE_BUSY,
		    "another purge runs (it holds %s); let it end", path);
		close(fd);
		fd = -1;
	}
	free(path);
	return fd;
}

/* --- what stays ----------------------------------------------------------- */

/* Begun by somebody or the detector, and ended by no row: in force, or its end
 * is still to come and will name it. */
#define STANDING                                                               \
	"d.cause IN ('manual', 'detector') AND NOT EXISTS "                    \
	"(SELECT 1 FROM decision e WHERE e.ends_seq = d.seq)"

/* ?1: before, ?2: the greatest decision, ?3: the greatest incident of the
 * checkpoint, ?4: incidents before. What a kept row ends is kept: it is a
 * reference; and so is what ends it: without, it would stand again. The newest
 * stay, so that numbers are told from them. */
static const char *const keep_sql[] = {
    "INSERT INTO temp.keep_decision WITH RECURSIVE kept (seq) AS ("
    "SELECT seq FROM decision d WHERE d.since_us >= ?1 OR d.seq > ?2 "
    "OR (" STANDING ") OR EXISTS (SELECT 1 FROM delivery v "
    "WHERE v.decision_seq = d.seq AND v.state = 'pending') "
    "OR d.seq = (SELECT max(seq) FROM decision) "
    "UNION SELECT d.ends_seq FROM kept k JOIN decision d ON d.seq = k.seq "
    "WHERE d.ends_seq IS NOT NULL "
    "UNION SELECT e.seq FROM kept k JOIN decision e ON e.ends_seq = k.seq) "
    "SELECT seq FROM kept",
    "INSERT INTO temp.go_incident SELECT id FROM incident i "
    "WHERE i.state = 'closed' AND i.last_us < ?4 AND i.closed_us < ?4 "
    "AND i.id <= ?3 AND i.id <> (SELECT max(id) FROM incident) "
    "AND NOT EXISTS (SELECT 1 FROM decision d "
    "WHERE d.incident_id = i.id "
    "AND d.seq IN (SELECT seq FROM temp.keep_decision))",
    "INSERT INTO temp.keep_evidence SELECT customer, first_obs, last_obs "
    "FROM incident WHERE state <> 'closed'",
    "INSERT INTO temp.keep_evidence SELECT i.customer, i.first_obs, "
    "i.last_obs FROM decision d JOIN incident i ON i.id = d.incident_id "
    "WHERE " STANDING,
    "INSERT OR IGNORE INTO temp.keep_row SELECT d.obs_no FROM decision d "
    "WHERE d.obs_no IS NOT NULL AND " STANDING,
};

static int fill_keep(struct retain *r)
{
	int64_t decision = r->l.count ? INT64_MAX : r->cp.last_decision;
	int64_t incident = r->l.count ? INT64_MAX : r->cp.last_incident;

	for (size_t i = 0; i < sizeof(keep_sql) / sizeof(keep_sql[0]); i++) {
		sqlite3_stmt *s = stmt_take(r->db, keep_sql[i], NULL, 0);

		if (!s)
			return -1;
		/* One that a statement does not ask for is refused. */
		sqlite3_bind_int64(s, 1, r->l.before_us[RETAIN_DECISIONS]);
		sqlite3_bind_int64(s, 2, decision);
		sqlite3_bind_int64(s, 3, incident);
		sqlite3_bind_int64(s, 4, r->l.before_us[RETAIN_INCIDENTS]);
		if (stmt_run(r->db, s) != 0)
			return -1;
	}
	return 0;
}

/* One view of the file; temporary tables are this connection's. */
static int find_keep(struct retain *r)
{
	bool own;
	int rc = stmt_exec(r->db,
	    "PRAGMA secure_delete = ON;"
	    "DROP TABLE IF EXISTS temp.keep_decision;"
	    "DROP TABLE IF EXISTS temp.go_incident;"
	    "DROP TABLE IF EXISTS temp.keep_evidence;"
	    "DROP TABLE IF EXISTS temp.keep_row;"
	    "DROP TABLE IF EXISTS temp.batch;"
	    "CREATE TEMP TABLE keep_decision (seq INTEGER PRIMARY KEY);"
	    "CREATE TEMP TABLE go_incident (id INTEGER PRIMARY KEY);"
	    "CREATE TEMP TABLE keep_evidence (customer TEXT, first_obs INTEGER,"
	    " last_obs INTEGER);"
	    "CREATE INDEX temp.keep_evidence_who ON keep_evidence (customer);"
	    "CREATE TEMP TABLE keep_row (obs_no INTEGER PRIMARY KEY);"
	    "CREATE TEMP TABLE batch (id INTEGER PRIMARY KEY)");

	if (rc == 0)
		rc = read_checkpoint(r->db, &r->cp) < 0 ? -1 : 0;
	if (rc != 0 || db_enter_read(r->db, &own) != 0)
		return -1;
	return db_leave_read(r->db, own, fill_keep(r));
}

struct retain *retain_new(
    struct db *db, const struct retain_limits *l, const struct audit *who)
{
	struct retain *r = calloc(1, sizeof(*r));

	if (!r) {
		db_fail_as(db, SQLITE_NOMEM, "out of memory");
		return NULL;
	}
	r->db = db;
	r->l = *l;
	r->who = *who;
	if (r->l.rows <= 0)
		r->l.rows = STEP_ROWS;
	if (find_keep(r) != 0) {
		retain_free(r);
		return NULL;
	}
	return r;
}

void retain_free(struct retain *r)
{
	free(r);
}

/* All rows of days that end before any of the log's cut-offs: decisions and
 * incidents of these days are then in the checkpoint, too. */
int retain_boundary(
    struct db *db, const struct retain_limits *l, int64_t *applied_no)
{
	static const enum retain_kind kinds[] = {RETAIN_OBSERVATIONS,
	    RETAIN_DECISIONS, RETAIN_INCIDENTS, RETAIN_ACTIONS};
	struct day_range *days = NULL;
	int64_t before_us = 0, last;
	int n = 0, rc = 0;

	*applied_no = 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (l->before_us[kinds[i]] > before_us)
			before_us = l->before_us[kinds[i]];
	if (before_us == 0)
		return 0;
	if (day_list(db, 0, day_of(before_us) - 1, &days, &n) != 0)
		rc = -1;
	for (int i = 0; i < n && rc == 0; i++) {
		rc = stmt_number(db,
		    "SELECT max(applied_no) FROM observation_{day} "
		    "WHERE applied_no IS NOT NULL",
		    days[i].day, &last);
		if (rc == 1 && last > *applied_no)
			*applied_no = last;
		rc = rc < 0 ? -1 : 0;
	}
	free(days);
	return rc;
}

/* --- what goes ------------------------------------------------------------ */

/* ?1 .. ?2: numbers of rows, ?3: the last applied row of the checkpoint. */
#define OBSERVATION_GOES                                                       \
	"FROM observation_{day} AS o WHERE o.obs_no > ?1 AND o.obs_no <= ?2 "  \
	"AND o.applied_no <= ?3 AND NOT EXISTS (SELECT 1 FROM "                \
	"temp.keep_evidence k WHERE k.customer = o.customer "                  \
	"AND o.obs_no BETWEEN k.first_obs AND k.last_obs) "                    \
	"AND o.obs_no NOT IN (SELECT obs_no FROM temp.keep_row)"

/* Of the others: ids of what goes, ?1 being the cut-off, the greatest first
 * below ?2, at most ?3. */
static const char *const goes[RETAIN_KIND_COUNT] = {
    [RETAIN_DECISIONS] =
	"SELECT seq AS id FROM decision WHERE since_us < ?1 AND seq < ?2 "
	"AND seq NOT IN (SELECT seq FROM temp.keep_decision) "
	"ORDER BY seq DESC LIMIT ?3",
    [RETAIN_INCIDENTS] =
	"SELECT id FROM temp.go_incident WHERE ?1 > 0 AND id < ?2 "
	"ORDER BY id DESC LIMIT ?3",
    [RETAIN_ACTIONS] =
	"SELECT id FROM operator_action a WHERE ts_us < ?1 AND id < ?2 "
	"AND applied_obs IS NOT NULL AND NOT EXISTS (SELECT 1 FROM decision d "
	"WHERE d.op_id = a.id "
	"AND d.seq IN (SELECT seq FROM temp.keep_decision)) "
	"AND (a.incident_id IS NULL OR a.incident_id IN "
	"(SELECT id FROM temp.go_incident) OR NOT EXISTS "
	"(SELECT 1 FROM incident i WHERE i.id = a.incident_id)) "
	"ORDER BY id DESC LIMIT ?3",
    [RETAIN_LEASES] = "SELECT until_us AS id FROM lease WHERE until_us < ?1 "
		      "AND until_us < ?2 ORDER BY until_us DESC LIMIT ?3",
    [RETAIN_ENFORCEMENT] =
	"SELECT id FROM (SELECT id FROM difference WHERE ended_us < ?1 "
	"UNION SELECT -id FROM hook_request WHERE ts_us < ?1 "
	"AND done_us IS NOT NULL AND id <> coalesce((SELECT max(id) FROM "
	"hook_request WHERE verb IN ('panic', 'panic-off')), 0)) "
	"WHERE id < ?2 ORDER BY id DESC LIMIT ?3",
    [RETAIN_SAMPLES] = "SELECT id FROM enforcer_sample WHERE last_us < ?1 "
		       "AND id < ?2 ORDER BY id DESC LIMIT ?3",
    [RETAIN_SAID] = "SELECT id FROM (SELECT id FROM complaint "
		    "WHERE ifnull(at_us, received_us) < ?1 "
		    "UNION SELECT -id FROM customer_note WHERE ts_us < ?1) "
		    "WHERE id < ?2 ORDER BY id DESC LIMIT ?3",
    [RETAIN_AUDIT] =
	"SELECT audit_no AS id FROM audit WHERE at_us < ?1 AND audit_no < ?2 "
	"ORDER BY audit_no DESC LIMIT ?3",
};

/* Statements over temp.batch; the last one counts. */
static const char *const deletes[RETAIN_KIND_COUNT] = {
    [RETAIN_DECISIONS] =
	"INSERT INTO meta (key, value) VALUES ('purging', '1');"
	"DELETE FROM delivery WHERE decision_seq IN (SELECT id FROM batch);"
	"DELETE FROM decision_target "
	"WHERE decision_seq IN (SELECT id FROM batch);"
	"DELETE FROM decision WHERE seq IN (SELECT id FROM batch);"
	"DELETE FROM meta WHERE key = 'purging'",
    [RETAIN_INCIDENTS] =
	"DELETE FROM incident WHERE id IN (SELECT id FROM batch)",
    [RETAIN_ACTIONS] =
	"DELETE FROM operator_action WHERE id IN (SELECT id FROM batch)",
    [RETAIN_LEASES] =
	"DELETE FROM lease WHERE until_us IN (SELECT id FROM batch)",
    [RETAIN_ENFORCEMENT] =
	"DELETE FROM difference WHERE id IN (SELECT id FROM batch);"
	"DELETE FROM hook_request WHERE id IN (SELECT -id FROM batch)",
    [RETAIN_SAMPLES] =
	"DELETE FROM enforcer_sample WHERE id IN (SELECT id FROM batch)",
    [RETAIN_SAID] =
	"DELETE FROM complaint WHERE id IN (SELECT id FROM batch);"
	"DELETE FROM customer_note WHERE id IN (SELECT -id FROM batch)",
    [RETAIN_AUDIT] =
	"DELETE FROM audit WHERE audit_no IN (SELECT id FROM batch)",
};

static int add_count(struct retain *r, const char *what, int64_t rows)
{
	return stmt_do(r->db,
	    "INSERT INTO purge_count (what, rows) VALUES (?1, ?2) "
	    "ON CONFLICT (what) DO UPDATE SET rows = rows + excluded.rows",
	    VALUES(TEXT(what), NUMBER(rows)));
}

/* The proof: how many went since this was begun, also by purges that were
 * killed. None: no row. */
static int tell(
    struct retain *r, const char *what, const char *more, int64_t now_us)
{
	sqlite3_stmt *s = stmt_ask(r->db,
	    "DELETE FROM purge_count WHERE what = ?1 RETURNING rows", NULL,
	    VALUES(TEXT(what)));
	struct audit a = r->who;
	int64_t rows = 0;
	int rc;

	if (!s)
		return -1;
	while ((rc = stmt_step(r->db, s)) == 1)
		rows += sqlite3_column_int64(s, 0);
	stmt_give(r->db, s);
	if (rc != 0 || rows == 0)
		return rc;
	a.audit_no = 0;
	a.at_us = now_us;
	snprintf(a.object, sizeof(a.object), "%s", what);
	snprintf(a.detail, sizeof(a.detail), "%" PRId64 " rows removed%s", rows,
	    more);
	snprintf(a.outcome, sizeof(a.outcome), "done");
	return write_audit(r->db, &a);
}

/* --- observations --------------------------------------------------------- */

/* The next day that is old enough. 1, 0 there is none, -1. */
static int next_day(struct retain *r)
{
	struct day_range *days = NULL;
	int n = 0, rc, last = day_of(r->l.before_us[RETAIN_OBSERVATIONS]) - 1;

	rc = day_list(r->db, r->day + 1, last, &days, &n);
	if (rc == 0 && n > 0) {
		r->day = days[0].day;
		r->cursor = 0;
	}
	free(days);
	return rc != 0 ? -1 : n > 0;
}

static int window_end(struct retain *r, int64_t *end)
{
	sqlite3_stmt *s = stmt_take(r->db,
	    "SELECT max(obs_no) FROM (SELECT obs_no FROM observation_{day} "
	    "WHERE obs_no > ?1 ORDER BY obs_no LIMIT ?2)",
	    NULL, r->day);
	int rc;

	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, r->cursor);
	sqlite3_bind_int64(s, 2, r->l.rows);
	rc = stmt_step(r->db, s);
	if (rc == 1 && sqlite3_column_type(s, 0) == SQLITE_NULL)
		rc = 0;
	*end = rc == 1 ? sqlite3_column_int64(s, 0) : 0;
	stmt_give(r->db, s);
	return rc;
}

static int64_t last_in_checkpoint(const struct retain *r)
{
	return r->l.count ? INT64_MAX : r->cp.applied_no;
}

static int delete_window(struct retain *r, int64_t end, int64_t *rows)
{
	sqlite3_stmt *s =
	    stmt_take(r->db, "DELETE " OBSERVATION_GOES, NULL, r->day);
	char what[32];

	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, r->cursor);
	sqlite3_bind_int64(s, 2, end);
	sqlite3_bind_int64(s, 3, last_in_checkpoint(r));
	if (stmt_run(r->db, s) != 0)
		return -1;
	*rows = sqlite3_changes64(r->db->sql);
	r->cursor = end;
	if (*rows == 0)
		return 0;
	s = stmt_take(r->db,
	    "UPDATE observation_day SET rows = rows - ?2 WHERE day = ?1", NULL,
	    0);
	if (!s)
		return -1;
	sqlite3_bind_int(s, 1, r->day);
	sqlite3_bind_int64(s, 2, *rows);
	if (stmt_run(r->db, s) != 0)
		return -1;
	snprintf(what, sizeof(what), "observations %08d", r->day);
	return add_count(r, what, *rows);
}

/* Nothing is left behind the cursor: the table goes, unless rows stay. */
static int end_day(struct retain *r, int64_t now_us)
{
	char what[32], sql[128], more[64] = "; the day's table is gone";
	int64_t left = 0;
	int rc = stmt_number(
	    r->db, "SELECT count(*) FROM observation_{day}", r->day, &left);

	if (rc < 0)
		return -1;
	snprintf(what, sizeof(what), "observations %08d", r->day);
	if (left > 0) {
		snprintf(more, sizeof(more), "; %" PRId64 " stay", left);
		return tell(r, what, more, now_us);
	}
	stmt_free_all(r->db);
	snprintf(sql, sizeof(sql),
	    "DROP TABLE observation_%08d;"
	    "DELETE FROM observation_day WHERE day = %d",
	    r->day, r->day);
	if (stmt_exec(r->db, sql) != 0)
		return -1;
	return tell(r, what, more, now_us);
}

/* 1: more, 0: no day is left, -1. */
static int step_observations(struct retain *r, int64_t now_us, int64_t *rows)
{
	int64_t end = 0;
	int rc = r->day == 0 ? next_day(r) : 1;

	if (rc == 1)
		rc = window_end(r, &end);
	else
		return rc;
	if (rc == 1)
		return delete_window(r, end, rows) == 0 ? 1 : -1;
	if (rc == 0)
		rc = end_day(r, now_us);
	return rc == 0 ? next_day(r) : -1;
}

/* --- the others ----------------------------------------------------------- */

static int64_t cursor_of(const struct retain *r)
{
	return r->cursor != 0 ? r->cursor : INT64_MAX;
}

/* temp.batch; *n: how many. */
static int fill_batch(struct retain *r, enum retain_kind k, int64_t *n)
{
	char sql[1024];
	sqlite3_stmt *s;
	int rc;

	if (stmt_exec(r->db, "DELETE FROM temp.batch") != 0)
		return -1;
	snprintf(sql, sizeof(sql),
	    "INSERT OR IGNORE INTO temp.batch SELECT id FROM (%s)", goes[k]);
	if (sqlite3_prepare_v2(r->db->sql, sql, -1, &s, NULL) != SQLITE_OK)
		return db_fail(r->db);
	sqlite3_bind_int64(s, 1, r->l.before_us[k]);
	sqlite3_bind_int64(s, 2, cursor_of(r));
	sqlite3_bind_int64(s, 3, r->l.rows);
	rc = stmt_run(r->db, s);
	*n = sqlite3_changes64(r->db->sql);
	return rc;
}

static int step_batch(
    struct retain *r, enum retain_kind k, int64_t now_us, int64_t *rows)
{
	int64_t n = 0, before, lowest = 0;

	if (fill_batch(r, k, &n) != 0)
		return -1;
	if (n == 0)
		return tell(r, kind_names[k], "", now_us);
	before = sqlite3_total_changes64(r->db->sql);
	if (stmt_number(r->db, "SELECT min(id) FROM temp.batch", 0, &lowest) !=
		1 ||
	    stmt_exec(r->db, deletes[k]) != 0)
		return -1;
	*rows = sqlite3_total_changes64(r->db->sql) - before;
	/* Neither their targets nor what triggers count. */
	if (k == RETAIN_DECISIONS || k == RETAIN_INCIDENTS)
		*rows = n;
	if (add_count(r, kind_names[k], *rows) != 0)
		return -1;
	r->cursor = lowest;
	return 1;
}

int retain_step(
    struct retain *r, enum retain_kind k, int64_t now_us, int64_t *rows)
{
	int64_t cursor = r->cursor;
	int rc = 0, day = r->day;

	*rows = 0;
	if (r->l.before_us[k] == 0)
		return 0;
	if (db_begin(r->db) != 0)
		return -1;
	if (k == RETAIN_OBSERVATIONS)
		rc = step_observations(r, now_us, rows);
	else
		rc = step_batch(r, k, now_us, rows);
	if (rc < 0 || db_commit(r->db) != 0) {
		db_rollback(r->db);
		r->cursor = cursor;
		r->day = day;
		*rows = 0;
		return -1;
	}
	if (rc == 0)
		r->cursor = 0;
	return rc;
}

static int count_days(struct retain *r, int64_t *rows)
{
	int last = day_of(r->l.before_us[RETAIN_OBSERVATIONS]) - 1;
	struct day_range *days = NULL;
	int n = 0, rc = day_list(r->db, 0, last, &days, &n);

	for (int i = 0; i < n && rc == 0; i++) {
		sqlite3_stmt *s = stmt_take(r->db,
		    "SELECT count(*) " OBSERVATION_GOES, NULL, days[i].day);

		if (!s) {
			rc = -1;
			break;
		}
		sqlite3_bind_int64(s, 1, 0);
		sqlite3_bind_int64(s, 2, INT64_MAX);
		sqlite3_bind_int64(s, 3, last_in_checkpoint(r));
		rc = stmt_step(r->db, s) == 1 ? 0 : -1;
		if (rc == 0)
			*rows += sqlite3_column_int64(s, 0);
		stmt_give(r->db, s);
	}
	free(days);
	return rc;
}

int retain_count(struct retain *r, enum retain_kind k, int64_t *rows)
{
	char sql[1024];
	sqlite3_stmt *s;
	int rc;

	*rows = 0;
	if (r->l.before_us[k] == 0)
		return 0;
	if (k == RETAIN_OBSERVATIONS)
		return count_days(r, rows);
	snprintf(sql, sizeof(sql), "SELECT count(*) FROM (%s)", goes[k]);
	if (sqlite3_prepare_v2(r->db->sql, sql, -1, &s, NULL) != SQLITE_OK)
		return db_fail(r->db);
	sqlite3_bind_int64(s, 1, r->l.before_us[k]);
	sqlite3_bind_int64(s, 2, INT64_MAX);
	sqlite3_bind_int64(s, 3, -1);
	rc = stmt_step(r->db, s);
	if (rc == 1)
		*rows = sqlite3_column_int64(s, 0);
	stmt_give(r->db, s);
	return rc == 1 ? 0 : -1;
}

int retain_flush(struct db *db)
{
	sqlite3_stmt *s =
	    stmt_take(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, 0);
	int rc, busy = 0;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	if (rc == 1)
		busy = sqlite3_column_int(s, 0);
	stmt_give(db, s);
	return rc < 0 ? -1 : busy;
}
