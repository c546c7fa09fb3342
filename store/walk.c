/* SPDX-License-Identifier: Apache-2.0 */
#include "store/walk.h"

#include <stdlib.h>

#include "store/day.h"
#include "store/stmt.h"

/* A day's query while it runs; head is the number of the row it stands on. */
struct source {
	sqlite3_stmt *s;
	int64_t head;
	int64_t part, last_part; /* WALK_CUSTOMER */
};

/* The days ascend by the lowest number they can hold. Those whose lowest is
 * passed are open; mostly that is one, at midnight two. */
struct merge {
	struct db *db;
	const struct walk *w;
	struct day_range *days;
	int n_days, next_day;
	struct source *open;
	int n_open;
};

static int compare_days(const void *a, const void *b)
{
	const struct day_range *p = a, *q = b;

	return (p->first_obs > q->first_obs) - (p->first_obs < q->first_obs);
}

static int lowest_applied(
    struct db *db, int day, int64_t after, int64_t *lowest)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT min(applied_no) FROM observation_{day} "
	    "WHERE applied_no > ?1",
	    NULL, day);
	int rc;

	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, after);
	rc = stmt_step(db, s);
	if (rc == 1 && sqlite3_column_type(s, 0) == SQLITE_NULL)
		rc = 0;
	if (rc == 1)
		*lowest = sqlite3_column_int64(s, 0);
	stmt_give(db, s);
	return rc;
}

static int find_days(struct merge *m)
{
	const struct walk *w = m->w;
	int n = 0;

	if (day_list(m->db, w->first_day, w->last_day, &m->days, &m->n_days) !=
	    0)
		return -1;
	for (int i = 0; i < m->n_days; i++) {
		struct day_range d = m->days[i];

		if (w->last_obs != 0 &&
		    (d.last_obs < w->first_obs || d.first_obs > w->last_obs))
			continue;
		if (w->order == WALK_APPLIED)
			switch (lowest_applied(
			    m->db, d.day, w->from, &d.first_obs)) {
			case 1:
				break;
			case 0:
				continue;
			default:
				return -1;
			}
		m->days[n++] = d;
	}
	m->n_days = n;
	if (n > 0)
		qsort(m->days, (size_t)n, sizeof(*m->days), compare_days);
	return 0;
}

static int step(struct merge *m, struct source *o)
{
	int rc;

	while ((rc = stmt_step(m->db, o->s)) == 0 && o->part < o->last_part) {
		sqlite3_reset(o->s);
		sqlite3_bind_int64(o->s, 4, ++o->part);
	}
	return rc;
}

/* To the next row of a day; at the day's end it leaves the open ones. */
static int advance(struct merge *m, struct source *o)
{
	int rc = step(m, o);

	if (rc == 1) {
		o->head = sqlite3_column_int64(
		    o->s, m->w->order == WALK_APPLIED ? 1 : 0);
		return 0;
	}
	stmt_give(m->db, o->s);
	*o = m->open[--m->n_open];
	return rc;
}

static void bind_customer(
    const struct walk *w, struct source *o, const struct day_range *day)
{
	int64_t first = day->first_obs, last = day->last_obs;

	o->part = WALK_PART(first > w->first_obs ? first : w->first_obs);
	o->last_part = WALK_PART(last < w->last_obs ? last : w->last_obs);
	bind_text(o->s, 1, w->customer);
	sqlite3_bind_int64(o->s, 4, o->part);
}

static int open_day(struct merge *m, const struct day_range *day)
{
	struct source *o = &m->open[m->n_open];

	*o = (struct source){0};
	o->s = stmt_take_where(
	    m->db, m->w->sql, &map_observation, day->day, m->w->where, NULL);
	if (!o->s)
		return -1;
	m->n_open++;
	if (m->w->customer)
		bind_customer(m->w, o, day);
	else if (m->w->last_obs != 0)
		sqlite3_bind_int64(o->s, 4, m->w->first_obs);
	sqlite3_bind_int64(o->s, 2, m->w->from);
	sqlite3_bind_int64(o->s, 3, m->w->to);
	return advance(m, o);
}

static struct source *lowest_open(struct merge *m)
{
	struct source *lowest = NULL;

	for (int i = 0; i < m->n_open; i++)
		if (!lowest || m->open[i].head < lowest->head)
			lowest = &m->open[i];
	return lowest;
}

/* The source with the next row; NULL with *rc 0 at the end. */
static struct source *next_source(struct merge *m, int *rc)
{
	struct source *lowest;

	*rc = 0;
	for (;;) {
		lowest = lowest_open(m);
		if (m->next_day == m->n_days ||
		    (lowest && lowest->head < m->days[m->next_day].first_obs))
			return lowest;
		*rc = open_day(m, &m->days[m->next_day++]);
		if (*rc != 0)
			return NULL;
	}
}

static int run(struct merge *m, read_observation_cb cb, void *arg)
{
	struct observation o;
	int64_t n = 0;

	for (;;) {
		int rc;
		struct source *from = next_source(m, &rc);

		if (!from)
			return rc;
		if (from->head < m->w->first_obs) {
			if (advance(m, from) != 0)
				return -1;
			continue;
		}
		if (row_get(m->db, from->s, &map_observation, &o) != 0)
			return -1;
		rc = cb(arg, &o);
		if (rc != 0 || ++n == m->w->limit)
			return rc;
		if (advance(m, from) != 0)
			return -1;
	}
}

int walk_days(
    struct db *db, const struct walk *w, read_observation_cb cb, void *arg)
{
	struct merge m = {.db = db, .w = w};
	bool own;
	int rc;

	if (db_enter_read(db, &own) != 0)
		return -1;
	rc = find_days(&m);
	if (rc == 0) {
		m.open = calloc((size_t)m.n_days + 1, sizeof(*m.open));
		rc = m.open ? run(&m, cb, arg)
			    : db_fail_as(db, SQLITE_NOMEM, "out of memory");
	}
	while (m.open && m.n_open > 0)
		stmt_give(db, m.open[--m.n_open].s);
	free(m.open);
	free(m.days);
	return db_leave_read(db, own, rc);
}
