/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

struct calls {
	struct db *db;
	int n;
};

static int see_counter(void *arg, int day, const char *name, int64_t value)
{
	struct calls *c = arg;
	uint64_t seq;

	(void)day;
	(void)value;
	c->n++;
	/* a reader may read on in its callback */
	return read_agent_cursor(c->db, name, 1, &seq) == 1 ? 0 : 9;
}

static int see_lease(void *arg, const struct lease *l)
{
	struct calls *c = arg;
	struct lease again;

	c->n++;
	if (read_lease_at(c->db, &l->prefix.addr, 0, l->from_us, &again) != 1)
		return 9;
	return memcmp(l, &again, sizeof(again)) == 0 ? 0 : 9;
}

static void put(struct db *db)
{
	struct lease l[2];

	memset(l, 0, sizeof(l));
	assert_int_equal(prefix_parse(&l[0].prefix, "192.0.2.0/24"), 0);
	assert_int_equal(prefix_parse(&l[1].prefix, "::/0"), 0);
	strcpy(l[0].customer, "C1");
	assert_int_equal(write_leases(db, "static", l, 2, DAY_US), 0);
	assert_int_equal(write_agent_cursor(db, "a", 1, 2), 0);
	assert_int_equal(write_agent_cursor(db, "b", 1, 3), 0);
	assert_int_equal(write_counter(db, DAY_US, "a", 1), 0);
	assert_int_equal(write_counter(db, DAY_US, "b", 1), 0);
	assert_int_equal(write_meta(db, "k", "v"), 0);
}

static void a_reader_reads_and_reads_on(void **state)
{
	struct fixture *f = *state;
	struct calls c = {must_open(f->path, DB_READ), 0};
	struct lease l;
	struct addr a = address("2001:db8::1");
	char value[2];

	put(f->db);
	assert_int_equal(
	    read_counters(c.db, 20261124, 20261124, see_counter, &c), 0);
	assert_int_equal(c.n, 2);
	c.n = 0;
	assert_int_equal(read_leases(c.db, -1, see_lease, &c), 0);
	assert_int_equal(c.n, 2);
	assert_int_equal(read_leases(c.db, DAY_US, see_lease, &c), 0);
	assert_int_equal(c.n, 4);
	/* ::/0 is a prefix like any other, also for IPv4 */
	assert_int_equal(read_lease_at(c.db, &a, 0, DAY_US, &l), 1);
	assert_int_equal(l.prefix.len, 0);
	assert_int_equal(read_meta(c.db, "k", value, sizeof(value)), 0);
	assert_string_equal(value, "v");
	assert_int_equal(read_meta(c.db, "k", value, 1), 0);
	assert_string_equal(value, "");
	db_close(c.db);
}

static int see_nothing(void *arg, const struct observation *o)
{
	(void)o;
	++*(int *)arg;
	return 0;
}

static void an_empty_store_answers(void **state)
{
	struct fixture *f = *state;
	struct db *db = must_open(f->path, DB_READ);
	const struct read_range all = {.state = -1, .kind = -1};
	const struct read_range standing = {.state = 1, .now_us = DAY_US};
	struct addr a = address("192.0.2.1");
	struct incident i;
	struct decision d;
	struct lease l;
	uint64_t seq;
	int n = 0;

	assert_int_equal(read_observations_range(db, &all, see_nothing, &n), 0);
	assert_int_equal(read_observations(db, "C1", 0, 9, see_nothing, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(read_incidents(db, &all, NULL, NULL), 0);
	assert_int_equal(read_decisions(db, &all, NULL, NULL), 0);
	assert_int_equal(read_decisions(db, &standing, NULL, NULL), 0);
	assert_int_equal(read_decisions_after(db, 0, NULL, NULL), 0);
	assert_int_equal(read_op_actions(db, false, NULL, NULL), 0);
	assert_int_equal(read_op_actions(db, true, NULL, NULL), 0);
	assert_int_equal(read_deliveries(db, NULL, NULL, 0, NULL, NULL), 0);
	assert_int_equal(read_counters(db, 0, 99991231, NULL, NULL), 0);
	assert_int_equal(read_leases(db, -1, NULL, NULL), 0);
	assert_int_equal(read_customer_leases(db, "C1", 0, NULL, NULL), 0);
	assert_int_equal(read_agent_cursor(db, "a", 1, &seq), 0);
	assert_int_equal(read_incident(db, 1, &i), 0);
	assert_int_equal(read_decision(db, 1, &d), 0);
	assert_int_equal(read_in_force(db, "C1", DAY_US, &d), 0);
	assert_int_equal(read_lease_at(db, &a, 0, DAY_US, &l), 0);
	assert_string_equal(db_error(db), "no error");
	db_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(a_reader_reads_and_reads_on),
	    STORE_TEST(an_empty_store_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
