/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/record_time.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

#define T0    (INT64_C(1793577600) * US_PER_S)
#define AT(s) (T0 + (s)*US_PER_S)

static char dir[64];
static struct db *db;

static int setup(void **state)
{
	char path[128], err[DB_ERROR_BYTES];

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/sekisho-test-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/x.db", dir);
	db = db_open(path, DB_CREATE, err);
	assert_non_null(db);
	return 0;
}

static int teardown(void **state)
{
	char cmd[128];

	(void)state;
	db_close(db);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	return system(cmd);
}

static struct record_time started(int64_t us)
{
	struct record_time t;

	assert_int_equal(record_time_open(&t, db, us), 0);
	assert_int_equal(t.us, us);
	return t;
}

static void batch(struct record_time *t, int64_t ts_us, int64_t now_us)
{
	record_time_seen(t, ts_us);
	assert_int_equal(record_time_batch(t, db, now_us), 0);
}

static void it_is_the_greatest_of_the_records(void **state)
{
	struct record_time t = started(0);

	(void)state;
	record_time_seen(&t, AT(9));
	record_time_seen(&t, AT(3));
	assert_int_equal(t.us, AT(9));
}

static void it_goes_on_with_the_clock_when_records_are_live(void **state)
{
	struct record_time t = started(0);

	(void)state;
	batch(&t, AT(0), AT(59));
	record_time_go_on(&t, AT(61));
	assert_int_equal(t.us, AT(59));
	record_time_go_on(&t, AT(30)); /* the clock was set */
	assert_int_equal(t.us, AT(59));
	batch(&t, AT(60), AT(120));
	record_time_go_on(&t, AT(500));
	assert_int_equal(t.us, AT(60));
	batch(&t, AT(450), INT64_MAX); /* of a file */
	record_time_go_on(&t, AT(500));
	assert_int_equal(t.us, AT(450));
}

static void after_a_restart_it_waits_a_minute_for_a_batch(void **state)
{
	struct record_time t = started(0);

	(void)state;
	batch(&t, AT(0), AT(1));
	t = started(AT(0));
	record_time_go_on(&t, AT(1000));
	record_time_go_on(&t, AT(1059));
	assert_int_equal(t.us, AT(0));
	record_time_go_on(&t, AT(1060));
	assert_int_equal(t.us, AT(1058));
}

static void after_a_restart_a_batch_says_what_time_it_is(void **state)
{
	struct record_time t = started(0);

	(void)state;
	batch(&t, AT(0), AT(1));
	t = started(AT(0));
	record_time_go_on(&t, AT(1000));
	batch(&t, AT(100), AT(1030));
	record_time_go_on(&t, AT(2000));
	assert_int_equal(t.us, AT(100));
	/* The next start knows that these were behind. */
	t = started(AT(100));
	record_time_go_on(&t, AT(3000));
	record_time_go_on(&t, AT(4000));
	assert_int_equal(t.us, AT(100));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    CASE(it_is_the_greatest_of_the_records),
	    CASE(it_goes_on_with_the_clock_when_records_are_live),
	    CASE(after_a_restart_it_waits_a_minute_for_a_batch),
	    CASE(after_a_restart_a_batch_says_what_time_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
