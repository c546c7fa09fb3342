/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/out/timezone.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#define FOLDER "/usr/share/zoneinfo/"

/* "+09:00", less than 15 hours. */
static bool is_offset(const char *zone)
{
	if ((zone[0] != '+' && zone[0] != '-') || strlen(zone) != 6 ||
	    zone[3] != ':')
		return false;
	for (int i = 1; i < 6; i++)
		if (i != 3 && !isdigit((unsigned char)zone[i]))
			return false;
	return (zone[1] - '0') * 10 + zone[2] - '0' <= 14 && zone[4] < '6';
}

/* Names go into TZ and into a path: nothing but what such names hold. */
static bool is_name(const char *zone)
{
	return isalpha((unsigned char)*zone) &&
	       strlen(zone) < TIMEZONE_NAME_BYTES && !strstr(zone, "..") &&
	       strspn(zone,
		   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		   "abcdefghijklmnopqrstuvwxyz0123456789/_+-") == strlen(zone);
}

/* RFC 8536 section 3.1 */
static bool has_file(const char *name)
{
	char path[sizeof(FOLDER) + TIMEZONE_NAME_BYTES], magic[4] = "";
	struct stat st;
	FILE *f;

	snprintf(path, sizeof(path), FOLDER "%s", name);
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	f = fopen(path, "r");
	if (!f)
		return false;
	(void)!fread(magic, 1, sizeof(magic), f);
	fclose(f);
	return memcmp(magic, "TZif", 4) == 0;
}

static bool is_local(const char *zone)
{
	return strcasecmp(zone, "local") == 0;
}

static bool is_utc(const char *zone)
{
	return strcasecmp(zone, "utc") == 0;
}

bool timezone_exists(const char *zone)
{
	return is_local(zone) || is_utc(zone) || is_offset(zone) ||
	       (is_name(zone) && has_file(zone));
}

/* As TZ has it: an offset says what is to be added to get UTC, and a name has
 * no colon (POSIX.1-2017, XBD 8.3). */
static void put_tz(char *tz, size_t size, const char *zone)
{
	if (is_utc(zone))
		snprintf(tz, size, "UTC0");
	else if (is_offset(zone))
		snprintf(tz, size, "<%.3s%s>%c%s", zone, zone + 4,
		    zone[0] == '+' ? '-' : '+', zone + 1);
	else
		snprintf(tz, size, ":%s", zone);
}

void timezone_enter(struct timezone_scope *s, const char *zone)
{
	const char *before = getenv("TZ");
	char tz[TIMEZONE_NAME_BYTES + 1];

	*s = (struct timezone_scope){.changed = !is_local(zone)};
	if (s->changed) {
		s->before = before ? strdup(before) : NULL;
		put_tz(tz, sizeof(tz), zone);
		setenv("TZ", tz, 1);
	}
	tzset();
}

void timezone_leave(struct timezone_scope *s)
{
	if (!s->changed)
		return;
	if (s->before)
		setenv("TZ", s->before, 1);
	else
		unsetenv("TZ");
	tzset();
	free(s->before);
}
