/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/zone.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"

#define FOLDER "/usr/share/zoneinfo/"

/* libc knows one zone at a time, that of TZ. */
struct scope {
	char *before;
};

static void enter(struct scope *s, const char *zone)
{
	const char *tz = getenv("TZ");

	s->before = tz ? strdup(tz) : NULL;
	setenv("TZ", strcmp(zone, "UTC") == 0 ? "UTC0" : zone, 1);
	tzset();
}

static void leave(struct scope *s)
{
	if (s->before)
		setenv("TZ", s->before, 1);
	else
		unsetenv("TZ");
	tzset();
	free(s->before);
}

bool zone_exists(const char *zone)
{
	char path[PATH_MAX], magic[4] = "";
	struct stat st;
	FILE *f;

	if (strcmp(zone, "UTC") == 0)
		return true;
	if (zone[0] == '/' || strstr(zone, "..") ||
	    strlen(zone) >= ZONE_NAME_BYTES)
		return false;
	for (const char *p = zone; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && !strchr("/_+-", *p))
			return false;
	snprintf(path, sizeof(path), FOLDER "%s", zone);
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	f = fopen(path, "r");
	if (!f)
		return false;
	(void)!fread(magic, 1, sizeof(magic), f);
	fclose(f);
	return memcmp(magic, "TZif", 4) == 0; /* RFC 8536 section 3.1 */
}

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
	struct scope scope;
	int rc;

	memset(d, 0, sizeof(*d));
	snprintf(d->zone, sizeof(d->zone), "%s", zone);
	enter(&scope, zone);
	rc = fill(d, date, now_us);
	leave(&scope);
	return rc;
}

const char *zone_format(const char *zone, int64_t ts_us, char buf[static 40])
{
	time_t t = (time_t)(ts_us / US_PER_S);
	struct scope scope;
	char offset[8];
	struct tm tm;

	enter(&scope, zone);
	if (localtime_r(&t, &tm)) {
		strftime(buf, 32, "%Y-%m-%d %H:%M", &tm);
		strftime(offset, sizeof(offset), "%z", &tm);
		snprintf(buf + 16, 24, " %.3s:%.2s", offset, offset + 3);
	} else {
		buf[0] = '\0';
	}
	leave(&scope);
	return buf;
}
