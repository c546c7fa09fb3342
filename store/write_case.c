/* SPDX-License-Identifier: Apache-2.0 */
#include "store/write.h"

#include "store/stmt.h"

int write_incident(struct db *db, const struct incident *i)
{
	return row_write(db,
	    "INSERT INTO incident ({columns}) VALUES ({values}) "
	    "ON CONFLICT (id) DO UPDATE SET {update}",
	    &map_incident, i, NULL);
}

int write_brake(struct db *db, const struct brake_row *b)
{
	return row_write(db,
	    "INSERT INTO brake ({columns}) VALUES ({values}) "
	    "ON CONFLICT (id) DO UPDATE SET {update}",
	    &map_brake, b, NULL);
}

int write_closed_as(struct db *db, int64_t incident_id, enum closed_as as)
{
	return stmt_write(db,
	    "UPDATE incident SET closed_as = ?2 WHERE id = ?1 "
	    "AND state = 'closed'",
	    VALUES(NUMBER(incident_id), TEXT(closed_as_name(as))));
}

static int insert_target(struct db *db, const struct decision *d, int n)
{
	const struct target *t = &d->targets[n];
	return stmt_do(db,
	    "INSERT INTO decision_target (decision_seq, n, prefix, length, "
	    "first_port, last_port) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	    VALUES(NUMBER(d->seq), NUMBER(n), BYTES(t->prefix.addr.b, 16),
		NUMBER(t->prefix.len), NUMBER(t->first_port),
		NUMBER(t->last_port)));
}

int write_decision(struct db *db, const struct decision *d)
{
	bool own;
	int rc;

	if (d->n_targets < 0 || d->n_targets > ROW_TARGETS_MAX)
		return db_fail_as(db, SQLITE_MISUSE,
		    "decision %lld has %d targets", (long long)d->seq,
		    d->n_targets);
	if (db_enter(db, &own) != 0)
		return -1;
	rc = row_put(db, "INSERT INTO decision ({columns}) VALUES ({values})",
	    &map_decision, d);
	for (int n = 0; rc == 0 && n < d->n_targets; n++)
		rc = insert_target(db, d, n);
	return db_leave(db, own, rc);
}

int write_op_action(struct db *db, struct op_action *a)
{
	struct op_action row = *a;

	row.id = 0;
	return row_write(db,
	    "INSERT INTO operator_action ({columns}) VALUES ({values})",
	    &map_op_action, &row, &a->id);
}

int write_op_applied(struct db *db, int64_t op_id, int64_t obs_no)
{
	bool own;
	int rc;

	if (db_enter(db, &own) != 0)
		return -1;
	rc = stmt_do(db,
	    "UPDATE operator_action SET applied_obs = ?2 WHERE id = ?1",
	    VALUES(NUMBER(op_id), NUMBER(obs_no)));
	if (rc == 0 && sqlite3_changes(db->sql) != 1)
		rc = db_fail_as(db, SQLITE_NOTFOUND,
		    "there is no operator action %lld", (long long)op_id);
	return db_leave(db, own, rc);
}

/* --- deliveries --------------------------------------------------------- */

static int find_delivery(struct db *db, const struct delivery *d, int64_t *id)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT id FROM delivery WHERE decision_seq = ?1 AND driver = ?2",
	    NULL, VALUES(NUMBER(d->decision_seq), TEXT(d->driver)));
	int rc;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	if (rc == 1)
		*id = sqlite3_column_int64(s, 0);
	stmt_give(db, s);
	return rc;
}

static int put_delivery(struct db *db, const struct delivery *d, int64_t *id)
{
	*id = d->id;
	if (d->id != 0)
		return row_put(db,
		    "INSERT INTO delivery ({columns}) VALUES ({values}) "
		    "ON CONFLICT (id) DO UPDATE SET {update}",
		    &map_delivery, d);
	switch (find_delivery(db, d, id)) {
	case 1:
		return 0;
	case 0:
		break;
	default:
		return -1;
	}
	if (row_put(db, "INSERT INTO delivery ({columns}) VALUES ({values})",
		&map_delivery, d) != 0)
		return -1;
	*id = sqlite3_last_insert_rowid(db->sql);
	return 0;
}

int write_delivery(struct db *db, struct delivery *d)
{
	int64_t id = 0;
	bool own;

	if (db_enter(db, &own) != 0)
		return -1;
	if (db_leave(db, own, put_delivery(db, d, &id)) != 0)
		return -1;
	d->id = id;
	return 0;
}

int write_delivery_state(struct db *db, const struct delivery *d)
{
	struct delivery row = *d;
	int64_t id = 0;
	bool own;
	int rc;

	if (db_enter(db, &own) != 0)
		return -1;
	rc = find_delivery(db, d, &row.id);
	if (rc >= 0)
		rc = put_delivery(db, &row, &id);
	return db_leave(db, own, rc);
}

int write_delivery_turn(
    struct db *db, int64_t decision_seq, const char *driver, int turn)
{
	return stmt_write(db,
	    "UPDATE delivery SET turn = ?3 "
	    "WHERE decision_seq = ?1 AND driver = ?2",
	    VALUES(NUMBER(decision_seq), TEXT(driver), NUMBER(turn)));
}
