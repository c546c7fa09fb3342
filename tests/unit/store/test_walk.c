/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

struct seen {
	int64_t obs[512], applied[512];
	int n, stop_at;
};

static int see(void *arg, const struct observation *o)
{
	struct seen *s = arg;

	assert_true(s->n < (int)COUNT(s->obs));
	s->obs[s->n] = o->obs_no;
	s->applied[s->n++] = o->applied_no;
	return s->n == s->stop_at ? 42 : 0;
}

static void put(struct db *db, int64_t ts_us, int64_t applied_no)
{
	struct observation o = observation_at(ts_us, "C1");

	assert_int_equal(write_observation(db, &o), 0);
	o.applied_no = applied_no;
	if (applied_no != 0)
		assert_int_equal(write_applied(db, &o), 0);
}

/* Two agents around midnight: the days alternate in record order. */
static void fill_midnight(struct db *db)
{
	assert_int_equal(db_begin(db), 0);
	put(db, DAY_US - 4, 2);              /* 1 */
	put(db, DAY_US + 1, 1);              /* 2 */
	put(db, DAY_US - 3, 4);              /* 3 */
	put(db, DAY_US + 2, 3);              /* 4 */
	put(db, DAY_US - 2, 0);              /* 5 */
	put(db, DAY_US + US_PER_DAY, 5);     /* 6 */
	put(db, DAY_US - 1, 6);              /* 7 */
	put(db, DAY_US + 3, 0);              /* 8 */
	put(db, DAY_US + US_PER_DAY + 1, 0); /* 9 */
	put(db, DAY_US - 5 * US_PER_DAY, 7); /* 10 */
	assert_int_equal(db_commit(db), 0);
}

static void applied_rows_come_in_applied_order_over_days(void **state)
{
	struct fixture *f = *state;
	static const int64_t obs[] = {2, 1, 4, 3, 6, 7, 10};
	struct seen s = {.n = 0};

	fill_midnight(f->db);
	assert_int_equal(read_applied(f->db, 0, see, &s), 0);
	assert_int_equal(s.n, COUNT(obs));
	for (int i = 0; i < s.n; i++) {
		assert_int_equal(s.applied[i], i + 1);
		assert_int_equal(s.obs[i], obs[i]);
	}
}

static void applied_rows_begin_after_a_number(void **state)
{
	struct fixture *f = *state;

	fill_midnight(f->db);
	for (int64_t after = 0; after <= 8; after++) {
		struct seen s = {.n = 0};

		assert_int_equal(read_applied(f->db, after, see, &s), 0);
		assert_int_equal(s.n, after < 7 ? 7 - after : 0);
		if (s.n > 0)
			assert_int_equal(s.applied[0], after + 1);
	}
}

static void unapplied_rows_come_in_record_order(void **state)
{
	struct fixture *f = *state;
	struct seen s = {.n = 0};

	fill_midnight(f->db);
	assert_int_equal(read_unapplied(f->db, see, &s), 0);
	assert_int_equal(s.n, 3);
	assert_int_equal(s.obs[0], 5);
	assert_int_equal(s.obs[1], 8);
	assert_int_equal(s.obs[2], 9);
}

static void a_callback_ends_the_walk(void **state)
{
	struct fixture *f = *state;
	struct seen s = {.stop_at = 3}, all = {.n = 0};

	fill_midnight(f->db);
	assert_int_equal(read_applied(f->db, 0, see, &s), 42);
	assert_int_equal(s.n, 3);
	/* and leaves nothing open behind it */
	assert_int_equal(read_applied(f->db, 0, see, &all), 0);
	assert_int_equal(all.n, 7);
	assert_int_equal(db_begin(f->db), 0);
	assert_int_equal(db_commit(f->db), 0);
}

static void an_empty_log_has_no_rows(void **state)
{
	struct fixture *f = *state;
	struct seen s = {.n = 0};

	assert_int_equal(read_applied(f->db, 0, see, &s), 0);
	assert_int_equal(read_unapplied(f->db, see, &s), 0);
	assert_int_equal(s.n, 0);
}

/* More days than the cache keeps statements for, all interleaved. */
static void many_days_are_merged(void **state)
{
	enum { DAYS = 150, ROWS = 300 };
	struct fixture *f = *state;
	struct seen s = {.n = 0};

	assert_int_equal(db_begin(f->db), 0);
	for (int i = 0; i < ROWS; i++)
		put(f->db, DAY_US + (i * 7 % DAYS) * US_PER_DAY, ROWS - i);
	assert_int_equal(db_commit(f->db), 0);
	assert_int_equal(read_applied(f->db, 0, see, &s), 0);
	assert_int_equal(s.n, ROWS);
	for (int i = 0; i < ROWS; i++) {
		assert_int_equal(s.applied[i], i + 1);
		assert_int_equal(s.obs[i], ROWS - i);
	}
	assert_string_equal(
	    shell(f->db, "SELECT count(*), min(rows), max(rows), sum(rows) "
			 "FROM observation_day"),
	    "150 2 2 300");
}

static void a_transaction_sees_its_own_rows(void **state)
{
	struct fixture *f = *state;
	struct seen s = {.n = 0};

	assert_int_equal(db_begin(f->db), 0);
	put(f->db, DAY_US, 0);
	put(f->db, DAY_US + US_PER_DAY, 1);
	assert_int_equal(read_unapplied(f->db, see, &s), 0);
	assert_int_equal(s.n, 1);
	assert_int_equal(read_applied(f->db, 0, see, &s), 0);
	assert_int_equal(s.n, 2);
	db_rollback(f->db);
	assert_int_equal(read_applied(f->db, 0, see, &s), 0);
	assert_int_equal(s.n, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(applied_rows_come_in_applied_order_over_days),
	    STORE_TEST(applied_rows_begin_after_a_number),
	    STORE_TEST(unapplied_rows_come_in_record_order),
	    STORE_TEST(a_callback_ends_the_walk),
	    STORE_TEST(an_empty_log_has_no_rows),
	    STORE_TEST(many_days_are_merged),
	    STORE_TEST(a_transaction_sees_its_own_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
