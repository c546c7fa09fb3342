/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/letter/date.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

static const char *const months[] = {"January", "February", "March", "April",
    "May", "June", "July", "August", "September", "October", "November",
    "December"};
static const char *const days[] = {
    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const days_ja[] = {"日", "月", "火", "水", "木", "金", "土"};

/* "+09:00". */
static bool parse_offset(const char *zone, long *seconds)
{
	long h, m;

	if ((zone[0] != '+' && zone[0] != '-') || strlen(zone) != 6 ||
	    zone[3] != ':')
		return false;
	for (int i = 1; i < 6; i++)
		if (i != 3 && !isdigit((unsigned char)zone[i]))
			return false;
	h = (zone[1] - '0') * 10 + zone[2] - '0';
	m = (zone[4] - '0') * 10 + zone[5] - '0';
	if (h > 14 || m > 59)
		return false;
	*seconds = (zone[0] == '-' ? -1 : 1) * (h * 3600 + m * 60);
	return true;
}

/* Names go into TZ and into a path: nothing but what such names hold. */
static bool is_zone_name(const char *zone)
{
	char path[128];

	if (!isalpha((unsigned char)*zone) || strlen(zone) > 64 ||
	    strstr(zone, "..") ||
	    strspn(zone, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			 "0123456789/_+-") != strlen(zone))
		return false;
	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", zone);
	return access(path, R_OK) == 0;
}

int letter_zone_check(const char *zone)
{
	long seconds;

	return strcasecmp(zone, "local") == 0 || strcasecmp(zone, "utc") == 0 ||
		       parse_offset(zone, &seconds) || is_zone_name(zone)
		   ? 0
		   : -1;
}

/* TZ for a moment. */
static void named_time(time_t t, const char *zone, struct tm *tm)
{
	const char *was = getenv("TZ");
	char *kept = was ? strdup(was) : NULL, name[72];

	snprintf(name, sizeof(name), ":%s", zone);
	setenv("TZ", name, 1);
	tzset();
	localtime_r(&t, tm);
	if (kept)
		setenv("TZ", kept, 1);
	else
		unsetenv("TZ");
	tzset();
	free(kept);
}

struct when {
	struct tm tm;
	char name[16]; /* JST, UTC, +09:00 */
};

static void find_time(int64_t ts_us, const char *zone, struct when *w)
{
	time_t t = (time_t)(ts_us / US_PER_S);
	long seconds = 0;

	if (strcasecmp(zone, "utc") == 0 || parse_offset(zone, &seconds)) {
		t += seconds;
		gmtime_r(&t, &w->tm);
		w->tm.tm_gmtoff = seconds;
		snprintf(w->name, sizeof(w->name), "%s",
		    strcasecmp(zone, "utc") == 0 ? "UTC" : zone);
		return;
	}
	if (strcasecmp(zone, "local") == 0) {
		tzset();
		localtime_r(&t, &w->tm);
		strftime(w->name, sizeof(w->name), "%Z", &w->tm);
	} else {
		named_time(t, zone, &w->tm);
		/* %Z asks TZ again: the record itself holds the word. */
		snprintf(w->name, sizeof(w->name), "%s",
		    w->tm.tm_zone ? w->tm.tm_zone : zone);
	}
}

static void offset_text(const struct tm *tm, char text[static 8])
{
	long m = tm->tm_gmtoff / 60, a = m < 0 ? -m : m;

	snprintf(text, 8, "%c%02d%02d", m < 0 ? '-' : '+', (int)(a / 60 % 100),
	    (int)(a % 60));
}

const char *letter_date(int64_t ts_us, enum letter_date_form form,
    const char *zone, const char *lang, char buf[static LETTER_DATE_BYTES])
{
	struct when w = {0};
	const struct tm *tm = &w.tm;
	char offset[8], clock[32] = "";
	int year, wday;

	find_time(ts_us, zone, &w);
	offset_text(tm, offset);
	year = tm->tm_year + 1900;
	wday = tm->tm_wday % 7;
	if (form == LETTER_DATE_HEADER) {
		snprintf(buf, LETTER_DATE_BYTES,
		    "%s, %02d %.3s %04d %02d:%02d:%02d %s", days[wday],
		    tm->tm_mday, months[tm->tm_mon % 12], year, tm->tm_hour,
		    tm->tm_min, tm->tm_sec, offset);
	} else if (strcmp(lang, "ja") == 0) {
		if (form == LETTER_DATE_TIME)
			snprintf(clock, sizeof(clock), " %d時%02d分",
			    tm->tm_hour, tm->tm_min);
		snprintf(buf, LETTER_DATE_BYTES, "%d年%d月%d日（%s）%s", year,
		    tm->tm_mon + 1, tm->tm_mday, days_ja[wday], clock);
	} else if (strcmp(lang, "en") == 0) {
		if (form == LETTER_DATE_TIME)
			snprintf(clock, sizeof(clock), ", %d:%02d (%s)",
			    tm->tm_hour, tm->tm_min, w.name);
		snprintf(buf, LETTER_DATE_BYTES, "%d %s %d%s", tm->tm_mday,
		    months[tm->tm_mon % 12], year, clock);
	} else {
		if (form == LETTER_DATE_TIME)
			snprintf(clock, sizeof(clock), " %02d:%02d %s",
			    tm->tm_hour, tm->tm_min, offset);
		snprintf(buf, LETTER_DATE_BYTES, "%04d-%02d-%02d%s", year,
		    tm->tm_mon + 1, tm->tm_mday, clock);
	}
	return buf;
}
