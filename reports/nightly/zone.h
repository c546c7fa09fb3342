/* SPDX-License-Identifier: Apache-2.0 */
/* Days of a time zone: they begin at its midnight, and have 23 or 25 hours
 * when its clocks change. */
#pragma once

#include <stdint.h>

#include "reports/out/timezone.h"

#define ZONE_DAYS 8 /* a day and the seven before it */

struct zone_days {
	char zone[TIMEZONE_NAME_BYTES];
	char date[12]; /* 2026-11-24 */
	/* When the day began, the one before, ...; half open to the begin of
	 * the next, which for the first is end_us. */
	int64_t begin_us[ZONE_DAYS];
	int64_t end_us;
};

/* The day of a date, or of "today" or "yesterday" at now_us. 0; -1: it is no
 * day. timezone_exists() must hold. */
int zone_days(
    struct zone_days *d, const char *zone, const char *date, int64_t now_us);
/* "2026-11-24 09:00 +09:00". Returns buf. */
const char *zone_format(const char *zone, int64_t ts_us, char buf[static 40]);
