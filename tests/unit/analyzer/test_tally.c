/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/tally.h"
#include "base/clock.h"
#include "store/read.h"

static char dir[64], path[96];
static struct db *db;

static int setup(void **state)
{
	char err[DB_ERROR_BYTES];

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/sekisho-tally-XXXXXX");
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

static int append(void *arg, int day, const char *name, int64_t value)
{
	char *text = arg;

	sprintf(
	    text + strlen(text), "%d %s %lld\n", day, name, (long long)value);
	return 0;
}

static void expect(struct tally *t, const char *want)
{
	char text[4096] = "";

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(tally_write(t, db), 0);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(read_counters(db, 0, 99999999, append, text), 0);
	assert_string_equal(text, want);
}

static void sums_are_kept_by_day_and_added(void **state)
{
	struct tally *t = tally_new();

	(void)state;
	tally_add(t, 0, "records", 2);
	tally_add(t, 5, "records", 3);
	tally_add(t, US_PER_DAY, "records", 7);
	tally_add(t, 0, "bad name!", 7);
	expect(t, "19700101 records 5\n19700102 records 7\n");
	tally_add(t, 0, "records", 1);
	expect(t, "19700101 records 6\n19700102 records 7\n");
	tally_free(t);
}

static void running_totals_count_what_they_grew_by(void **state)
{
	struct tally *t = tally_new();

	(void)state;
	/* a new boot counts from nothing, a known one from where it is */
	tally_running(t, 0, "a", 1, "fresh", 10, 1);
	tally_running(t, 0, "a", 1, "fresh", 15, 1);
	tally_running(t, 0, "a", 1, "known", 10, 0);
	tally_running(t, 0, "a", 1, "known", 15, 0);
	/* another boot of the same agent is another total */
	tally_running(t, 0, "a", 2, "fresh", 4, 1);
	/* a total that falls adds nothing */
	tally_running(t, 0, "a", 1, "known", 3, 0);
	expect(t, "19700101 fresh 19\n19700101 known 5\n");
	tally_free(t);
}

static void foreign_names_cannot_fill_memory(void **state)
{
	struct tally *t = tally_new();
	char name[32], text[65536] = "";
	int lines = 0;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		tally_add(t, 0, name, 1);
		tally_running(t, 0, "a", (uint64_t)i, "r", 1, 1);
	}
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(tally_write(t, db), 0);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(read_counters(db, 0, 99999999, append, text), 0);
	for (char *p = text; *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 256);
	tally_free(t);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    CASE(sums_are_kept_by_day_and_added),
	    CASE(running_totals_count_what_they_grew_by),
	    CASE(foreign_names_cannot_fill_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
