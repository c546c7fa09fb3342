/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* 0001-01-01 to 9999-12-31: what RFC 3339 can write. */
#define MIN_S INT64_C(-62135596800)
#define MAX_S INT64_C(253402300799)

int64_t clock_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * US_PER_S + ts.tv_nsec / 1000;
}

/* Seconds of the epoch, rounded down, and the microseconds that remain. */
static int64_t split(int64_t ts_us, int *us)
{
	int64_t s = ts_us / US_PER_S;
	int64_t rest = ts_us % US_PER_S;

	if (rest < 0) {
		rest += US_PER_S;
		s--;
	}
	*us = (int)rest;
	return s < MIN_S ? MIN_S : s > MAX_S ? MAX_S : s;
}

const char *clock_format(int64_t ts_us, char buf[static CLOCK_STRLEN])
{
	struct tm tm;
	int us;
	time_t s = (time_t)split(ts_us, &us);

	gmtime_r(&s, &tm);
	/* The remainders tell the compiler how long the text can be. */
	snprintf(buf, CLOCK_STRLEN, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ",
	    (unsigned int)(tm.tm_year + 1900) % 10000,
	    (unsigned int)(tm.tm_mon + 1) % 100, (unsigned int)tm.tm_mday % 100,
	    (unsigned int)tm.tm_hour % 100, (unsigned int)tm.tm_min % 100,
	    (unsigned int)tm.tm_sec % 100, (unsigned int)us % 1000000);
	return buf;
}

int clock_day(int64_t ts_us)
{
	struct tm tm;
	int us;
	time_t s = (time_t)split(ts_us, &us);

	gmtime_r(&s, &tm);
	return (tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday;
}

/* Exactly n digits at *s; -1 and *s unmoved when they are not there. */
static int digits(const char **s, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		char c = (*s)[i];

		if (c < '0' || c > '9')
			return -1;
		v = v * 10 + (c - '0');
	}
	*s += n;
	return v;
}

static bool take(const char **s, const char *any)
{
	if (**s == '\0' || strchr(any, **s) == NULL)
		return false;
	(*s)++;
	return true;
}

/* A decimal number of 1 to 12 digits; -1 otherwise. */
static int64_t number(const char **s)
{
	int64_t v = 0;
	int n = 0;

	while (**s >= '0' && **s <= '9') {
		if (++n > 12)
			return -1;
		v = v * 10 + (*(*s)++ - '0');
	}
	return n > 0 ? v : -1;
}

/* ".123456": digits behind the sixth are dropped. */
static int parse_fraction(const char **s, int64_t *us)
{
	int64_t scale = US_PER_S / 10;
	int n = 0;

	*us = 0;
	if (!take(s, "."))
		return 0;
	for (; **s >= '0' && **s <= '9'; (*s)++, n++) {
		*us += (**s - '0') * scale;
		scale /= 10;
	}
	return n > 0 ? 0 : -1;
}

/* "Z", "+09:00" or nothing. */
static int parse_zone(const char **s, int64_t *offset_s, bool *named)
{
	int hours, minutes, sign;

	*offset_s = 0;
	*named = **s != '\0';
	if (!*named || take(s, "Zz"))
		return 0;
	sign = **s == '-' ? -1 : 1;
	if (!take(s, "+-"))
		return -1;
	hours = digits(s, 2);
	if (hours < 0 || hours > 23)
		return -1;
	if (!take(s, ":"))
		return -1;
	minutes = digits(s, 2);
	if (minutes < 0 || minutes > 59)
		return -1;
	*offset_s = sign * (hours * 3600 + minutes * 60);
	return 0;
}

static int parse_time(
    const char **s, struct tm *tm, int64_t *us, int64_t *offset_s, bool *named)
{
	*named = false;
	*us = 0;
	*offset_s = 0;
	if (**s == '\0')
		return 0;
	if (!take(s, "Tt "))
		return -1;
	tm->tm_hour = digits(s, 2);
	if (tm->tm_hour < 0 || tm->tm_hour > 23 || !take(s, ":"))
		return -1;
	tm->tm_min = digits(s, 2);
	if (tm->tm_min < 0 || tm->tm_min > 59)
		return -1;
	if (take(s, ":")) {
		tm->tm_sec = digits(s, 2);
		/* RFC 3339 allows a leap second; it is the next second. */
		if (tm->tm_sec < 0 || tm->tm_sec > 60 ||
		    parse_fraction(s, us) != 0)
			return -1;
	}
	return parse_zone(s, offset_s, named);
}

static int days_in(int year, int month)
{
	static const uint8_t days[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (leap && month == 2);
}

/* The moment at which clocks in the zone of TZ show tm. */
static int64_t local_seconds(const struct tm *tm)
{
	struct tm t = *tm;

	t.tm_isdst = -1;
	return (int64_t)mktime(&t);
}

static int parse_absolute(int64_t *ts_us, const char *s, bool local)
{
	bool named;
	struct tm tm = {0};
	int64_t us, offset_s;
	int year, month, day;

	year = digits(&s, 4);
	if (year < 1 || !take(&s, "-"))
		return -1;
	month = digits(&s, 2);
	if (month < 1 || month > 12 || !take(&s, "-"))
		return -1;
	day = digits(&s, 2);
	if (day < 1 || day > days_in(year, month))
		return -1;
	tm.tm_year = year - 1900;
	tm.tm_mon = month - 1;
	tm.tm_mday = day;
	if (parse_time(&s, &tm, &us, &offset_s, &named) != 0 || *s != '\0')
		return -1;
	if (local && !named)
		*ts_us = local_seconds(&tm) * US_PER_S + us;
	else
		*ts_us = ((int64_t)timegm(&tm) - offset_s) * US_PER_S + us;
	return 0;
}

static int64_t unit_s(char c)
{
	switch (c) {
	case 's':
		return 1;
	case 'm':
		return 60;
	case 'h':
		return 3600;
	case 'd':
		return 86400;
	case 'w':
		return 7 * 86400;
	}
	return 0;
}

/* Number and unit; *s behind them. */
static int parse_span(const char **s, int64_t *us, bool unit_needed)
{
	int64_t n = number(s), unit;

	if (n < 0)
		return -1;
	unit = unit_s(**s);
	if (unit > 0)
		(*s)++;
	else if (unit_needed)
		return -1;
	else
		unit = 1;
	if (n > MAX_S / unit)
		return -1;
	*us = n * unit * US_PER_S;
	return 0;
}

static int parse_relative(int64_t *ts_us, const char *s, int64_t now_us)
{
	int64_t back_us;

	(void)take(&s, "-");
	if (parse_span(&s, &back_us, true) != 0)
		return -1;
	if (*s != '\0' && strcmp(s, " ago") != 0)
		return -1;
	*ts_us = now_us - back_us;
	return 0;
}

/* When the day of now_us that is days back began. */
static int64_t midnight_of(int64_t now_us, int days, bool local)
{
	int us;
	int64_t s = split(now_us, &us);
	time_t t = (time_t)s;
	struct tm tm;

	if (!local || !localtime_r(&t, &tm))
		return s - ((s % 86400) + 86400) % 86400 - days * 86400;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_mday -= days;
	return local_seconds(&tm);
}

int clock_parse(int64_t *ts_us, const char *text, int64_t now_us)
{
	return clock_parse_in(ts_us, text, now_us, false);
}

int clock_parse_in(int64_t *ts_us, const char *text, int64_t now_us, bool local)
{
	int64_t seconds;

	if (strcmp(text, "now") == 0) {
		*ts_us = now_us;
		return 0;
	}
	if (strcmp(text, "today") == 0) {
		*ts_us = midnight_of(now_us, 0, local) * US_PER_S;
		return 0;
	}
	if (strcmp(text, "yesterday") == 0) {
		*ts_us = midnight_of(now_us, 1, local) * US_PER_S;
		return 0;
	}
	if (*text == '@') {
		text++;
		seconds = number(&text);
		if (seconds < 0 || seconds > MAX_S || *text != '\0')
			return -1;
		*ts_us = seconds * US_PER_S;
		return 0;
	}
	if (parse_absolute(ts_us, text, local) == 0)
		return 0;
	return parse_relative(ts_us, text, now_us);
}

int clock_parse_duration(int64_t *us, const char *text)
{
	int64_t v;

	if (parse_span(&text, &v, false) != 0 || *text != '\0')
		return -1;
	*us = v;
	return 0;
}
