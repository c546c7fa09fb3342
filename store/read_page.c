/* SPDX-License-Identifier: Apache-2.0 */
#include "store/read.h"

#include "store/stmt.h"

#define BOUNDS                                                                 \
	"last_us >= ?1 AND opened_us < ?2 AND (?6 IS NULL OR kind = ?6) "      \
	"AND (?5 IS NULL OR state = ?5)"
#define OF_CUSTOMER                                                            \
	"FROM incident INDEXED BY incident_customer WHERE customer = ?3 "      \
	"AND " BOUNDS
#define OF_STATE                                                               \
	"FROM incident INDEXED BY incident_open WHERE state = ?5 "             \
	"AND state <> 'closed' AND " BOUNDS
#define OF_LIVE                                                                \
	"FROM incident INDEXED BY incident_open WHERE state <> 'closed' "      \
	"AND " BOUNDS
#define OF_TIME "FROM incident INDEXED BY incident_last WHERE " BOUNDS
#define OF_ALL  "FROM incident WHERE " BOUNDS

enum base {
	BASE_CUSTOMER,
	BASE_STATE,
	BASE_LIVE,
	BASE_TIME,
	BASE_ALL,
	BASE_COUNT
};

#define UP(from, by)                                                           \
	"SELECT {columns} " from " AND (" by ", id) > (?7, ?8) ORDER BY " by   \
	", id LIMIT ?4"
#define DOWN(from, by)                                                         \
	"SELECT {columns} " from " AND (" by ", id) < (?7, ?8) ORDER BY " by   \
	" DESC, id DESC LIMIT ?4"
/* Of equal numbers, only the key counts. */
#define UP_ID(from)                                                            \
	"SELECT {columns} " from " AND id > ?8 AND ?7 IS NOT NULL "            \
	"ORDER BY id LIMIT ?4"
#define DOWN_ID(from)                                                          \
	"SELECT {columns} " from " AND id < ?8 AND ?7 IS NOT NULL "            \
	"ORDER BY id DESC LIMIT ?4"
#define ORDERS(from)                                                           \
	{                                                                      \
		{UP_ID(from), DOWN_ID(from)},                                  \
		    {UP(from, "opened_us"), DOWN(from, "opened_us")},          \
		    {UP(from, "last_us"), DOWN(from, "last_us")},              \
		    {UP(from, "score_milli"), DOWN(from, "score_milli")},      \
		{                                                              \
			UP(from, "peak_milli"), DOWN(from, "peak_milli")       \
		}                                                              \
	}

static const char *const texts[BASE_COUNT][INCIDENT_SORT_COUNT][2] = {
    [BASE_CUSTOMER] = ORDERS(OF_CUSTOMER),
    [BASE_STATE] = ORDERS(OF_STATE),
    [BASE_LIVE] = ORDERS(OF_LIVE),
    [BASE_TIME] = ORDERS(OF_TIME),
    [BASE_ALL] = ORDERS(OF_ALL),
};
static const char *const counts[BASE_COUNT] = {
    [BASE_CUSTOMER] = "SELECT count(*) " OF_CUSTOMER,
    [BASE_STATE] = "SELECT count(*) " OF_STATE,
    [BASE_LIVE] = "SELECT count(*) " OF_LIVE,
    [BASE_TIME] = "SELECT count(*) " OF_TIME,
    [BASE_ALL] = "SELECT count(*) " OF_ALL,
};

static enum base base_of(const struct read_range *r)
{
	if (r->customer)
		return BASE_CUSTOMER;
	if (r->state >= 0 && r->state != INCIDENT_CLOSED)
		return BASE_STATE;
	return r->since_us != 0 ? BASE_TIME : BASE_ALL;
}

static void bind_range(sqlite3_stmt *s, const struct read_range *r)
{
	sqlite3_bind_int64(s, 1, r->since_us != 0 ? r->since_us : INT64_MIN);
	sqlite3_bind_int64(s, 2, r->until_us != 0 ? r->until_us : INT64_MAX);
	if (r->customer)
		bind_text(s, 3, r->customer);
	if (r->state >= 0)
		bind_text(s, 5, word_name(WORD_INCIDENT_STATE, r->state));
	if (r->kind >= 0)
		bind_text(s, 6, word_name(WORD_INCIDENT_KIND, r->kind));
}

int64_t incident_sort_value(const struct incident *i, enum incident_sort sort)
{
	switch (sort) {
	case INCIDENT_BY_OPENED:
		return i->opened_us;
	case INCIDENT_BY_LAST:
		return i->last_us;
	case INCIDENT_BY_SCORE:
		return i->score_milli;
	case INCIDENT_BY_PEAK:
		return i->peak_milli;
	case INCIDENT_BY_ID:
	case INCIDENT_SORT_COUNT:
		break;
	}
	return i->id;
}

int read_incident_page(struct db *db, const struct incident_page *page,
    read_incident_cb cb, void *arg)
{
	const struct read_range *r = &page->range;
	int64_t end = page->descending ? INT64_MAX : INT64_MIN;
	enum base base = page->live && !r->customer ? BASE_LIVE : base_of(r);
	sqlite3_stmt *s = stmt_take(
	    db, texts[base][page->sort][page->descending], &map_incident, 0);
	struct incident i;
	int rc;

	if (!s)
		return -1;
	bind_range(s, r);
	sqlite3_bind_int64(s, 4, r->limit > 0 ? r->limit : -1);
	sqlite3_bind_int64(s, 7, page->go_on ? page->after_value : end);
	sqlite3_bind_int64(s, 8, page->go_on ? page->after_id : end);
	while ((rc = row_next(db, s, &map_incident, &i)) == 1) {
		rc = cb(arg, &i);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_incident_live_over(struct db *db, int64_t n)
{
	sqlite3_stmt *s = stmt_take(db,
	    "SELECT 1 FROM incident INDEXED BY incident_open "
	    "WHERE state <> 'closed' LIMIT 1 OFFSET ?1",
	    NULL, 0);
	int rc;

	if (!s)
		return -1;
	sqlite3_bind_int64(s, 1, n);
	rc = stmt_step(db, s);
	stmt_give(db, s);
	return rc;
}

int read_incident_count(struct db *db, const struct read_range *r, int64_t *n)
{
	bool all = base_of(r) == BASE_ALL && r->until_us == 0 && r->kind < 0 &&
		   r->state < 0;
	sqlite3_stmt *s = stmt_take(db,
	    all ? "SELECT count(*) FROM incident" : counts[base_of(r)], NULL,
	    0);
	int rc;

	if (!s)
		return -1;
	if (!all)
		bind_range(s, r);
	rc = stmt_step(db, s);
	if (rc == 1)
		*n = sqlite3_column_int64(s, 0);
	stmt_give(db, s);
	return rc == 1 ? 0 : -1;
}
