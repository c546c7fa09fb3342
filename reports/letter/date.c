/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/letter/date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "reports/out/timezone.h"

static const char *const months[] = {"January", "February", "March", "April",
    "May", "June", "July", "August", "September", "October", "November",
    "December"};
static const char *const days[] = {
    "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const days_ja[] = {"日", "月", "火", "水", "木", "金", "土"};

struct when {
	struct tm tm;
	char name[16]; /* JST, UTC, +09:00 */
};

static void find_time(int64_t ts_us, const char *zone, struct when *w)
{
	time_t t = (time_t)(ts_us / US_PER_S);
	struct timezone_scope scope;

	timezone_enter(&scope, zone);
	localtime_r(&t, &w->tm);
	if (zone[0] == '+' || zone[0] == '-')
		snprintf(w->name, sizeof(w->name), "%s", zone);
	else
		strftime(w->name, sizeof(w->name), "%Z", &w->tm);
	timezone_leave(&scope);
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
