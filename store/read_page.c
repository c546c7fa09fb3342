/* SPDX-License-Identifier: Apache-2.0 */
#include "store/read.h"

#include "store/stmt.h"

#define BOUNDS                                                                 \
	"last_us >= ?1 AND opened_us < ?2 AND (?6 IS NULL OR kind = ?6) "      \
	"AND (?5 IS NULL OR state = ?5) "                                      \
	"AND (?9 IS NULL OR line_class = ?9) AND score_milli >= ?10{where}"
#define OF_CUSTOMER                                                            \
	"FROM incident INDEXED BY incident_customer WHERE customer = ?3 "      \
	"AND " BOUNDS
#define OF_LIVE                                                                \
	"FROM incident INDEXED BY incident_open WHERE state <> 'closed' "      \
	"AND " BOUNDS
#define OF_FEW                                                                 \
	"FROM incident INDEXED BY incident_count "                             \
	"WHERE (state, kind, line_class) IN "                                  \
	"(SELECT state, kind, line_class " OF_TALLY ") AND " BOUNDS
#define OF_TALLY                                                               \
	"FROM incident_tally WHERE n > 0 AND (?5 IS NULL OR state = ?5) "      \
	"AND (?6 IS NULL OR kind = ?6) AND (?9 IS NULL OR line_class = ?9)"
#define OF_SCORE                                                               \
	"FROM incident INDEXED BY incident_score WHERE score_milli >= ?10 "    \
	"AND " BOUNDS
#define OF_ID                                                                  \
	"FROM incident NOT INDEXED WHERE id BETWEEN ?11 AND ?12 AND " BOUNDS
#define OF_OPENED                                                              \
	"FROM incident INDEXED BY incident_opened "                            \
	"WHERE opened_us BETWEEN ?13 AND ?14 AND " BOUNDS
#define OF_PEAK                                                                \
	"FROM incident INDEXED BY incident_peak "                              \
	"WHERE peak_milli BETWEEN ?15 AND ?16 AND " BOUNDS
#define OF_TIME "FROM incident INDEXED BY incident_last WHERE " BOUNDS
#define OF_ALL  "FROM incident WHERE " BOUNDS

enum base {
	BASE_CUSTOMER,
	BASE_LIVE,
	BASE_FEW,   /* few have this state, kind and class */
	BASE_SCORE, /* few have as much */
	BASE_ID,    /* few are within these bounds */
	BASE_OPENED,
	BASE_PEAK,
	BASE_TIME,
	BASE_ALL,
	BASE_COUNT
};

/* By enum incident_number. No index is chosen by them: the order's may be
 * better, and the bases above have those that are. */
#define NUMBERS                                                                \
	" AND +id BETWEEN ?11 AND ?12 AND +opened_us BETWEEN ?13 AND ?14 "     \
	"AND +peak_milli BETWEEN ?15 AND ?16 "                                 \
	"AND observations BETWEEN ?17 AND ?18 "                                \
	"AND servers BETWEEN ?19 AND ?20 "                                     \
	"AND unknown_users BETWEEN ?21 AND ?22 "                               \
	"AND blocklisted BETWEEN ?23 AND ?24 AND spoofed BETWEEN ?25 AND ?26"
#define UP(from, by)                                                           \
	"SELECT {columns} " from NUMBERS " AND (" by                           \
	", id) > (?7, ?8) ORDER BY " by ", id LIMIT ?4"
#define DOWN(from, by)                                                         \
	"SELECT {columns} " from NUMBERS " AND (" by                           \
	", id) < (?7, ?8) ORDER BY " by " DESC, id DESC LIMIT ?4"
/* Of equal numbers, only the key counts. */
#define UP_ID(from)                                                            \
	"SELECT {columns} " from NUMBERS " AND id > ?8 AND ?7 IS NOT NULL "    \
	"ORDER BY id LIMIT ?4"
#define DOWN_ID(from)                                                          \
	"SELECT {columns} " from NUMBERS " AND id < ?8 AND ?7 IS NOT NULL "    \
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
/* The page is chosen within the index, which has all that it hangs on; only
 * its rows are read. */
#define IN_UP(by)                                                              \
	"SELECT {columns} FROM incident WHERE id IN (SELECT id " OF_TIME       \
	" AND (" by ", id) > (?7, ?8) ORDER BY " by                            \
	", id LIMIT ?4) ORDER BY " by ", id"
#define IN_DOWN(by)                                                            \
	"SELECT {columns} FROM incident WHERE id IN (SELECT id " OF_TIME       \
	" AND (" by ", id) < (?7, ?8) ORDER BY " by                            \
	" DESC, id DESC LIMIT ?4) ORDER BY " by " DESC, id DESC"

static const char *const texts[BASE_COUNT][INCIDENT_SORT_COUNT][2] = {
    [BASE_CUSTOMER] = ORDERS(OF_CUSTOMER),
    [BASE_LIVE] = ORDERS(OF_LIVE),
    [BASE_FEW] = ORDERS(OF_FEW),
    [BASE_SCORE] = ORDERS(OF_SCORE),
    [BASE_ID] = ORDERS(OF_ID),
    [BASE_OPENED] = ORDERS(OF_OPENED),
    [BASE_PEAK] = ORDERS(OF_PEAK),
    [BASE_TIME] = {{IN_UP("id"), IN_DOWN("id")},
	{IN_UP("opened_us"), IN_DOWN("opened_us")},
	{UP(OF_TIME, "last_us"), DOWN(OF_TIME, "last_us")},
	{IN_UP("score_milli"), IN_DOWN("score_milli")},
	{IN_UP("peak_milli"), IN_DOWN("peak_milli")}},
    [BASE_ALL] = ORDERS(OF_ALL),
};
#define COUNT_OF(from) "SELECT count(*) FROM (SELECT 1 " from " LIMIT ?4)"
static const char *const counts[BASE_COUNT] = {
    [BASE_CUSTOMER] = COUNT_OF(OF_CUSTOMER),
    [BASE_LIVE] = COUNT_OF(OF_LIVE),
    [BASE_FEW] = COUNT_OF(OF_FEW),
    [BASE_SCORE] = COUNT_OF(OF_SCORE),
    [BASE_TIME] = COUNT_OF(OF_TIME),
    [BASE_ALL] = COUNT_OF(OF_ALL),
};

static void bind_words(sqlite3_stmt *s, const struct read_range *r)
{
	if (r->state >= 0)
		bind_text(s, 5, word_name(WORD_INCIDENT_STATE, r->state));
	if (r->kind >= 0)
		bind_text(s, 6, word_name(WORD_INCIDENT_KIND, r->kind));
	if (r->line_class)
		bind_text(s, 9, r->line_class);
}

static void bind_range(
    sqlite3_stmt *s, const struct read_range *r, enum base base)
{
	bool bounded = r->since_us != 0 && base != BASE_ALL;

	sqlite3_bind_int64(s, 1, bounded ? r->since_us : INT64_MIN);
	sqlite3_bind_int64(s, 2, r->until_us != 0 ? r->until_us : INT64_MAX);
	if (base == BASE_CUSTOMER)
		bind_text(s, 3, r->customer);
	bind_words(s, r);
	sqlite3_bind_int64(
	    s, 10, r->least_milli > 0 ? r->least_milli : INT64_MIN);
}

static void bind_bound(
    sqlite3_stmt *s, int at, const struct read_range *r, int number)
{
	bool on = r->bounded & UINT32_C(1) << number;

	sqlite3_bind_int64(s, at, on ? r->bounds[number].least : INT64_MIN);
	sqlite3_bind_int64(s, at + 1, on ? r->bounds[number].most : INT64_MAX);
}

static int number_of(struct db *db, sqlite3_stmt *s, int64_t *n)
{
	int rc = stmt_step(db, s);

	if (rc == 1)
		*n = sqlite3_column_int64(s, 0);
	stmt_give(db, s);
	return rc == 1 ? 0 : -1;
}

/* By state, kind and class alone. */
static int tally(struct db *db, const struct read_range *r, int64_t *n)
{
	sqlite3_stmt *s =
	    stmt_take(db, "SELECT coalesce(sum(n), 0) " OF_TALLY, NULL, 0);

	if (!s)
		return -1;
	bind_words(s, r);
	return number_of(db, s, n);
}

static int count_score(struct db *db, const struct read_range *r, int64_t *n)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT count(*) FROM (SELECT 1 FROM incident "
	    "INDEXED BY incident_score WHERE score_milli >= ?1 LIMIT ?2)",
	    NULL, VALUES(NUMBER(r->least_milli), NUMBER(db->few_rows + 1)));

	if (!s)
		return -1;
	return number_of(db, s, n);
}

/* Whether anything is older than the range. 1, 0, -1. */
static int cuts_off(struct db *db, const struct read_range *r)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT 1 FROM incident INDEXED BY incident_last "
	    "WHERE last_us < ?1 LIMIT 1",
	    NULL, VALUES(NUMBER(r->since_us)));
	int rc;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	stmt_give(db, s);
	return rc;
}

#define FEW_OF(table, number)                                                  \
	"SELECT count(*) FROM (SELECT 1 FROM incident " table " WHERE " number \
	" BETWEEN ?1 AND ?2 LIMIT ?3)"

/* 1 and *base when few are within a bound that has an index; 0, -1. */
static int few_within(
    struct db *db, const struct read_range *r, enum base *base)
{
	static const struct {
		enum incident_number number;
		enum base base;
		const char *sql;
	} by[] = {
	    {INCIDENT_NUMBER_ID, BASE_ID, FEW_OF("NOT INDEXED", "id")},
	    {INCIDENT_NUMBER_OPENED, BASE_OPENED,
		FEW_OF("INDEXED BY incident_opened", "opened_us")},
	    {INCIDENT_NUMBER_PEAK, BASE_PEAK,
		FEW_OF("INDEXED BY incident_peak", "peak_milli")},
	};

	for (size_t i = 0; i < sizeof(by) / sizeof(by[0]); i++) {
		sqlite3_stmt *s;
		int64_t n;

		if (!(r->bounded & UINT32_C(1) << by[i].number))
			continue;
		s = stmt_take(db, by[i].sql, NULL, 0);
		if (!s)
			return -1;
		bind_bound(s, 1, r, (int)by[i].number);
		sqlite3_bind_int64(s, 3, db->few_rows + 1);
		if (number_of(db, s, &n) != 0)
			return -1;
		*base = by[i].base;
		if (n <= db->few_rows)
			return 1;
	}
	return 0;
}

static bool has_words(const struct read_range *r)
{
	return r->state >= 0 || r->kind >= 0 || r->line_class;
}

/* Where there are few rows to sort; else the order decides. */
static int find_base(
    struct db *db, const struct read_range *r, bool live, enum base *base)
{
	int64_t n = INT64_MAX;
	int rc;

	*base = r->customer ? BASE_CUSTOMER : BASE_LIVE;
	if (r->customer || live)
		return 0;
	*base = BASE_FEW;
	if (has_words(r) && (tally(db, r, &n) != 0 || n <= db->few_rows))
		return n == INT64_MAX ? -1 : 0;
	n = INT64_MAX;
	*base = BASE_SCORE;
	if (r->least_milli > 0 &&
	    (count_score(db, r, &n) != 0 || n <= db->few_rows))
		return n == INT64_MAX ? -1 : 0;
	rc = few_within(db, r, base);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	*base = BASE_ALL;
	if (r->since_us == 0)
		return 0;
	rc = cuts_off(db, r);
	if (rc == 1)
		*base = BASE_TIME;
	return rc < 0 ? -1 : 0;
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

static int read_page(struct db *db, const struct incident_page *page,
    read_incident_cb cb, void *arg)
{
	const struct read_range *r = &page->range;
	int64_t end = page->descending ? INT64_MAX : INT64_MIN;
	struct incident i;
	enum base base;
	sqlite3_stmt *s;
	int rc;

	if (find_base(db, r, page->live, &base) != 0)
		return -1;
	s = stmt_take_where(db, texts[base][page->sort][page->descending],
	    &map_incident, 0, r->where, NULL);
	if (!s)
		return -1;
	bind_range(s, r, base);
	sqlite3_bind_int64(s, 4, r->limit > 0 ? r->limit : -1);
	sqlite3_bind_int64(s, 7, page->go_on ? page->after_value : end);
	sqlite3_bind_int64(s, 8, page->go_on ? page->after_id : end);
	for (int n = 0; n < INCIDENT_NUMBER_COUNT; n++)
		bind_bound(s, 11 + 2 * n, r, n);
	while ((rc = row_next(db, s, &map_incident, &i)) == 1) {
		rc = cb(arg, &i);
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_incident_page(struct db *db, const struct incident_page *page,
    read_incident_cb cb, void *arg)
{
	bool own;

	if (db_enter_read(db, &own) != 0)
		return -1;
	return db_leave_read(db, own, read_page(db, page, cb, arg));
}

int read_incident_live_over(struct db *db, int64_t n)
{
	sqlite3_stmt *s = stmt_ask(db,
	    "SELECT 1 FROM incident INDEXED BY incident_open "
	    "WHERE state <> 'closed' LIMIT 1 OFFSET ?1",
	    NULL, VALUES(NUMBER(n)));
	int rc;

	if (!s)
		return -1;
	rc = stmt_step(db, s);
	stmt_give(db, s);
	return rc;
}

int read_incident_count_most(
    struct db *db, const struct read_range *r, int64_t most, int64_t *n)
{
	struct read_range counted = *r;
	enum base base;
	sqlite3_stmt *s;

	counted.bounded = 0;
	r = &counted;
	if (!r->customer && r->since_us == 0 && r->until_us == 0 &&
	    r->least_milli <= 0 && !r->where)
		return tally(db, r, n);
	if (find_base(db, r, false, &base) != 0)
		return -1;
	s = stmt_take_where(db, counts[base], NULL, 0, r->where, &map_incident);
	if (!s)
		return -1;
	bind_range(s, r, base);
	sqlite3_bind_int64(s, 4, most > 0 ? most : -1);
	return number_of(db, s, n);
}

int read_incident_count(struct db *db, const struct read_range *r, int64_t *n)
{
	return read_incident_count_most(db, r, 0, n);
}
