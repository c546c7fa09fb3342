/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

static struct complaint complaint(uint8_t key, const char *customer)
{
	struct complaint c = {.received_us = DAY_US + HOUR_US,
	    .at_us = DAY_US,
	    .format = "xarf",
	    .type = "messaging/spam",
	    .reporter = "example.net",
	    .client_port = 4242,
	    .line_class = CLASS_STATIC,
	    .unmatched = "nobody"};

	c.client = address("192.0.2.5");
	c.key[15] = key;
	strcpy(c.customer, customer);
	return c;
}

struct seen {
	int64_t ids[8];
	int n;
};

static int keep(void *arg, const struct complaint *c)
{
	struct seen *s = arg;

	s->ids[s->n++] = c->id;
	return 0;
}

static void a_row_comes_back_as_it_was(void **state)
{
	struct fixture *f = *state;
	struct complaint c = complaint(1, "C7"), got;

	assert_int_equal(write_complaint(f->db, &c), 1);
	assert_int_equal(c.id, 1);
	memset(&got, 0xff, sizeof(got));
	assert_int_equal(read_complaint(f->db, 1, &got), 1);
	assert_memory_equal(&got, &c, sizeof(got));
	assert_int_equal(read_complaint(f->db, 2, &got), 0);
}

static void the_same_report_is_one_row(void **state)
{
	struct fixture *f = *state;
	struct complaint a = complaint(1, "C7"), b = complaint(1, "C8");
	struct complaint c = complaint(2, "C7");

	assert_int_equal(write_complaint(f->db, &a), 1);
	assert_int_equal(write_complaint(f->db, &b), 0);
	assert_int_equal(b.id, a.id);
	assert_int_equal(write_complaint(f->db, &c), 1);
	assert_string_equal(
	    shell(f->db, "SELECT count(*), max(customer) FROM complaint"),
	    "2 C7");
}

static void lists_are_bounded(void **state)
{
	struct fixture *f = *state;
	struct complaint_range r = {0};
	struct seen s = {0};
	int64_t n = 0;

	for (uint8_t i = 1; i <= 5; i++) {
		struct complaint c = complaint(i, i % 2 ? "C7" : "");

		c.at_us = i == 5 ? 0 : DAY_US + i;
		assert_int_equal(write_complaint(f->db, &c), 1);
	}
	assert_int_equal(read_complaints(f->db, &r, keep, &s), 0);
	assert_int_equal(s.n, 5);
	assert_int_equal(s.ids[0], 5);
	r = (struct complaint_range){.customer = "C7", .limit = 1};
	s.n = 0;
	assert_int_equal(read_complaints(f->db, &r, keep, &s), 0);
	assert_int_equal(read_complaint_count(f->db, &r, &n), 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(n, 3);
	/* The fifth has no time but that of its arrival. */
	r = (struct complaint_range){
	    .since_us = DAY_US + 4, .until_us = DAY_US + HOUR_US};
	s.n = 0;
	assert_int_equal(read_complaints(f->db, &r, keep, &s), 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.ids[0], 4);
	r = (struct complaint_range){.before_id = 3};
	s.n = 0;
	assert_int_equal(read_complaints(f->db, &r, keep, &s), 0);
	assert_int_equal(s.ids[0], 2);
}

static void lists_come_from_an_index(void **state)
{
	struct fixture *f = *state;
	const char *plan =
	    shell(f->db, "EXPLAIN QUERY PLAN SELECT * FROM complaint WHERE "
			 "ifnull(at_us, received_us) >= 5 AND "
			 "ifnull(at_us, received_us) < 9");

	assert_non_null(strstr(plan, "USING INDEX complaint_at"));
}

static void add_row(struct db *db, const char *customer, int64_t ts_us,
    enum obs_kind kind, int traffic_case)
{
	struct observation o = {.kind = kind,
	    .ts_us = ts_us,
	    .server_port = 25,
	    .traffic_case = traffic_case};

	strcpy(o.customer, customer);
	assert_int_equal(write_observation(db, &o), 0);
}

static void customer_days_are_of_lines_on_a_foreign_port_25(void **state)
{
	struct fixture *f = *state;
	int64_t n = -1;

	assert_int_equal(read_customer_days(f->db, 0, 0, &n), 0);
	assert_int_equal(n, 0);
	add_row(f->db, "C1", DAY_US, OBS_TRANSACTION, 2);
	add_row(f->db, "C1", DAY_US + 1, OBS_CLOSE, 2);
	add_row(f->db, "C2", DAY_US + 2, OBS_ATTEMPT, 2);
	add_row(f->db, "C3", DAY_US + 3, OBS_TRANSACTION, 1);
	add_row(f->db, "C4", DAY_US + 4, OBS_TICK, 0);
	add_row(f->db, "", DAY_US + 5, OBS_TRANSACTION, 2);
	add_row(f->db, "C1", DAY_US + 24 * HOUR_US, OBS_SUMMARY, 2);
	assert_int_equal(read_customer_days(f->db, 0, 0, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(
	    read_customer_days(f->db, DAY_US + 1, DAY_US + 2, &n), 0);
	assert_int_equal(n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(a_row_comes_back_as_it_was),
	    STORE_TEST(the_same_report_is_one_row),
	    STORE_TEST(lists_are_bounded),
	    STORE_TEST(lists_come_from_an_index),
	    STORE_TEST(customer_days_are_of_lines_on_a_foreign_port_25),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
