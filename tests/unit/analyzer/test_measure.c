/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/measure.h"
#include "base/clock.h"
#include "base/record.pb-c.h"
#include "store/read.h"

/* 2026-11-24T00:00:00Z */
#define DAY_US INT64_C(1795478400000000)

static char dir[64], text[4096];
static struct db *db;
static struct tally *tally;

static int setup(void **state)
{
	char err[DB_ERROR_BYTES], path[96];

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/sekisho-measure-XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/x.db", dir);
	db = db_open(path, DB_CREATE, err);
	assert_non_null(db);
	tally = tally_new();
	assert_non_null(tally);
	return 0;
}

static int teardown(void **state)
{
	char cmd[128];

	(void)state;
	tally_free(tally);
	db_close(db);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	return system(cmd);
}

static int append(void *arg, int day, const char *name, int64_t value)
{
	(void)arg;
	(void)day;
	sprintf(text + strlen(text), "%s %lld\n", name, (long long)value);
	return 0;
}

static void expect(const char *want)
{
	text[0] = '\0';
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(tally_write(tally, db), 0);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(read_counters(db, 0, 99999999, append, NULL), 0);
	assert_string_equal(text, want);
}

/* From a line to a foreign server. */
static struct observation mail(enum verdict verdict)
{
	struct observation o;

	memset(&o, 0, sizeof(o));
	o.kind = OBS_TRANSACTION;
	o.ts_us = DAY_US;
	o.traffic_case = 2;
	o.server_port = 25;
	snprintf(o.customer, sizeof(o.customer), "C1");
	o.verdict = verdict;
	return o;
}

static void mails_count_by_what_could_be_seen(void **state)
{
	struct observation o = mail(VERDICT_SPOOFED);

	(void)state;
	assert_int_equal(sight_of(&o), SIGHT_JUDGED);
	measure_row(tally, &o);
	o.verdict = VERDICT_CANNOT_TELL;
	measure_row(tally, &o);
	o.kind = OBS_CLOSE;
	assert_int_equal(sight_of(&o), SIGHT_NONE);
	o.tls = SEKISHO__TLS_STATE__TLS_STARTED;
	measure_row(tally, &o);
	/* By way of our own servers: that is not what is looked at. */
	o = mail(VERDICT_SPOOFED);
	o.traffic_case = 1;
	assert_int_equal(sight_of(&o), SIGHT_NONE);
	measure_row(tally, &o);
	expect("sight_encrypted 1\nsight_judged 1\nsight_unjudged 1\n");
}

static void checks_count_by_result(void **state)
{
	struct observation o = mail(VERDICT_SPOOFED);

	(void)state;
	o.auth_state = AUTH_STATE_DONE;
	o.spf = SPF_FAIL;
	measure_row(tally, &o);
	o.spf = SPF_UNCHECKED;
	measure_row(tally, &o);
	o.auth_state = AUTH_STATE_PENDING;
	o.spf = SPF_FAIL;
	measure_row(tally, &o);
	expect("sight_judged 3\nspf_fail 1\n");
}

static void blocks_of_the_detector_are_timed(void **state)
{
	struct decision d = {.cause = CAUSE_DETECTOR,
	    .action = ACTION_BLOCK,
	    .since_us = DAY_US};

	(void)state;
	measure_decision(tally, &d, DAY_US + 30000);
	/* Clocks differ. */
	measure_decision(tally, &d, DAY_US - 5);
	/* A capture of last week. */
	measure_decision(tally, &d, DAY_US + 8 * US_PER_DAY);
	d.cause = CAUSE_MANUAL;
	measure_decision(tally, &d, DAY_US + 30000);
	/* By days: the one before is the first. */
	expect("latency_decided_10ms 1\n"
	       "latency_decided_50ms 1\nlatency_decided_us 30000\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		mails_count_by_what_could_be_seen, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		checks_count_by_result, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		blocks_of_the_detector_are_timed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
