/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <time.h>

#include <string.h>

#include "base/clock.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* 2026-11-24T08:30:15.123456Z */
#define NOW INT64_C(1795509015123456)

static void times_are_rfc_3339(void **state)
{
	static const struct {
		int64_t ts_us;
		const char *text;
		int day;
	} cases[] = {
	    {0, "1970-01-01T00:00:00.000000Z", 19700101},
	    {1, "1970-01-01T00:00:00.000001Z", 19700101},
	    {-1, "1969-12-31T23:59:59.999999Z", 19691231},
	    {NOW, "2026-11-24T08:30:15.123456Z", 20261124},
	    {INT64_C(951782399999999), "2000-02-28T23:59:59.999999Z", 20000228},
	    {INT64_C(951782400000000), "2000-02-29T00:00:00.000000Z", 20000229},
	    {INT64_C(253402300799999999), "9999-12-31T23:59:59.999999Z",
		99991231},
	};
	char buf[CLOCK_STRLEN];
	int64_t back;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_string_equal(
		    clock_format(cases[i].ts_us, buf), cases[i].text);
		assert_int_equal(clock_day(cases[i].ts_us), cases[i].day);
		assert_int_equal(clock_parse(&back, buf, NOW), 0);
		assert_int_equal(back, cases[i].ts_us);
	}
}

static void times_beyond_any_calendar_do_not_overrun(void **state)
{
	char buf[CLOCK_STRLEN];

	(void)state;
	assert_int_equal(strlen(clock_format(INT64_MAX, buf)), 27);
	assert_int_equal(strlen(clock_format(INT64_MIN, buf)), 27);
	assert_int_equal(clock_day(INT64_MAX), 99991231);
	assert_int_equal(clock_day(INT64_MIN), 10101);
}

static void what_an_analyst_types_is_a_time(void **state)
{
	static const char *const cases[][2] = {
	    {"now", "2026-11-24T08:30:15.123456Z"},
	    {"today", "2026-11-24T00:00:00.000000Z"},
	    {"yesterday", "2026-11-23T00:00:00.000000Z"},
	    {"2026-11-24", "2026-11-24T00:00:00.000000Z"},
	    {"2026-11-24 08:00", "2026-11-24T08:00:00.000000Z"},
	    {"2026-11-24 08:00:09", "2026-11-24T08:00:09.000000Z"},
	    {"2026-11-24T08:00", "2026-11-24T08:00:00.000000Z"},
	    {"2026-11-24T08:00Z", "2026-11-24T08:00:00.000000Z"},
	    {"2026-11-24T08:00:00Z", "2026-11-24T08:00:00.000000Z"},
	    {"2026-11-24t08:00:00z", "2026-11-24T08:00:00.000000Z"},
	    {"2026-11-24T08:00:00.5Z", "2026-11-24T08:00:00.500000Z"},
	    {"2026-11-24T08:00:00.1234567Z", "2026-11-24T08:00:00.123456Z"},
	    {"2026-11-24T08:00:00+09:00", "2026-11-23T23:00:00.000000Z"},
	    {"2026-11-24T08:00:00-05:30", "2026-11-24T13:30:00.000000Z"},
	    {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"},
	    {"2024-02-29", "2024-02-29T00:00:00.000000Z"},
	    {"-2h", "2026-11-24T06:30:15.123456Z"},
	    {"2h", "2026-11-24T06:30:15.123456Z"},
	    {"2h ago", "2026-11-24T06:30:15.123456Z"},
	    {"15s", "2026-11-24T08:30:00.123456Z"},
	    {"30m", "2026-11-24T08:00:15.123456Z"},
	    {"1d", "2026-11-23T08:30:15.123456Z"},
	    {"2w ago", "2026-11-10T08:30:15.123456Z"},
	    {"0s", "2026-11-24T08:30:15.123456Z"},
	    {"@0", "1970-01-01T00:00:00.000000Z"},
	    {"@1795509015", "2026-11-24T08:30:15.000000Z"},
	};
	char buf[CLOCK_STRLEN];
	int64_t ts_us;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (clock_parse(&ts_us, cases[i][0], NOW) != 0)
			fail_msg("\"%s\"", cases[i][0]);
		assert_string_equal(clock_format(ts_us, buf), cases[i][1]);
	}
}

static void what_is_no_time_is_refused(void **state)
{
	static const char *const cases[] = {"", " ", "tomorrow", "Now", "2026",
	    "2026-11", "2026-13-01", "2026-00-01", "2026-11-31", "2026-02-29",
	    "1900-02-29", "2026-11-24x", "2026-11-24T", "2026-11-24T8:00",
	    "2026-11-24T24:00", "2026-11-24T08:60", "2026-11-24T08:00:61",
	    "2026-11-24T08:00:00.", "2026-11-24T08:00:00+9",
	    "2026-11-24T08:00:00+0900", "2026-11-24T08:00:00+24:00",
	    "2026-11-24T08:00:00Zx", "26-11-24", "2026/11/24", "0000-01-01",
	    "2", "-2", "h", "-h", "--2h", "2 h", "2h ago ", "2hago", "2y",
	    "2h30m", "9999999999999h", "999999999999w", "@", "@-1", "@1.5",
	    "@999999999999", "+2h"};
	int64_t ts_us;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (clock_parse(&ts_us, cases[i], NOW) != -1)
			fail_msg("accepted: \"%s\"", cases[i]);
}

static void durations_have_units(void **state)
{
	static const struct {
		const char *text;
		int rc;
		int64_t s;
	} cases[] = {{"10m", 0, 600}, {"24h", 0, 86400}, {"7d", 0, 604800},
	    {"90", 0, 90}, {"90s", 0, 90}, {"1w", 0, 604800}, {"0", 0, 0},
	    {"", -1, 0}, {"m", -1, 0}, {"-10m", -1, 0}, {"10 m", -1, 0},
	    {"10m ", -1, 0}, {"1.5h", -1, 0}, {"10y", -1, 0}, {"1h30m", -1, 0},
	    {"999999999999999999", -1, 0}, {"999999999999d", -1, 0}};
	int64_t us;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		if (clock_parse_duration(&us, cases[i].text) != cases[i].rc)
			fail_msg("\"%s\"", cases[i].text);
		if (cases[i].rc == 0)
			assert_int_equal(us, cases[i].s * US_PER_S);
	}
}

static void the_wall_clock_goes(void **state)
{
	int64_t a = clock_now_us();

	(void)state;
	assert_true(a > INT64_C(1600000000) * US_PER_S);
}

static void a_zone_counts_where_none_is_named(void **state)
{
	static const struct {
		const char *text, *want;
	} cases[] = {
	    {"2026-11-24 08:00", "2026-11-23T23:00:00.000000Z"},
	    {"2026-11-24", "2026-11-23T15:00:00.000000Z"},
	    {"2026-11-24T08:00:00Z", "2026-11-24T08:00:00.000000Z"},
	    {"2026-11-24T08:00+01:00", "2026-11-24T07:00:00.000000Z"},
	    {"today", "2026-11-24T15:00:00.000000Z"},
	    {"yesterday", "2026-11-23T15:00:00.000000Z"},
	    {"-1h", "2026-11-24T19:00:00.000000Z"},
	};
	/* 2026-11-24T20:00:00Z: in Japan it is the 25th. */
	const int64_t now_us = INT64_C(1795550400000000);

	(void)state;
	setenv("TZ", "JST-9", 1);
	tzset();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char buf[CLOCK_STRLEN];
		int64_t us = 0;

		assert_int_equal(
		    clock_parse_in(&us, cases[i].text, now_us, true), 0);
		assert_string_equal(clock_format(us, buf), cases[i].want);
	}
	unsetenv("TZ");
	tzset();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(times_are_rfc_3339),
	    cmocka_unit_test(times_beyond_any_calendar_do_not_overrun),
	    cmocka_unit_test(what_an_analyst_types_is_a_time),
	    cmocka_unit_test(what_is_no_time_is_refused),
	    cmocka_unit_test(durations_have_units),
	    cmocka_unit_test(the_wall_clock_goes),
	    cmocka_unit_test(a_zone_counts_where_none_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
