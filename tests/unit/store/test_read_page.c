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
	    .score_milli = score};

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

static void orders_are_total_and_pages_join(void **state)
{
	struct fixture *f = *state;
	static const struct {
		enum incident_sort sort;
		bool descending;
		const char *customer;
		int state;
		int64_t since_us;
		const char *want;
	} cases[] = {
	    {INCIDENT_BY_ID, false, NULL, -1, 0, "12345"},
	    {INCIDENT_BY_ID, true, NULL, -1, 0, "54321"},
	    {INCIDENT_BY_OPENED, false, NULL, -1, 0, "12345"},
	    {INCIDENT_BY_LAST, false, NULL, -1, 0, "53421"},
	    {INCIDENT_BY_LAST, true, NULL, -1, 0, "12435"},
	    {INCIDENT_BY_SCORE, true, NULL, -1, 0, "53214"},
	    {INCIDENT_BY_SCORE, false, "C1", -1, 0, "135"},
	    {INCIDENT_BY_ID, false, NULL, INCIDENT_OPEN, 0, "14"},
	    {INCIDENT_BY_SCORE, false, NULL, INCIDENT_OPEN, 0, "41"},
	    {INCIDENT_BY_ID, false, NULL, INCIDENT_CLOSED, 0, "23"},
	    {INCIDENT_BY_ID, true, NULL, -1, DAY_US + 3, "4321"},
	    {INCIDENT_BY_LAST, false, "C2", INCIDENT_OPEN, DAY_US + 1, "4"},
	};

	add_five(f->db);
	for (size_t n = 0; n < COUNT(cases); n++) {
		struct incident_page p = {.sort = cases[n].sort,
		    .descending = cases[n].descending,
		    .range = {.customer = cases[n].customer,
			.state = cases[n].state,
			.kind = -1,
			.since_us = cases[n].since_us,
			.limit = 2}};
		struct seen s = {0};
		int64_t total = -1;
		int before;

		do {
			before = s.n;
			assert_int_equal(
			    read_incident_page(f->db, &p, keep, &s), 0);
			p.go_on = true;
			p.after_id = s.last.id;
			p.after_value = incident_sort_value(&s.last, p.sort);
		} while (s.n > before);
		assert_string_equal(s.ids, cases[n].want);
		assert_int_equal(
		    read_incident_count(f->db, &p.range, &total), 0);
		assert_int_equal(total, s.n);
	}
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

			if (strncmp(d, "SCAN ", 5) == 0)
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
		for (int base = 0; base < 4; base++) {
			struct incident_page p = {
			    .sort = (enum incident_sort)sort,
			    .descending = base % 2 == 0,
			    .range = {.customer = base == 1 ? "C1" : NULL,
				.state = base == 2 ? INCIDENT_OPEN : -1,
				.kind = -1,
				.since_us = base == 3 ? DAY_US : 0,
				.limit = 50}};
			int64_t n;

			assert_int_equal(
			    read_incident_page(db, &p, any_incident, NULL), 0);
			if (base > 0)
				assert_int_equal(
				    read_incident_count(db, &p.range, &n), 0);
		}
}

static void nothing_that_people_wait_for_reads_a_whole_table(void **state)
{
	struct fixture *f = *state;
	struct read_range of = {.customer = "C1", .state = -1};
	struct read_range since = {.since_us = DAY_US, .state = -1};
	struct audit_range audits = {.limit = 50};
	struct decision d;
	struct lease l;
	struct addr a;

	assert_int_equal(addr_parse(&a, "192.0.2.7"), 0);
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
	assert_true(check_plans(f->db) >= 25);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(orders_are_total_and_pages_join),
	    STORE_TEST(nothing_that_people_wait_for_reads_a_whole_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
