/* SPDX-License-Identifier: Apache-2.0 */
#include "store/desk.h"

#include <string.h>

#include "store/read.h"
#include "store/stmt.h"

static int get_state(struct db *db, int64_t id, struct desk_state *d)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT state, closed_as, last_us, ts_us, actor, version "
	    "FROM incident_desk WHERE incident_id = ?1",
	    NULL, 0);
	int rc;

	if (!s)
		return -1;
	memset(d, 0, sizeof(*d));
	sqlite3_bind_int64(s, 1, id);
	rc = stmt_step(db, s);
	if (rc == 1) {
		int state = word_parse(WORD_INCIDENT_STATE,
		    (const char *)sqlite3_column_text(s, 0));
		int as = word_parse(
		    WORD_CLOSED_AS, (const char *)sqlite3_column_text(s, 1));

		d->incident_id = id;
		d->state = state < 0 ? INCIDENT_OPEN
				     : (enum incident_state)state;
		d->closed_as = as < 0 ? CLOSED_NOT : (enum closed_as)as;
		d->last_us = sqlite3_column_int64(s, 2);
		d->ts_us = sqlite3_column_int64(s, 3);
		column_copy(s, 4, d->actor, sizeof(d->actor));
		d->version = sqlite3_column_int64(s, 5);
	}
	stmt_give(db, s);
	return rc;
}

static int count_notes(struct db *db, int64_t incident_id, int64_t *n)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT count(*) FROM note WHERE incident_id = ?1", NULL, 0);
	int rc;

	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, incident_id);
	rc = stmt_step(db, s);
	if (rc == 1)
		*n = sqlite3_column_int64(s, 0);
	stmt_give(db, s);
	return rc < 0 ? -1 : 0;
}

int desk_overlay(struct db *db, struct incident_view *v)
{
	struct incident *i = &v->row;
	struct desk_state d;
	int rc = get_state(db, i->id, &d);

	v->by[0] = '\0';
	v->version = d.version;
	if (rc < 0 || count_notes(db, i->id, &v->notes) != 0)
		return -1;
	if (rc == 0 || i->state == INCIDENT_CLOSED)
		return 0;
	/* Who has seen it has seen it; who closed it has not seen this. */
	if (d.state == INCIDENT_CLOSED && i->last_us > d.last_us)
		return 0;
	i->state = d.state;
	i->closed_as = d.closed_as;
	i->closed_us = d.state == INCIDENT_CLOSED ? d.ts_us : 0;
	memcpy(v->by, d.actor, sizeof(v->by));
	return 0;
}

int read_incident_view(struct db *db, int64_t id, struct incident_view *v)
{
	int rc;

	memset(v, 0, sizeof(*v));
	rc = read_incident(db, id, &v->row);
	if (rc == 1 && desk_overlay(db, v) != 0)
		return -1;
	return rc;
}

int write_desk_state(struct db *db, struct desk_state *d)
{
	struct desk_state before;
	sqlite3_stmt *s;
	bool own;
	int rc;

	if (db_enter(db, &own) != 0)
		return -1;
	rc = get_state(db, d->incident_id, &before);
	d->version = before.version + 1;
	s = rc < 0 ? NULL
		   : stmt_take(db,
			 "INSERT INTO incident_desk (incident_id, state, "
			 "closed_as, last_us, ts_us, actor, version) VALUES "
			 "(?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT "
			 "(incident_id) DO UPDATE SET state = excluded.state, "
			 "closed_as = excluded.closed_as, last_us = "
			 "excluded.last_us, ts_us = excluded.ts_us, actor = "
			 "excluded.actor, version = excluded.version",
			 NULL, 0);
	rc = -1;
	if (s) {
		sqlite3_bind_int64(s, 1, d->incident_id);
		bind_text(s, 2, incident_state_name(d->state));
		bind_text(s, 3, closed_as_name(d->closed_as));
		sqlite3_bind_int64(s, 4, d->last_us);
		sqlite3_bind_int64(s, 5, d->ts_us);
		bind_text(s, 6, d->actor);
		sqlite3_bind_int64(s, 7, d->version);
		rc = stmt_run(db, s);
	}
	return db_leave(db, own, rc);
}

int write_note(struct db *db, struct note *n)
{
	sqlite3_stmt *s;
	bool own;
	int rc = -1;

	if (db_enter(db, &own) != 0)
		return -1;
	s = stmt_take(db,
	    "INSERT INTO note (ts_us, actor, customer, incident_id, text) "
	    "VALUES (?1, ?2, ?3, ?4, ?5)",
	    NULL, 0);
	if (s) {
		sqlite3_bind_int64(s, 1, n->ts_us);
		bind_text(s, 2, n->actor);
		bind_text(s, 3, n->customer);
		if (n->incident_id != 0)
			sqlite3_bind_int64(s, 4, n->incident_id);
		bind_text(s, 5, n->text);
		rc = stmt_run(db, s);
	}
	if (rc == 0)
		n->id = sqlite3_last_insert_rowid(db->sql);
	return db_leave(db, own, rc);
}

int read_notes(struct db *db, const char *customer, int64_t incident_id,
    int64_t limit, read_note_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db,
	    incident_id != 0
		? "SELECT id, ts_us, actor, customer, incident_id, text FROM "
		  "note WHERE incident_id = ?1 ORDER BY id DESC LIMIT ?2"
		: "SELECT id, ts_us, actor, customer, incident_id, text FROM "
		  "note WHERE customer = ?1 ORDER BY id DESC LIMIT ?2",
	    NULL, 0);
	struct note n;
	int rc;

	if (!s)
		return -1;
	if (incident_id != 0)
		sqlite3_bind_int64(s, 1, incident_id);
	else
		bind_text(s, 1, customer);
	sqlite3_bind_int64(s, 2, limit > 0 ? limit : -1);
	while ((rc = stmt_step(db, s)) == 1) {
		n.id = sqlite3_column_int64(s, 0);
		n.ts_us = sqlite3_column_int64(s, 1);
		column_copy(s, 2, n.actor, sizeof(n.actor));
		column_copy(s, 3, n.customer, sizeof(n.customer));
		n.incident_id = sqlite3_column_int64(s, 4);
		column_copy(s, 5, n.text, sizeof(n.text));
		rc = cb(arg, &n);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}
