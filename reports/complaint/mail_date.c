/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/complaint/mail_date.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

static const char *skip_space(const char *p)
{
	return p + strspn(p, " \t");
}

/* 1 to max digits. NULL: there is none. */
static const char *take_number(const char *p, int max, int *n, int *digits)
{
	*n = *digits = 0;
	p = skip_space(p);
	while (isdigit((unsigned char)*p) && *digits < max) {
		*n = 10 * *n + (*p++ - '0');
		++*digits;
	}
	return *digits == 0 || isdigit((unsigned char)*p) ? NULL : p;
}

static const char *take_month(const char *p, int *month)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	p = skip_space(p);
	for (*month = 1; *month <= 12; ++*month)
		if (strncasecmp(p, names + 3 * (*month - 1), 3) == 0)
			return isalpha((unsigned char)p[3]) ? NULL : p + 3;
	return NULL;
}

/* Minutes east of UTC. What is not known is UTC (section 4.3). */
static const char *take_zone(const char *p, int *minutes)
{
	static const struct {
		const char *name;
		int hours;
	} names[] = {{"EDT", -4}, {"EST", -5}, {"CDT", -5}, {"CST", -6},
	    {"MDT", -6}, {"MST", -7}, {"PDT", -7}, {"PST", -8}};
	int n, digits, sign;

	*minutes = 0;
	p = skip_space(p);
	if (*p == '+' || *p == '-') {
		sign = *p == '-' ? -1 : 1;
		p = take_number(p + 1, 4, &n, &digits);
		if (p == NULL || digits != 4 || n % 100 > 59)
			return NULL;
		*minutes = sign * (n / 100 * 60 + n % 100);
		return p;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strncasecmp(p, names[i].name, 3) == 0)
			*minutes = 60 * names[i].hours;
	while (isalpha((unsigned char)*p))
		p++;
	return p;
}

static const char *take_time(const char *p, int *seconds)
{
	int h, m, s = 0, digits;

	p = take_number(p, 2, &h, &digits);
	if (p == NULL || *p != ':')
		return NULL;
	p = take_number(p + 1, 2, &m, &digits);
	if (p != NULL && *p == ':')
		p = take_number(p + 1, 2, &s, &digits);
	if (p == NULL || h > 23 || m > 59 || s > 60)
		return NULL;
	*seconds = 3600 * h + 60 * m + (s < 60 ? s : 59);
	return p;
}

static bool is_leap(int y)
{
	return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
}

/* Days since 1970-01-01. -1: the month has no such day. */
static int64_t day_number(int y, int month, int day)
{
	static const int length[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int64_t n = day - 1;

	if (day < 1 || day > length[month - 1] + (month == 2 && is_leap(y)))
		return -1;
	for (int i = 1970; i < y; i++)
		n += 365 + is_leap(i);
	for (int i = 1; i < month; i++)
		n += length[i - 1] + (i == 2 && is_leap(y));
	return n;
}

int mail_date_parse(int64_t *us, const char *text)
{
	const char *comma = strchr(text, ','), *p = text;
	int day, month, year, seconds, minutes, digits;
	int64_t days;

	if (comma != NULL && comma - skip_space(text) <= 9)
		p = comma + 1;
	if ((p = take_number(p, 2, &day, &digits)) == NULL ||
	    (p = take_month(p, &month)) == NULL ||
	    (p = take_number(p, 4, &year, &digits)) == NULL)
		return -1;
	if (digits == 2)
		year += year < 50 ? 2000 : 1900;
	else if (digits == 3)
		year += 1900;
	if (year < 1970 || (p = take_time(p, &seconds)) == NULL ||
	    (p = take_zone(p, &minutes)) == NULL)
		return -1;
	p = skip_space(p);
	days = day_number(year, month, day);
	if (days < 0 || (*p != '\0' && *p != '('))
		return -1;
	*us = (days * 86400 + seconds - 60 * minutes) * US_PER_S;
	return *us < 0 ? -1 : 0;
}
