/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

static void add(struct db *db, int64_t id, const char *customer,
    enum incident_state state, int score, int64_t last_us)
{
	struct incident i = {.id = id,
	    .kind = id % 2 ? INCIDENT_SPAM_BOT : INCIDENT_BOT_BURST,
	    .line_class = CLASS_DYNAMIC,
	    .state = state,
	    .opened_us = DAY_US,
	    .last_us = last_us,
	    .score_milli = score,
	    .peak_milli = (int)id};

	snprintf(i.customer, sizeof(i.customer), "%s", customer);
	assert_int_equal(write_incident(db, &i), 0);
}

static void add_five(struct db *db)
{
	add(db, 1, "C1", INCIDENT_OPEN, 500, DAY_US + 5);
	add(db, 2, "C2", INCIDENT_CLOSED, 700, DAY_US + 4);
	add(db, 3, "C1", INCIDENT_CLOSED, 700, DAY_US + 3);
	add(db, 4, "C2", INCIDENT_OPEN, 100, DAY_US + 3);
	add(db, 5, "C1", INCIDENT_ACKNOWLEDGED, 900, DAY_US + 1);
}

struct seen {
	char ids[64];
	struct incident last;
	int n;
};

static int keep(void *arg, const struct incident *i)
{
	struct seen *s = arg;
	size_t at = strlen(s->ids);

	snprintf(s->ids + at, sizeof(s->ids) - at, "%lld", (long long)i->id);
	s->last = *i;
	s->n++;
	return 0;
}

static const struct order {
	enum incident_sort sort;
	bool descending;
	const char *customer;
	int state;
	int64_t since_us;
	const char *want;
	int kind; /* 0: any; else enum + 1 */
	int64_t least_milli;
	const char *line_class;
	uint32_t bounded;
	int64_t least, most; /* of that number */
} orders[] = {
    {INCIDENT_BY_ID, false, NULL, -1, 0, .want = "12345"},
    {INCIDENT_BY_ID, true, NULL, -1, 0, .want = "54321"},
    {INCIDENT_BY_OPENED, false, NULL, -1, 0, .want = "12345"},
    {INCIDENT_BY_LAST, false, NULL, -1, 0, .want = "53421"},
    {INCIDENT_BY_LAST, true, NULL, -1, 0, .want = "12435"},
    {INCIDENT_BY_SCORE, true, NULL, -1, 0, .want = "53214"},
    {INCIDENT_BY_SCORE, false, "C1", -1, 0, .want = "135"},
    {INCIDENT_BY_ID, false, NULL, INCIDENT_OPEN, 0, .want = "14"},
    {INCIDENT_BY_SCORE, false, NULL, INCIDENT_OPEN, 0, .want = "41"},
    {INCIDENT_BY_ID, false, NULL, INCIDENT_CLOSED, 0, .want = "23"},
    {INCIDENT_BY_ID, true, NULL, -1, DAY_US + 3, .want = "4321"},
    {INCIDENT_BY_LAST, false, "C2", INCIDENT_OPEN, DAY_US + 1, .want = "4"},
    {INCIDENT_BY_PEAK, true, NULL, -1, 0, .want = "54321"},
    {INCIDENT_BY_SCORE, true, NULL, -1, DAY_US + 3, .want = "3214"},
    {INCIDENT_BY_LAST, true, NULL, -1, 0, "24", .kind = 1},
    {INCIDENT_BY_ID, true, NULL, -1, DAY_US + 4, "2", .kind = 1},
    {INCIDENT_BY_ID, false, NULL, -1, 0, .want = "235", .least_milli = 700},
    {INCIDENT_BY_SCORE, true, NULL, -1, DAY_US + 4, .want = "2",
	.least_milli = 700},
    {INCIDENT_BY_ID, false, NULL, INCIDENT_CLOSED, 0, .want = "3", .kind = 2,
	.least_milli = 700},
    {INCIDENT_BY_ID, false, NULL, -1, 0, .want = "12345",
	.line_class = "dynamic"},
    {INCIDENT_BY_ID, false, NULL, -1, 0, .want = "", .line_class = "static"},
    {INCIDENT_BY_ID, false, NULL, -1, 0, .want = "234",
	.bounded = 1 << INCIDENT_NUMBER_ID, .least = 2, .most = 4},
    {INCIDENT_BY_LAST, true, NULL, -1, 0, .want = "243",
	.bounded = 1 << INCIDENT_NUMBER_ID, .least = 2, .most = 4},
    {INCIDENT_BY_SCORE, true, NULL, -1, 0, .want = "54",
	.bounded = 1 << INCIDENT_NUMBER_PEAK, .least = 4, .most = INT64_MAX},
    {INCIDENT_BY_PEAK, true, NULL, -1, 0, .want = "5432",
	.bounded = 1 << INCIDENT_NUMBER_PEAK, .least = 2, .most = 9},
    {INCIDENT_BY_ID, true, NULL, -1, 0, .want = "54321",
	.bounded = 1 << INCIDENT_NUMBER_OPENED, .least = DAY_US,
	.most = DAY_US},
    {INCIDENT_BY_ID, true, NULL, -1, 0, .want = "",
	.bounded = 1 << INCIDENT_NUMBER_SERVERS, .least = 1, .most = INT64_MAX},
    {INCIDENT_BY_ID, true, "C1", -1, 0, .want = "3",
	.bounded = 1 << INCIDENT_NUMBER_ID, .least = 2, .most = 4},
};

static void walk_pages(struct db *db, const struct order *o)
{
	struct incident_page p = {.sort = o->sort,
	    .descending = o->descending,
	    .range = {.customer = o->customer,
		.state = o->state,
		.kind = o->kind - 1,
		.since_us = o->since_us,
		.least_milli = o->least_milli,
		.line_class = o->line_class,
		.limit = 2}};
	struct seen s = {0};
	int64_t total = -1;
	int before;

	p.range.bounded = o->bounded;
	for (int i = 0; i < INCIDENT_NUMBER_COUNT; i++)
		p.range.bounds[i] = (struct read_bound){o->least, o->most};
	do {
		before = s.n;
		assert_int_equal(read_incident_page(db, &p, keep, &s), 0);
		p.go_on = true;
		p.after_id = s.last.id;
		p.after_value = incident_sort_value(&s.last, p.sort);
	} while (s.n > before);
	assert_string_equal(s.ids, o->want);
	if (o->bounded) /* which counts leave out */
		return;
	assert_int_equal(read_incident_count(db, &p.range, &total), 0);
	assert_int_equal(total, s.n);
	assert_int_equal(read_incident_count_most(db, &p.range, 1, &total), 0);
	if (p.range.since_us != 0)
		assert_int_equal(total, s.n > 0);
}

/* The second time as if there were too many to sort. */
static void orders_are_total_and_pages_join(void **state)
{
	struct fixture *f = *state;

	add_five(f->db);
	for (size_t i = 0; i < COUNT(orders); i++)
		walk_pages(f->db, &orders[i]);
	f->db->few_rows = 0;
	for (size_t i = 0; i < COUNT(orders); i++)
		walk_pages(f->db, &orders[i]);
}

static int64_t count_of(struct db *db, int state, int kind)
{
	struct read_range r = {.state = state, .kind = kind};
	int64_t n = -1;

	assert_int_equal(read_incident_count(db, &r, &n), 0);
	return n;
}

static void the_tally_follows_every_change(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(count_of(f->db, -1, -1), 0);
	add_five(f->db);
	assert_int_equal(count_of(f->db, -1, -1), 5);
	assert_int_equal(count_of(f->db, INCIDENT_OPEN, -1), 2);
	/* the same again, and with another state */
	add(f->db, 1, "C1", INCIDENT_OPEN, 900, DAY_US + 9);
	assert_int_equal(count_of(f->db, INCIDENT_OPEN, -1), 2);
	add(f->db, 1, "C1", INCIDENT_CLOSED, 900, DAY_US + 9);
	assert_int_equal(count_of(f->db, INCIDENT_OPEN, -1), 1);
	assert_int_equal(count_of(f->db, INCIDENT_CLOSED, -1), 3);
	assert_int_equal(
	    count_of(f->db, INCIDENT_CLOSED, INCIDENT_SPAM_BOT), 2);
	assert_int_equal(
	    stmt_exec(f->db, "DELETE FROM incident WHERE id = 3"), 0);
	assert_int_equal(
	    count_of(f->db, INCIDENT_CLOSED, INCIDENT_SPAM_BOT), 1);
	assert_int_equal(count_of(f->db, -1, -1), 4);
	/* what is rolled back was not counted */
	assert_int_equal(db_begin(f->db), 0);
	add(f->db, 6, "C1", INCIDENT_OPEN, 900, DAY_US + 9);
	assert_int_equal(count_of(f->db, INCIDENT_OPEN, -1), 2);
	db_rollback(f->db);
	assert_int_equal(count_of(f->db, INCIDENT_OPEN, -1), 1);
}

static int any_incident(void *arg, const struct incident *i)
{
	(void)arg;
	(void)i;
	return 0;
}

static int any_decision(void *arg, const struct decision *d)
{
	(void)arg;
	(void)d;
	return 0;
}

static int any_audit(void *arg, const struct audit *a)
{
	(void)arg;
	(void)a;
	return 0;
}

static int any_lease(void *arg, const struct lease *l)
{
	(void)arg;
	(void)l;
	return 0;
}

/* The rows of one customer, or so few that sorting is cheaper, or within an
 * index that has all that the choice hangs on; DISTINCT counts what stands. */
static bool may_sort(const char *sql)
{
	static const char *const bounded[] = {"incident_customer",
	    "incident_open", "incident_count", "incident_score",
	    "NOT INDEXED WHERE id BETWEEN", "incident_opened",
	    "incident_peak WHERE peak_milli BETWEEN",
	    "id IN (SELECT id FROM incident INDEXED BY incident_last",
	    "decision_customer", "decision_since", "count(DISTINCT customer)",
	    "FROM lease WHERE customer",
	    "FROM lease WHERE prefix =", "FROM decision d WHERE customer = ?1"};

	for (size_t i = 0; i < COUNT(bounded); i++)
		if (strstr(sql, bounded[i]))
			return true;
	return false;
}

/* Every statement that was prepared, as SQLite means to run it. */
static int check_plans(struct db *db)
{
	int n = 0;

	for (sqlite3_stmt *s = sqlite3_next_stmt(db->sql, NULL); s;
	     s = sqlite3_next_stmt(db->sql, s)) {
		char sql[STMT_SQL_BYTES + 32];
		sqlite3_stmt *plan;

		snprintf(
		    sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", sqlite3_sql(s));
		if (strstr(sql, "PLAN SELECT") == NULL ||
		    strstr(sql, "sqlite_schema") != NULL)
			continue;
		assert_int_equal(
		    sqlite3_prepare_v2(db->sql, sql, -1, &plan, NULL),
		    SQLITE_OK);
		while (sqlite3_step(plan) == SQLITE_ROW) {
			const char *d =
			    (const char *)sqlite3_column_text(plan, 3);

			/* the tally has a row for each kind of thing,
			 * incident_open one for each that is not closed */
			if (strncmp(d, "SCAN ", 5) == 0 &&
			    !strstr(d, "INDEX incident_open") &&
			    !strstr(d, "incident_tally") &&
			    !strstr(d, "(subquery"))
				fail_msg("%s: %s", d, sqlite3_sql(s));
			/* of equal times by id is no matter */
			if (strncmp(d, "USE TEMP B-TREE FOR ORDER", 25) == 0 &&
			    !may_sort(sqlite3_sql(s)))
				fail_msg("%s: %s", d, sqlite3_sql(s));
		}
		sqlite3_finalize(plan);
		n++;
	}
	return n;
}

static void pages_of_all_kinds(struct db *db)
{
	for (int sort = 0; sort < INCIDENT_SORT_COUNT; sort++)
		for (int base = 0; base < 14; base++) {
			struct incident_page p = {
			    .sort = (enum incident_sort)sort,
			    .descending = base % 2 == 0,
			    .live = base / 2 == 5,
			    .range = {.customer = base / 2 == 1 ? "C1" : NULL,
				.state = base / 2 == 2 ? INCIDENT_OPEN : -1,
				.kind = -1,
				.since_us = base / 2 == 3 ? DAY_US + 4 : 0,
				.least_milli = base / 2 == 4,
				.line_class = base / 2 == 6 ? "dynamic" : NULL,
				.limit = 50}};
			int64_t n;

			assert_int_equal(
			    read_incident_page(db, &p, any_incident, NULL), 0);
			assert_int_equal(
			    read_incident_count_most(db, &p.range, 10, &n), 0);
		}
}

/* Few by their number, by when they were opened, by their peak. */
static void bounds_have_an_index(void **state)
{
	static const enum incident_number numbers[] = {
	    INCIDENT_NUMBER_ID, INCIDENT_NUMBER_OPENED, INCIDENT_NUMBER_PEAK};
	struct fixture *f = *state;

	add_five(f->db);
	for (int sort = 0; sort < INCIDENT_SORT_COUNT; sort++)
		for (int n = 0; n < 6; n++) {
			struct incident_page p = {
			    .sort = (enum incident_sort)sort,
			    .descending = n % 2 == 0,
			    .range = {.state = -1, .kind = -1, .limit = 50}};
			int number = (int)numbers[n / 2];

			p.range.bounded = UINT32_C(1) << number;
			p.range.bounds[number].most = INT64_MAX;
			assert_int_equal(
			    read_incident_page(f->db, &p, any_incident, NULL),
			    0);
		}
	assert_true(check_plans(f->db) >= 33);
}

static void nothing_that_people_wait_for_reads_a_whole_table(void **state)
{
	struct fixture *f = *state;
	struct read_range of = {.customer = "C1", .state = -1};
	struct read_range since = {.since_us = DAY_US, .state = -1};
	struct audit_range audits = {.limit = 50};
	struct prefix p;
	struct decision d;
	struct lease l;
	struct addr a;
	int64_t n;

	assert_int_equal(prefix_parse(&p, "192.0.2.0/24"), 0);
	assert_int_equal(addr_parse(&a, "192.0.2.7"), 0);
	add_five(f->db);
	pages_of_all_kinds(f->db);
	f->db->few_rows = 0;
	pages_of_all_kinds(f->db);
	assert_int_equal(read_decisions(f->db, &of, any_decision, NULL), 0);
	of.state = 1;
	of.now_us = DAY_US;
	assert_int_equal(read_decisions(f->db, &of, any_decision, NULL), 0);
	assert_int_equal(read_decisions(f->db, &since, any_decision, NULL), 0);
	of.customer = NULL;
	assert_int_equal(read_decisions(f->db, &of, any_decision, NULL), 0);
	assert_int_equal(read_in_force(f->db, "C1", DAY_US, &d), 0);
	assert_int_equal(read_lease_at(f->db, &a, 0, DAY_US, &l), 0);
	assert_int_equal(
	    read_customer_leases(f->db, "C1", -1, any_lease, NULL), 0);
	assert_int_equal(read_audits(f->db, &audits, any_audit, NULL), 0);
	assert_int_equal(read_leases_over(f->db, &p, -1, any_lease, NULL), 0);
	of.state = -1;
	for (int i = 0; i < 4; i++) {
		of.customer = i == 1 ? "C1" : NULL;
		of.since_us = i == 2 ? DAY_US : 0;
		of.state = i == 3 ? 1 : -1;
		assert_int_equal(read_decision_count(f->db, &of, 0, &n), 0);
	}
	assert_int_equal(read_delivery_count(f->db, "dead", &n), 0);
	assert_true(check_plans(f->db) >= 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(orders_are_total_and_pages_join),
	    STORE_TEST(the_tally_follows_every_change),
	    STORE_TEST(bounds_have_an_index),
	    STORE_TEST(nothing_that_people_wait_for_reads_a_whole_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
