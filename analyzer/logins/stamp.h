/* SPDX-License-Identifier: Apache-2.0 */
/* The time at the head of a log line: RFC 3339 with its zone, or the form of
 * RFC 3164 section 4.1.2, which tells neither year nor zone. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/logins/scan.h"

/* Whose clock a line without a zone was written by. */
struct stamp_zone {
	bool local;       /* this machine's */
	int32_t offset_s; /* else: so much east of UTC */
};

/* "local", "utc", "+09:00". 0, or -1. */
int stamp_zone_parse(struct stamp_zone *z, const char *text);
/* Takes "2026-11-25T18:43:53.123+09:00"; a zone must be there. */
bool stamp_rfc3339(struct scan *s, int64_t *ts_us);
/* Takes "Nov 25 18:43:53". The year is the one that makes it the latest time
 * not more than a day after now_us: in January a line of December is of the
 * year before. */
bool stamp_rfc3164(
    struct scan *s, const struct stamp_zone *z, int64_t now_us, int64_t *ts_us);
