/* SPDX-License-Identifier: Apache-2.0 */
#include "store/desk.h"

#include "store/stmt.h"

#define BOUNDS                                                                 \
	"seq < ?1 AND since_us >= ?2 AND since_us < ?3 "                       \
	"AND (?5 IS NULL OR action = ?5) AND (?6 IS NULL OR cause = ?6)"
#define OF_CUSTOMER                                                            \
	"FROM decision INDEXED BY decision_customer WHERE customer = ?4 "      \
	"AND " BOUNDS
#define OF_TIME                                                                \
	"FROM decision INDEXED BY decision_since WHERE ?4 IS NULL AND " BOUNDS
#define OF_ALL "FROM decision NOT INDEXED WHERE ?4 IS NULL AND " BOUNDS

enum base { BASE_CUSTOMER, BASE_TIME, BASE_ALL, BASE_COUNT };

static const char *const seqs[BASE_COUNT] = {
    [BASE_CUSTOMER] = "SELECT seq " OF_CUSTOMER " ORDER BY seq DESC LIMIT ?7",
    [BASE_TIME] = "SELECT seq " OF_TIME " ORDER BY seq DESC LIMIT ?7",
    [BASE_ALL] = "SELECT seq " OF_ALL " ORDER BY seq DESC LIMIT ?7",
};
static const char *const counts[BASE_COUNT] = {
    [BASE_CUSTOMER] = "SELECT count(*) " OF_CUSTOMER,
    [BASE_TIME] = "SELECT count(*) " OF_TIME,
    [BASE_ALL] = "SELECT count(*) " OF_ALL,
};

static enum base base_of(const struct decision_page *p)
{
	if (p->customer)
		return BASE_CUSTOMER;
	return p->since_us != 0 ? BASE_TIME : BASE_ALL;
}

static void bind(sqlite3_stmt *s, const struct decision_page *p, bool count)
{
	sqlite3_bind_int64(
	    s, 1, p->before_seq > 0 && !count ? p->before_seq : INT64_MAX);
	sqlite3_bind_int64(s, 2, p->since_us != 0 ? p->since_us : INT64_MIN);
	sqlite3_bind_int64(s, 3, p->until_us != 0 ? p->until_us : INT64_MAX);
	if (p->customer)
		bind_text(s, 4, p->customer);
	if (p->action >= 0)
		bind_text(s, 5, word_name(WORD_ACTION, p->action));
	if (p->cause >= 0)
		bind_text(s, 6, word_name(WORD_CAUSE, p->cause));
	if (!count)
		sqlite3_bind_int64(s, 7, p->limit > 0 ? p->limit : -1);
}

int read_decision_page(struct db *db, const struct decision_page *p,
    read_decision_cb cb, void *arg)
{
	sqlite3_stmt *s = stmt_take(db, seqs[base_of(p)], NULL, 0);
	struct decision d;
	int rc;

	if (!s)
		return -1;
	bind(s, p, false);
	while ((rc = stmt_step(db, s)) == 1) {
		rc = read_decision(db, sqlite3_column_int64(s, 0), &d);
		if (rc < 0)
			break;
		rc = rc == 1 ? cb(arg, &d) : 0;
		if (rc != 0)
			break;
	}
	stmt_give(db, s);
	return rc;
}

int read_decision_page_count(
    struct db *db, const struct decision_page *p, int64_t *n)
{
	sqlite3_stmt *s = stmt_take(db, counts[base_of(p)], NULL, 0);
	int rc;

	if (!s)
		return -1;
	bind(s, p, true);
	rc = stmt_step(db, s);
	if (rc == 1)
		*n = sqlite3_column_int64(s, 0);
	stmt_give(db, s);
	return rc == 1 ? 0 : -1;
}

int read_decision_bounds(struct db *db, int64_t *first, int64_t *last)
{
	*first = *last = 0;
	if (stmt_number(db, "SELECT min(seq) FROM decision", 0, first) < 0 ||
	    stmt_number(db, "SELECT max(seq) FROM decision", 0, last) < 0)
		return -1;
	return 0;
}
