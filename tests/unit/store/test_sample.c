/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"

#include "store/sample.h"

#define MINUTE_US INT64_C(60000000)

static char seen[512];

static int on_sample(void *arg, const struct enforcer_sample *s)
{
	(void)arg;
	snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%s%d ",
	    s->driver, (int)s->wanted);
	return 0;
}

static const char *read_all(
    struct db *db, const char *driver, int64_t since_us, int64_t until_us)
{
	seen[0] = '\0';
	assert_int_equal(
	    read_samples(db, driver, since_us, until_us, on_sample, NULL), 0);
	return seen;
}

static struct enforcer_sample sample_of(
    const char *driver, int number, int64_t first_us)
{
	struct enforcer_sample s;

	memset(&s, 0, sizeof(s));
	strcpy(s.driver, driver);
	s.first_us = first_us;
	s.last_us = first_us + MINUTE_US;
	s.lists = 3;
	s.wanted = number;
	s.held = 4;
	s.missing = 2;
	s.extra = 1;
	s.worst = 9;
	s.after_hole = true;
	return s;
}

static void put(struct db *db, const char *driver, int number, int64_t first_us)
{
	struct enforcer_sample s = sample_of(driver, number, first_us);

	assert_int_equal(write_sample(db, &s), 0);
}

static void a_sample_comes_back_whole_and_is_replaced(void **state)
{
	struct fixture *f = *state;
	struct enforcer_sample s = sample_of("nft", 5, DAY_US), got;

	assert_int_equal(read_last_sample(f->db, "nft", &got), 0);
	assert_int_equal(write_sample(f->db, &s), 0);
	assert_true(s.id > 0);
	s.lists++;
	s.last_us += MINUTE_US;
	assert_int_equal(write_sample(f->db, &s), 0);
	memset(&got, 0, sizeof(got));
	assert_int_equal(read_last_sample(f->db, "nft", &got), 1);
	assert_memory_equal(&got, &s, sizeof(s));
	assert_int_equal(read_last_sample(f->db, "list", &got), 0);
}

static void the_newest_is_the_last(void **state)
{
	struct fixture *f = *state;
	struct enforcer_sample got;

	put(f->db, "nft", 2, DAY_US + 2 * MINUTE_US);
	put(f->db, "nft", 1, DAY_US);
	assert_int_equal(read_last_sample(f->db, "nft", &got), 1);
	assert_int_equal(got.wanted, 2);
}

/* A range begins with what held when it began. */
static void a_range_begins_with_what_held_then(void **state)
{
	struct fixture *f = *state;
	const int64_t hour_us = 60 * MINUTE_US;

	for (int i = 1; i <= 4; i++) {
		put(f->db, "nft", i, DAY_US + i * hour_us);
		put(f->db, "a", i, DAY_US + i * hour_us);
	}
	assert_string_equal(read_all(f->db, "nft", DAY_US, 0), "nft1 nft2 nft3 "
							       "nft4 ");
	assert_string_equal(read_all(f->db, "nft", DAY_US + 2 * hour_us + 1, 0),
	    "nft2 nft3 "
	    "nft4 ");
	assert_string_equal(
	    read_all(f->db, "nft", DAY_US + 2 * hour_us, DAY_US + 3 * hour_us),
	    "nft2 ");
	assert_string_equal(
	    read_all(f->db, "nft", DAY_US + 9 * hour_us, 0), "nft4 ");
	assert_string_equal(read_all(f->db, NULL, DAY_US + 3 * hour_us + 1, 0),
	    "a3 a4 nft3 nft4 ");
	assert_string_equal(read_all(f->db, "none", 0, 0), "");
	assert_string_equal(read_all(f->db, "nft", 0, DAY_US), "");
}

/* Of a driver that is no more nothing is told for ever. */
static void what_ended_long_ago_holds_no_more(void **state)
{
	struct fixture *f = *state;
	const int64_t end_us = DAY_US + MINUTE_US;

	put(f->db, "nft", 1, DAY_US);
	assert_string_equal(
	    read_all(f->db, NULL, end_us + US_PER_DAY, 0), "nft1 ");
	assert_string_equal(
	    read_all(f->db, NULL, end_us + US_PER_DAY + 1, 0), "");
	assert_string_equal(read_all(f->db, NULL, 0, 0), "nft1 ");
}

static int on_worst(void *arg, const struct enforcer_sample *s)
{
	*(int64_t *)arg = s->worst;
	return 0;
}

/* What was worse before the range is not of it. */
static void the_worst_is_of_the_range(void **state)
{
	struct fixture *f = *state;
	const int64_t end_us = DAY_US + MINUTE_US;
	int64_t worst = 0;

	put(f->db, "nft", 1, DAY_US);
	assert_int_equal(
	    read_samples(f->db, "nft", end_us, 0, on_worst, &worst), 0);
	assert_int_equal(worst, 9);
	assert_int_equal(
	    read_samples(f->db, "nft", end_us + 1, 0, on_worst, &worst), 0);
	assert_int_equal(worst, 3);
}

static int stop(void *arg, const struct enforcer_sample *s)
{
	(void)s;
	++*(int *)arg;
	return 7;
}

static void the_caller_can_end_it(void **state)
{
	struct fixture *f = *state;
	int n = 0;

	put(f->db, "nft", 1, DAY_US);
	put(f->db, "nft", 2, DAY_US + 2 * MINUTE_US);
	assert_int_equal(read_samples(f->db, NULL, 0, 0, stop, &n), 7);
	assert_int_equal(n, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(a_sample_comes_back_whole_and_is_replaced),
	    STORE_TEST(the_newest_is_the_last),
	    STORE_TEST(a_range_begins_with_what_held_then),
	    STORE_TEST(what_ended_long_ago_holds_no_more),
	    STORE_TEST(the_worst_is_of_the_range),
	    STORE_TEST(the_caller_can_end_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
