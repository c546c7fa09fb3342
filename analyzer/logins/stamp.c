/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/stamp.h"

#include <strings.h>
#include <time.h>

#include "base/clock.h"

static bool two(struct scan *s, int max, int *v)
{
	if (s->end - s->p < 2 || !scan_is_digit((unsigned char)s->p[0]) ||
	    !scan_is_digit((unsigned char)s->p[1]))
		return false;
	*v = (s->p[0] - '0') * 10 + (s->p[1] - '0');
	s->p += 2;
	return *v <= max;
}

int stamp_zone_parse(struct stamp_zone *z, const char *text)
{
	struct scan s = {text, text + strlen(text)};
	int hours, minutes, sign;

	*z = (struct stamp_zone){.local = strcasecmp(text, "local") == 0};
	if (z->local || strcasecmp(text, "utc") == 0)
		return 0;
	sign = scan_text(&s, "-") ? -1 : scan_text(&s, "+") ? 1 : 0;
	if (sign == 0 || !two(&s, 14, &hours) || !scan_text(&s, ":") ||
	    !two(&s, 59, &minutes) || s.p != s.end)
		return -1;
	z->offset_s = sign * (hours * 3600 + minutes * 60);
	return 0;
}

static bool is_rfc3339(unsigned char c)
{
	return scan_is_digit(c) || (c != '\0' && strchr("-:.+TZtz", c) != NULL);
}

bool stamp_rfc3339(struct scan *s, int64_t *ts_us)
{
	struct scan at = *s;
	char text[48];
	size_t n;

	if (!scan_word(&at, is_rfc3339, text, sizeof(text)))
		return false;
	n = strlen(text);
	if (n < 20 || (text[10] != 'T' && text[10] != 't') ||
	    strpbrk(text + 19, "Zz+-") == NULL ||
	    clock_parse(ts_us, text, 0) != 0)
		return false;
	s->p = at.p;
	return true;
}

static bool month(struct scan *s, int *v)
{
	static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May",
	    "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

	for (*v = 0; *v < 12; (*v)++)
		if (scan_text(s, names[*v]))
			return true;
	return false;
}

/* Seconds of the epoch in that year; false: it has no such day. */
static bool in_year(
    struct tm tm, int year, const struct stamp_zone *z, int64_t *seconds)
{
	int day = tm.tm_mday;
	time_t t;

	tm.tm_year = year - 1900;
	tm.tm_isdst = -1;
	t = z->local ? mktime(&tm) : timegm(&tm);
	*seconds = (int64_t)t - (z->local ? 0 : z->offset_s);
	return t != (time_t)-1 && tm.tm_mday == day;
}

static bool with_year(const struct tm *tm, const struct stamp_zone *z,
    int64_t now_us, int64_t *ts_us)
{
	int year = clock_day(now_us) / 10000;
	int64_t seconds;

	/* The last day of February may be years ago. */
	for (int y = year + 1; y >= year - 8; y--) {
		if (!in_year(*tm, y, z, &seconds) ||
		    seconds * US_PER_S > now_us + US_PER_DAY)
			continue;
		*ts_us = seconds * US_PER_S;
		return true;
	}
	return false;
}

bool stamp_rfc3164(
    struct scan *s, const struct stamp_zone *z, int64_t now_us, int64_t *ts_us)
{
	struct scan at = *s;
	struct tm tm = {0};

	if (!month(&at, &tm.tm_mon) || !scan_text(&at, " "))
		return false;
	if (scan_text(&at, " ")) { /* " 5" */
		if (at.p == at.end || !scan_is_digit((unsigned char)*at.p))
			return false;
		tm.tm_mday = *at.p++ - '0';
	} else if (!two(&at, 31, &tm.tm_mday)) {
		return false;
	}
	if (tm.tm_mday < 1 || !scan_text(&at, " ") ||
	    !two(&at, 23, &tm.tm_hour) || !scan_text(&at, ":") ||
	    !two(&at, 59, &tm.tm_min) || !scan_text(&at, ":") ||
	    !two(&at, 60, &tm.tm_sec) || !with_year(&tm, z, now_us, ts_us))
		return false;
	s->p = at.p;
	return true;
}
