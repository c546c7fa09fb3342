/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/zone.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

static bool is_on(time_t t, const struct tm *day)
{
	struct tm tm;

	return localtime_r(&t, &tm) && tm.tm_year == day->tm_year &&
	       tm.tm_mon == day->tm_mon && tm.tm_mday == day->tm_mday;
}

/* The first second of a day; midnight itself may be left out, or come twice,
 * where clocks change then. */
static int64_t first_second(int year, int month, int mday)
{
	struct tm day = {.tm_year = year - 1900,
	    .tm_mon = month - 1,
	    .tm_mday = mday,
	    .tm_hour = 12,
	    .tm_isdst = -1};
	time_t noon = mktime(&day), t;
	struct tm midnight = day;

	midnight.tm_hour = midnight.tm_min = midnight.tm_sec = 0;
	midnight.tm_isdst = -1;
	t = mktime(&midnight);
	while (t < noon && !is_on(t, &day))
		t += 900;
	while (is_on(t - 900, &day))
		t -= 900;
	return (int64_t)t * US_PER_S;
}

/* "2026-11-24", a day that there is. */
static int parse_date(const char *s, struct tm *tm)
{
	int64_t ts_us;
	time_t t;

	if (strlen(s) != 10 || s[4] != '-' || s[7] != '-' ||
	    clock_parse(&ts_us, s, 0) != 0 || ts_us < 0)
		return -1;
	t = (time_t)(ts_us / US_PER_S);
	return gmtime_r(&t, tm) ? 0 : -1;
}

static int fill(struct zone_days *d, const char *date, int64_t now_us)
{
	bool today = strcmp(date, "today") == 0;
	time_t now = (time_t)(now_us / US_PER_S);
	struct tm tm;
	int year, month, day;

	if (today || strcmp(date, "yesterday") == 0) {
		if (!localtime_r(&now, &tm))
			return -1;
		tm.tm_mday -= !today;
	} else if (parse_date(date, &tm) != 0) {
		return -1;
	}
	year = tm.tm_year + 1900;
	month = tm.tm_mon + 1;
	day = tm.tm_mday;
	for (int i = 0; i < ZONE_DAYS; i++)
		d->begin_us[i] = first_second(year, month, day - i);
	d->end_us = first_second(year, month, day + 1);
	now = (time_t)(d->begin_us[0] / US_PER_S);
	if (!localtime_r(&now, &tm))
		return -1;
	snprintf(d->date, sizeof(d->date), "%04u-%02u-%02u",
	    (unsigned int)(tm.tm_year + 1900) % 10000,
	    (unsigned int)(tm.tm_mon + 1) % 100,
	    (unsigned int)tm.tm_mday % 100);
	return 0;
}

int zone_days(
    struct zone_days *d, const char *zone, const char *date, int64_t now_us)
{
	struct timezone_scope scope;
	int rc;

	memset(d, 0, sizeof(*d));
	snprintf(d->zone, sizeof(d->zone), "%s", zone);
	timezone_enter(&scope, zone);
	rc = fill(d, date, now_us);
	timezone_leave(&scope);
	return rc;
}

const char *zone_format(const char *zone, int64_t ts_us, char buf[static 40])
{
	time_t t = (time_t)(ts_us / US_PER_S);
	struct timezone_scope scope;
	char offset[8];
	struct tm tm;

	timezone_enter(&scope, zone);
	if (localtime_r(&t, &tm)) {
		strftime(buf, 32, "%Y-%m-%d %H:%M", &tm);
		strftime(offset, sizeof(offset), "%z", &tm);
		snprintf(buf + 16, 24, " %.3s:%.2s", offset, offset + 3);
	} else {
		buf[0] = '\0';
	}
	timezone_leave(&scope);
	return buf;
}
