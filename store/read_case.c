/* SPDX-License-Identifier: Apache-2.0 */
#include "store/read.h"

#include <string.h>

#include "store/stmt.h"

static void bind_range(sqlite3_stmt *s, const struct read_range *r)
{
	sqlite3_bind_int64(s, 1, r->since_us != 0 ? r->since_us : INT64_MIN);
	sqlite3_bind_int64(s, 2, r->until_us != 0 ? r->until_us : INT64_MAX);
	bind_text(s, 3, r->customer);
	sqlite3_bind_int64(s, 4, r->limit > 0 ? r->limit : -1);
}

/* --- incidents ------------------------------------------------------------ */

int read_incidents(
    struct db *db, const struct read_range *r, read_incident_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM incident WHERE last_us >= ?1 "
	    "AND opened_us < ?2 AND (?3 IS NULL OR customer = ?3) "
	    "AND (?5 IS NULL OR state = ?5) AND (?6 IS NULL OR kind = ?6) "
	    "ORDER BY id LIMIT ?4",
	    &map_incident, 0);
	struct incident i;
	int rc;

	if (!s)
		return -1;
	bind_range(s, r);
	if (r->state >= 0)
		bind_text(s, 5, word_name(WORD_INCIDENT_STATE, r->state));
	if (r->kind >= 0)
		bind_text(s, 6, word_name(WORD_INCIDENT_KIND, r->kind));
	while ((rc = row_next(db, s, &map_incident, &i)) == 1) {
		rc = cb(arg, &i);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_incident(struct db *db, int64_t id, struct incident *i)
{
	sqlite3_stmt *s =
	    stmt_ask(db, "SELECT {columns} FROM incident WHERE id = ?1",
		&map_incident, VALUES(NUMBER(id)));

	if (!s)
		return -1;
	return row_only(db, s, &map_incident, i);
}

/* --- the mass-event brake ------------------------------------------------- */

int read_brake(struct db *db, int64_t id, struct brake_row *b)
{
	sqlite3_stmt *s =
	    stmt_ask(db, "SELECT {columns} FROM brake WHERE id = ?1",
		&map_brake, VALUES(NUMBER(id)));

	if (!s)
		return -1;
	return row_only(db, s, &map_brake, b);
}

int read_brake_on(struct db *db, struct brake_row *b)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM brake WHERE ended_us IS NULL "
	    "ORDER BY id DESC LIMIT 1",
	    &map_brake, 0);

	return s ? row_only(db, s, &map_brake, b) : -1;
}

int read_brakes(struct db *db, int64_t since_us, int64_t until_us,
    int64_t limit, read_brake_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT {columns} FROM brake WHERE began_us < ?2 "
	    "AND (ended_us IS NULL OR ended_us >= ?1) "
	    "ORDER BY id DESC LIMIT ?3",
	    &map_brake,
	    VALUES(NUMBER(since_us != 0 ? since_us : INT64_MIN),
		NUMBER(until_us != 0 ? until_us : INT64_MAX),
		NUMBER(limit > 0 ? limit : -1)));
	struct brake_row b;
	int rc;

	if (!s)
		return -1;
	while ((rc = row_next(db, s, &map_brake, &b)) == 1) {
		rc = cb(arg, &b);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

/* --- decisions ------------------------------------------------------------ */

static int get_targets(struct db *db, struct decision *d)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT prefix, length, first_port, last_port FROM decision_target "
	    "WHERE decision_seq = ?1 ORDER BY n",
	    NULL, VALUES(NUMBER(d->seq)));
	int rc;

	if (!s)
		return -1;
	while ((rc = stmt_step(db, s)) == 1 && d->n_targets < ROW_TARGETS_MAX) {
		struct target *t = &d->targets[d->n_targets++];
		const void *b = sqlite3_column_blob(s, 0);

		if (!b ||
		    sqlite3_column_bytes(s, 0) != sizeof(t->prefix.addr)) {
			rc = db_fail_as(db, SQLITE_CORRUPT,
			    "a target of decision %lld is no address",
			    (long long)d->seq);
			break;
		}
		memcpy(&t->prefix.addr, b, sizeof(t->prefix.addr));
		t->prefix.len = (uint8_t)sqlite3_column_int(s, 1);
		t->first_port = (uint16_t)sqlite3_column_int(s, 2);
		t->last_port = (uint16_t)sqlite3_column_int(s, 3);
	}
	stmt_give(db, s);
	return rc < 0 ? -1 : 0;
}

static int get_decision(struct db *db, sqlite3_stmt *s, struct decision *d)
{
	if (row_get(db, s, &map_decision, d) != 0)
		return -1;
	return get_targets(db, d);
}

static int each_decision(
    struct db *db, sqlite3_stmt *s, read_decision_cb cb, void *arg)
{
	struct decision d;
	int rc;

	while ((rc = stmt_step(db, s)) == 1) {
		rc = get_decision(db, s, &d);
		if (rc == 0)
			rc = cb(arg, &d);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

static int one_decision(struct db *db, sqlite3_stmt *s, struct decision *d)
{
	int rc = stmt_step(db, s);

	if (rc == 1 && get_decision(db, s, d) != 0)
		rc = -1;
	stmt_give(db, s);
	return rc;
}

/* The rule of the view decision_in_force, at a moment that is given: d
 * stands, and nothing that stands for its customer goes before it. */
#define PLACE(row)                                                             \
	"(CASE WHEN " row ".cause = 'manual' AND " row                         \
	".action = 'allow' THEN 0 WHEN " row                                   \
	".cause = 'manual' THEN 1 ELSE 2 END)"
#define STANDS(row)                                                            \
	row ".cause IN ('manual', 'detector') AND " row                        \
	    ".since_us <= ?5 AND (" row ".until_us IS NULL OR " row            \
	    ".until_us > ?5) AND NOT EXISTS (SELECT 1 FROM decision e "        \
	    "WHERE e.ends_seq = " row ".seq AND e.since_us <= ?5)"
#define IN_RANGE "since_us >= ?1 AND since_us < ?2 AND seq > ?6"
/* What stands, and nothing that stands for its customer goes before it. */
#define COUNTS                                                                 \
	STANDS("d")                                                            \
	" AND NOT EXISTS (SELECT 1 FROM decision o WHERE o.customer = "        \
	"d.customer AND " STANDS("o") " AND (" PLACE(                          \
	    "o") ", -o.seq) < "                                                \
		 "(" PLACE("d") ", -d.seq))"
/* From the index: few decisions of all times have not ended. */
#define MAY_STAND                                                              \
	"d.seq IN (SELECT seq FROM decision WHERE until_us IS NULL UNION "     \
	"ALL SELECT seq FROM decision WHERE until_us > ?5)"
#define FROM_DECISION "SELECT {columns} FROM decision d "
#define OF_CUSTOMER   "INDEXED BY decision_customer WHERE customer = ?3 AND "
#define IN_ORDER      "{where} ORDER BY seq LIMIT ?4"

static const char *decisions_text(const struct read_range *r)
{
	bool bounded = r->since_us != 0 || r->until_us != 0;

	if (r->customer)
		return r->state == 1
			   ? FROM_DECISION OF_CUSTOMER IN_RANGE
			   " AND " COUNTS IN_ORDER
			   : FROM_DECISION OF_CUSTOMER IN_RANGE IN_ORDER;
	if (r->state == 1)
		return bounded ? FROM_DECISION "WHERE " IN_RANGE
					       " AND " COUNTS IN_ORDER
			       : FROM_DECISION
			   "WHERE " MAY_STAND
			   " AND seq > ?6 AND " COUNTS IN_ORDER;
	return bounded ? FROM_DECISION
		   "INDEXED BY decision_since WHERE " IN_RANGE IN_ORDER
		       : FROM_DECISION "WHERE seq > ?6" IN_ORDER;
}

int read_decisions(
    struct db *db, const struct read_range *r, read_decision_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take_where(
	    db, decisions_text(r), &map_decision, 0, r->where, NULL);

	if (!s)
		return -1;
	bind_range(s, r);
	if (r->state == 1)
		sqlite3_bind_int64(s, 5, r->now_us);
	sqlite3_bind_int64(s, 6, r->after_id);
	return each_decision(db, s, cb, arg);
}

#define LIKE_PAGE                                                              \
	"(?6 IS NULL OR action = ?6) AND (?7 IS NULL OR cause = ?7) AND "      \
	"(?8 IS NULL OR customer = ?8) AND since_us >= ?9 AND since_us < ?10"

static void bind_page(sqlite3_stmt *s, const struct standing_page *p)
{
	sqlite3_bind_int64(s, 5, p->now_us);
	if (p->action >= 0)
		bind_text(s, 6, action_name((enum action)p->action));
	if (p->cause >= 0)
		bind_text(s, 7, cause_name((enum cause)p->cause));
	bind_text(s, 8, p->customer);
	sqlite3_bind_int64(s, 9, p->since_us);
	sqlite3_bind_int64(s, 10, p->until_us != 0 ? p->until_us : INT64_MAX);
}

int read_standing_page(struct db *db, const struct standing_page *p,
    read_decision_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_ask(db,
	    FROM_DECISION "WHERE " MAY_STAND " AND d.seq < ?1 AND " LIKE_PAGE
			  " AND " COUNTS " ORDER BY seq DESC LIMIT ?2",
	    &map_decision,
	    VALUES(NUMBER(p->before_seq != 0 ? p->before_seq : INT64_MAX),
		NUMBER(p->limit)));

	if (!s)
		return -1;
	bind_page(s, p);
	return each_decision(db, s, cb, arg);
}

/* One pass, where COUNTS would look at the customer of each row. */
int read_standing_count(
    struct db *db, const struct standing_page *p, int64_t *n)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT count(*) FROM (SELECT action, cause, customer, since_us, "
	    "row_number() OVER "
	    "(PARTITION BY customer ORDER BY " PLACE(
		"d") ", seq DESC) AS place FROM decision d WHERE " MAY_STAND
		     " AND " STANDS("d") ") WHERE place = 1 AND " LIKE_PAGE,
	    NULL, 0);
	int rc;

	if (!s)
		return -1;
	bind_page(s, p);
	rc = stmt_step(db, s);
	if (rc == 1)
		*n = sqlite3_column_int64(s, 0);
	stmt_give(db, s);
	return rc == 1 ? 0 : -1;
}

/* Of those that stand for a customer, one counts. */
static const char *count_text(const struct read_range *r)
{
#define COUNT_OF(from)                                                         \
	"SELECT count(*) FROM (SELECT 1 " from "{where} LIMIT ?4)"
#define FEW_OF(from) "SELECT count(DISTINCT customer) " from STANDS("d")
	bool bounded = r->since_us != 0 || r->until_us != 0;

	if (r->state != 1)
		return r->customer
			   ? COUNT_OF("FROM decision " OF_CUSTOMER IN_RANGE)
		       : bounded ? COUNT_OF("FROM decision INDEXED BY "
					    "decision_since WHERE " IN_RANGE)
				 : COUNT_OF("FROM decision WHERE seq > ?6");
	if (r->customer || bounded || r->where)
		return NULL;
	return FEW_OF("FROM decision d WHERE " MAY_STAND " AND ");
#undef COUNT_OF
#undef FEW_OF
}

int read_decision_count(
    struct db *db, const struct read_range *r, int64_t most, int64_t *n)
{
	const char *text = count_text(r);
	sqlite3_stmt *s =
	    text ? stmt_take_where(db, text, NULL, 0, r->where, &map_decision)
		 : NULL;
	int rc;

	*n = -1;
	if (!text)
		return 0;
	if (!s)
		return -1;
	bind_range(s, r);
	if (r->state == 1)
		sqlite3_bind_int64(s, 5, r->now_us);
	else
		sqlite3_bind_int64(s, 4, most > 0 ? most : -1);
	sqlite3_bind_int64(s, 6, 0);
	rc = stmt_step(db, s);
	if (rc == 1)
		*n = sqlite3_column_int64(s, 0);
	stmt_give(db, s);
	return rc == 1 ? 0 : -1;
}

int read_in_force(
    struct db *db, const char *customer, int64_t now_us, struct decision *d)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT {columns} FROM decision d WHERE customer = ?1 "
	    "AND " STANDS("d") " ORDER BY " PLACE("d") ", seq DESC LIMIT 1",
	    &map_decision, 0);

	if (!s)
		return -1;
	bind_text(s, 1, customer);
	sqlite3_bind_int64(s, 5, now_us);
	return one_decision(db, s, d);
}

int read_decision(struct db *db, int64_t seq, struct decision *d)
{
	sqlite3_stmt *s =
	    stmt_ask(db, "SELECT {columns} FROM decision WHERE seq = ?1",
		&map_decision, VALUES(NUMBER(seq)));

	if (!s)
		return -1;
	return one_decision(db, s, d);
}

int read_decisions_after(
    struct db *db, int64_t after, read_decision_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT {columns} FROM decision WHERE seq > ?1 ORDER BY seq",
	    &map_decision, VALUES(NUMBER(after)));

	if (!s)
		return -1;
	return each_decision(db, s, cb, arg);
}

/* --- operator actions, deliveries --------------------------------------- */

static int each_action(struct db *db, sqlite3_stmt *s, read_op_cb cb, void *arg)
{
	struct op_action a;
	int rc;

	while ((rc = row_next(db, s, &map_op_action, &a)) == 1) {
		rc = cb(arg, &a);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_op_actions(
    struct db *db, bool unapplied_only, read_op_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    unapplied_only ? "SELECT {columns} FROM operator_action "
			     "WHERE applied_obs IS NULL ORDER BY id"
			   : "SELECT {columns} FROM operator_action "
			     "ORDER BY id",
	    &map_op_action, 0);

	return s ? each_action(db, s, cb, arg) : -1;
}

int read_op_action(struct db *db, int64_t id, struct op_action *a)
{
	sqlite3_stmt *s =
	    stmt_ask(db, "SELECT {columns} FROM operator_action WHERE id = ?1",
		&map_op_action, VALUES(NUMBER(id)));

	if (!s)
		return -1;
	return row_only(db, s, &map_op_action, a);
}

int read_incident_actions(
    struct db *db, int64_t incident_id, read_op_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT {columns} FROM operator_action WHERE incident_id = ?1 "
	    "ORDER BY id",
	    &map_op_action, VALUES(NUMBER(incident_id)));

	if (!s)
		return -1;
	return each_action(db, s, cb, arg);
}

static int each_delivery(
    struct db *db, sqlite3_stmt *s, read_delivery_cb cb, void *arg)
{
	struct delivery d;
	int rc;

	while ((rc = row_next(db, s, &map_delivery, &d)) == 1) {
		rc = cb(arg, &d);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_deliveries(struct db *db, const char *driver, const char *state,
    int64_t after_id, read_delivery_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_ask(db,
	    state ? "SELECT {columns} FROM delivery WHERE state = ?2 "
		    "AND (?1 IS NULL OR driver = ?1) AND id > ?3 "
		    "ORDER BY id"
		  : "SELECT {columns} FROM delivery "
		    "WHERE (?1 IS NULL OR driver = ?1) AND id > ?3 "
		    "ORDER BY id",
	    &map_delivery, VALUES(TEXT(driver)));

	if (!s)
		return -1;
	if (state)
		bind_text(s, 2, state);
	sqlite3_bind_int64(s, 3, after_id);
	return each_delivery(db, s, cb, arg);
}

int read_delivery_count(struct db *db, const char *state, int64_t *n)
{
	sqlite3_stmt *s =
	    stmt_ask(db, "SELECT count(*) FROM delivery WHERE state = ?1", NULL,
		VALUES(TEXT(state)));
	int rc;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	if (rc == 1)
		*n = sqlite3_column_int64(s, 0);
	stmt_give(db, s);
	return rc == 1 ? 0 : -1;
}

int read_deliveries_of(
    struct db *db, int64_t decision_seq, read_delivery_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT {columns} FROM delivery WHERE decision_seq = ?1 "
	    "ORDER BY driver",
	    &map_delivery, VALUES(NUMBER(decision_seq)));

	if (!s)
		return -1;
	return each_delivery(db, s, cb, arg);
}
