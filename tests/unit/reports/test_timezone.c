/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "reports/out/timezone.h"

static void zones_are_known_ones(void **state)
{
	static const char *const good[] = {
	    "local", "LOCAL", "utc", "UTC", "+09:00", "-03:30", "+14:59"};
	static const char *const bad[] = {"", "+9", "+25:00", "+15:00",
	    "+09:60", "+09-00", "+0a:00", "09:00", "Asia/Nowhere", "Asia",
	    "../etc/passwd", "Asia/../../../../etc/passwd", "/etc/passwd",
	    "JST-9", "JST-9 rm", "a b", "Asia/Tokyo\n", "zone.tab"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!timezone_exists(good[i]))
			fail_msg("%s is no zone", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (timezone_exists(bad[i]))
			fail_msg("%s is a zone", bad[i]);
}

static void look(const char *zone, const char *want)
{
	time_t t = 1793579587; /* 2026-11-02T00:33:07Z */
	struct timezone_scope scope;
	char text[40];
	struct tm tm;

	timezone_enter(&scope, zone);
	localtime_r(&t, &tm);
	strftime(text, sizeof(text), "%d %H:%M %z %Z", &tm);
	timezone_leave(&scope);
	assert_string_equal(text, want);
}

static void inside_it_is_that_zones_time(void **state)
{
	(void)state;
	setenv("TZ", "XYZ-9", 1);
	look("local", "02 09:33 +0900 XYZ");
	look("utc", "02 00:33 +0000 UTC");
	look("+05:30", "02 06:03 +0530 +0530");
	look("-03:30", "01 21:03 -0330 -0330");
	assert_string_equal(getenv("TZ"), "XYZ-9");
	look("local", "02 09:33 +0900 XYZ");
	unsetenv("TZ");
	look("+05:30", "02 06:03 +0530 +0530");
	assert_null(getenv("TZ"));
	if (timezone_exists("Asia/Tokyo"))
		look("Asia/Tokyo", "02 09:33 +0900 JST");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(zones_are_known_ones),
	    cmocka_unit_test(inside_it_is_that_zones_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
