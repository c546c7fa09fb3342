/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/stamp.h"

#include "tests/unit/analyzer/logins/cases.h"

#include "base/clock.h"

static const struct stamp_zone utc = {0};

static int64_t at(const char *text)
{
	int64_t us;

	assert_int_equal(clock_parse(&us, text, 0), 0);
	return us;
}

static void the_year_follows_from_the_clock(void **state)
{
	static const struct {
		const char *stamp, *now, *want;
	} cases[] = {
	    {"Nov 25 18:43:53", "2026-11-25T19:00:00Z", "2026-11-25T18:43:53Z"},
	    {"Nov  5 08:00:00", "2026-11-25T19:00:00Z", "2026-11-05T08:00:00Z"},
	    {"Nov 05 08:00:00", "2026-11-25T19:00:00Z", "2026-11-05T08:00:00Z"},
	    /* New Year: the clock of either may be ahead */
	    {"Dec 31 23:59:59", "2027-01-01T00:00:01Z", "2026-12-31T23:59:59Z"},
	    {"Jan  1 00:00:01", "2026-12-31T23:59:59Z", "2027-01-01T00:00:01Z"},
	    {"Nov 27 00:00:00", "2026-11-25T19:00:00Z", "2025-11-27T00:00:00Z"},
	    {"Feb 29 12:00:00", "2026-11-25T19:00:00Z", "2024-02-29T12:00:00Z"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scan s = whole(cases[i].stamp);
		int64_t us;

		assert_true(stamp_rfc3164(&s, &utc, at(cases[i].now), &us));
		assert_int_equal(us, at(cases[i].want));
		assert_ptr_equal(s.p, s.end);
	}
}

static void the_zone_is_the_configured_one(void **state)
{
	struct stamp_zone z;
	struct scan s = whole("Nov 25 18:43:53");
	int64_t us;

	(void)state;
	assert_int_equal(stamp_zone_parse(&z, "+09:00"), 0);
	assert_true(stamp_rfc3164(&s, &z, at("2026-11-25T19:00:00Z"), &us));
	assert_int_equal(us, at("2026-11-25T18:43:53+09:00"));

	setenv("TZ", "Asia/Tokyo", 1);
	assert_int_equal(stamp_zone_parse(&z, "local"), 0);
	s = whole("Nov 25 18:43:53");
	assert_true(stamp_rfc3164(&s, &z, at("2026-11-25T19:00:00Z"), &us));
	assert_int_equal(us, at("2026-11-25T18:43:53+09:00"));
	unsetenv("TZ");

	assert_int_equal(stamp_zone_parse(&z, "-03:30"), 0);
	assert_int_equal(z.offset_s, -12600);
	assert_int_equal(stamp_zone_parse(&z, "UTC"), 0);
	assert_int_equal(stamp_zone_parse(&z, "JST"), -1);
	assert_int_equal(stamp_zone_parse(&z, "+9"), -1);
	assert_int_equal(stamp_zone_parse(&z, "+15:00"), -1);
	assert_int_equal(stamp_zone_parse(&z, "+09:00x"), -1);
	assert_int_equal(stamp_zone_parse(&z, ""), -1);
}

static void what_is_no_time_is_not_taken(void **state)
{
	static const char *const bad[] = {"", "Nov", "nov 25 18:43:53",
	    "Nov 25 24:00:00", "Nov 31 10:00:00", "Nov 0 10:00:00",
	    "Nov  x 10:00:00", "Nov 25 18:60:00", "Nov 25 18:43:5",
	    "Nov 25 18:43", "2026-11-25 18:43:53", "Nov 32 18:43:53"};
	static const char *const bad_3339[] = {"2026-11-25T18:43:53",
	    "2026-11-25", "2026-13-25T18:43:53Z", "2026-11-25 18:43:53Z", "now",
	    "2026-11-25T18:43:53+99:00", "T"};
	int64_t us;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct scan s = whole(bad[i]);

		assert_false(
		    stamp_rfc3164(&s, &utc, at("2026-11-25T19:00:00Z"), &us));
		assert_ptr_equal(s.p, bad[i]);
	}
	for (size_t i = 0; i < sizeof(bad_3339) / sizeof(bad_3339[0]); i++) {
		struct scan s = whole(bad_3339[i]);

		assert_false(stamp_rfc3339(&s, &us));
	}
}

static void rfc_3339_has_fractions_and_zones(void **state)
{
	struct scan s = whole("2026-11-25T18:43:53.123456+09:00 host");
	int64_t us;

	(void)state;
	assert_true(stamp_rfc3339(&s, &us));
	assert_int_equal(us, at("2026-11-25T09:43:53Z") + 123456);
	assert_string_equal(s.p, " host");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_year_follows_from_the_clock),
	    cmocka_unit_test(the_zone_is_the_configured_one),
	    cmocka_unit_test(what_is_no_time_is_not_taken),
	    cmocka_unit_test(rfc_3339_has_fractions_and_zones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
