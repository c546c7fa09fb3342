/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "reports/nightly/zone.h"

static void need_zones(void)
{
	if (access("/usr/share/zoneinfo/Europe/Berlin", R_OK) != 0) {
		print_message("no time zones on this machine: skipped\n");
		skip();
	}
}

static void days_have_the_hours_that_clocks_give_them(void **state)
{
	static const struct {
		const char *zone, *date, *since;
		int hours;
	} cases[] = {
	    {"UTC", "2026-11-24", "2026-11-24T00:00:00.000000Z", 24},
	    {"Asia/Tokyo", "2026-11-24", "2026-11-23T15:00:00.000000Z", 24},
	    {"Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00.000000Z", 23},
	    {"Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00.000000Z", 25},
	    {"America/New_York", "2026-03-08", "2026-03-08T05:00:00.000000Z",
		23},
	    /* Here midnight itself is left out: the day begins at 01:00. */
	    {"Africa/Cairo", "2024-04-26", "2024-04-25T22:00:00.000000Z", 23},
	    /* And here 00:00 to 01:00 comes twice. */
	    {"America/Havana", "2026-11-01", "2026-11-01T04:00:00.000000Z", 25},
	    {"UTC", "2028-02-29", "2028-02-29T00:00:00.000000Z", 24},
	};

	(void)state;
	need_zones();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct zone_days d;
		char text[CLOCK_STRLEN];

		assert_true(timezone_exists(cases[i].zone));
		assert_int_equal(
		    zone_days(&d, cases[i].zone, cases[i].date, 0), 0);
		assert_string_equal(d.date, cases[i].date);
		assert_string_equal(
		    clock_format(d.begin_us[0], text), cases[i].since);
		if (d.end_us - d.begin_us[0] !=
		    cases[i].hours * 3600 * US_PER_S)
			fail_msg("%s %s has %lld s", cases[i].zone,
			    cases[i].date,
			    (long long)((d.end_us - d.begin_us[0]) / US_PER_S));
	}
}

static void the_days_before_touch(void **state)
{
	struct zone_days d, before;

	(void)state;
	need_zones();
	assert_int_equal(zone_days(&d, "Europe/Berlin", "2026-04-02", 0), 0);
	for (int i = 1; i < ZONE_DAYS; i++) {
		char date[40];

		zone_format("Europe/Berlin", d.begin_us[i], date);
		date[10] = '\0';
		assert_int_equal(
		    zone_days(&before, "Europe/Berlin", date, 0), 0);
		assert_int_equal(before.begin_us[0], d.begin_us[i]);
		assert_int_equal(before.end_us, d.begin_us[i - 1]);
	}
}

static void yesterday_is_of_the_zone(void **state)
{
	/* 2026-11-24T20:00:00Z: the 25th has begun in Tokyo. */
	int64_t now_us = INT64_C(1795550400) * US_PER_S;
	struct zone_days d;

	(void)state;
	need_zones();
	assert_int_equal(zone_days(&d, "UTC", "yesterday", now_us), 0);
	assert_string_equal(d.date, "2026-11-23");
	assert_int_equal(zone_days(&d, "Asia/Tokyo", "yesterday", now_us), 0);
	assert_string_equal(d.date, "2026-11-24");
	assert_int_equal(zone_days(&d, "Asia/Tokyo", "today", now_us), 0);
	assert_string_equal(d.date, "2026-11-25");
}

static void what_is_no_day_is_refused(void **state)
{
	static const char *const bad[] = {"", "2026-02-30", "2026-13-01",
	    "2026-1-1", "tomorrow", "2026-11-24T00:00:00Z", "26-11-24",
	    "2026-11-244", "2026-11-2x", "1969-12-31"};
	struct zone_days d;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (zone_days(&d, "UTC", bad[i], 0) == 0)
			fail_msg("%s is a day", bad[i]);
}

/* Letters and reports take the same words. */
static void an_offset_is_a_zone(void **state)
{
	struct zone_days d;
	char text[40];

	(void)state;
	assert_int_equal(zone_days(&d, "+05:30", "2026-11-24", 0), 0);
	assert_string_equal(zone_format("+05:30", d.begin_us[0], text),
	    "2026-11-24 00:00 +05:30");
	assert_string_equal(
	    zone_format("utc", d.begin_us[0], text), "2026-11-23 18:30 +00:00");
}

static void the_zone_of_the_process_stays(void **state)
{
	struct zone_days d;
	char text[40];

	(void)state;
	need_zones();
	setenv("TZ", "America/New_York", 1);
	assert_int_equal(zone_days(&d, "Asia/Tokyo", "2026-11-24", 0), 0);
	assert_string_equal(zone_format("Asia/Tokyo", d.begin_us[0], text),
	    "2026-11-24 00:00 +09:00");
	assert_string_equal(getenv("TZ"), "America/New_York");
	unsetenv("TZ");
	zone_format("Asia/Tokyo", d.begin_us[0], text);
	assert_null(getenv("TZ"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(days_have_the_hours_that_clocks_give_them),
	    cmocka_unit_test(the_days_before_touch),
	    cmocka_unit_test(yesterday_is_of_the_zone),
	    cmocka_unit_test(what_is_no_day_is_refused),
	    cmocka_unit_test(an_offset_is_a_zone),
	    cmocka_unit_test(the_zone_of_the_process_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
