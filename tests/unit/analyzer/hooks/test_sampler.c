/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/store/fixture.h"

#include "analyzer/hooks/sampler.h"
#include "base/log.h"
#include "store/sample.h"

#define SECOND_US INT64_C(1000000)

static char seen[1024];

/* "first+length lists wanted/held missing+extra worst", in seconds. */
static int on_sample(void *arg, const struct enforcer_sample *s)
{
	(void)arg;
	snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen),
	    "%s%d+%d %dx %d/%d %d+%d %d\n", s->after_hole ? "hole " : "",
	    (int)((s->first_us - DAY_US) / SECOND_US),
	    (int)((s->last_us - s->first_us) / SECOND_US), (int)s->lists,
	    (int)s->wanted, (int)s->held, (int)s->missing, (int)s->extra,
	    (int)s->worst);
	return 0;
}

static const char *rows(struct fixture *f)
{
	seen[0] = '\0';
	assert_int_equal(read_samples(f->db, "nft", 0, 0, on_sample, NULL), 0);
	return seen;
}

static void take(struct sampler *s, int second, int64_t held, int64_t missing)
{
	struct held_counts n = {.wanted = 10, .held = held, .missing = missing};

	sampler_take(s, &n, DAY_US + second * SECOND_US);
}

static struct sampler sampler_of(struct fixture *f)
{
	struct sampler s;

	assert_int_equal(sampler_init(&s, f->db, "nft"), 0);
	return s;
}

static void what_stays_the_same_is_one_row_an_hour(void **state)
{
	struct fixture *f = *state;
	struct sampler s = sampler_of(f);

	for (int t = 0; t <= 7200; t += 300)
		take(&s, t, 10, 0);
	assert_string_equal(rows(f), "0+3300 12x 10/10 0+0 0\n"
				     "3600+3300 12x 10/10 0+0 0\n"
				     "7200+0 1x 10/10 0+0 0\n");
}

static void a_change_begins_a_row(void **state)
{
	struct fixture *f = *state;
	struct sampler s = sampler_of(f);

	take(&s, 0, 10, 0);
	take(&s, 300, 10, 0);
	take(&s, 600, 7, 3);
	take(&s, 900, 7, 3);
	take(&s, 1200, 10, 0);
	assert_string_equal(rows(f), "0+300 2x 10/10 0+0 0\n"
				     "600+300 2x 10/7 3+0 3\n"
				     "1200+0 1x 10/10 0+0 0\n");
}

/* A gap that is put right within the minute is told, and so is its end. */
static void a_minute_of_changes_is_one_row_with_its_worst(void **state)
{
	struct fixture *f = *state;
	struct sampler s = sampler_of(f);

	take(&s, 0, 10, 0);
	take(&s, 60, 4, 6);
	for (int t = 61; t < 120; t++)
		take(&s, t, t % 2 ? 10 : 9, t % 2 ? 0 : 1);
	take(&s, 119, 10, 0);
	/* Then it stays so: not the mixed row says since when. */
	take(&s, 419, 10, 0);
	take(&s, 719, 10, 0);
	assert_string_equal(rows(f), "0+0 1x 10/10 0+0 0\n"
				     "60+59 61x 10/10 0+0 6\n"
				     "419+300 2x 10/10 0+0 0\n");
}

static void where_nobody_knew_a_row_says_so(void **state)
{
	struct fixture *f = *state;
	struct sampler s = sampler_of(f);

	sampler_lose(&s); /* before the first list: nothing was known */
	take(&s, 0, 10, 0);
	sampler_lose(&s);
	take(&s, 900, 10, 0);
	take(&s, 1200, 10, 0);
	assert_string_equal(rows(f), "0+0 1x 10/10 0+0 0\n"
				     "hole 900+300 2x 10/10 0+0 0\n");
}

/* Not more often than once a minute, however often it is started. */
static void a_start_goes_on_from_the_last_row(void **state)
{
	struct fixture *f = *state;

	for (int t = 0; t < 70; t += 5) {
		struct sampler s = sampler_of(f);

		take(&s, t, 10, 0);
	}
	assert_string_equal(rows(f), "0+55 12x 10/10 0+0 0\n"
				     "hole 60+5 2x 10/10 0+0 0\n");
}

static void a_clock_that_goes_back_makes_no_overlap(void **state)
{
	struct fixture *f = *state;
	struct sampler s = sampler_of(f);

	take(&s, 0, 10, 0);
	take(&s, 600, 10, 0);
	take(&s, 100, 9, 1);
	assert_string_equal(rows(f), "0+600 2x 10/10 0+0 0\n"
				     "600+0 1x 10/9 1+0 1\n");
}

/* Another process holds the lock: the next list has it all. */
static void what_cannot_be_written_goes_with_the_next_list(void **state)
{
	struct fixture *f = *state;
	struct db *other = must_open(f->path, DB_WRITE);
	struct sampler s = sampler_of(f);

	log_set_level(LOG_LEVEL_ERROR);
	db_set_patience(f->db, 0);
	assert_int_equal(db_begin(other), 0);
	take(&s, 0, 4, 6);
	db_rollback(other);
	assert_string_equal(rows(f), "");
	take(&s, 10, 10, 0);
	assert_string_equal(rows(f), "0+10 2x 10/10 0+0 6\n");
	db_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    STORE_TEST(what_stays_the_same_is_one_row_an_hour),
	    STORE_TEST(a_change_begins_a_row),
	    STORE_TEST(a_minute_of_changes_is_one_row_with_its_worst),
	    STORE_TEST(where_nobody_knew_a_row_says_so),
	    STORE_TEST(a_start_goes_on_from_the_last_row),
	    STORE_TEST(a_clock_that_goes_back_makes_no_overlap),
	    STORE_TEST(what_cannot_be_written_goes_with_the_next_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
