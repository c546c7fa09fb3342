/* SPDX-License-Identifier: Apache-2.0 */
/* Time: int64_t microseconds since the epoch, UTC. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define US_PER_S     INT64_C(1000000)
#define US_PER_DAY   (86400 * US_PER_S)
#define CLOCK_STRLEN 28 /* 2026-11-24T08:00:00.000000Z */

/* Wall clock. The core never calls it: it takes times as parameters. */
int64_t clock_now_us(void);
/* RFC 3339 with microseconds and Z. Returns buf. */
const char *clock_format(int64_t ts_us, char buf[static CLOCK_STRLEN]);
/* 20261124 for the UTC day of ts_us. */
int clock_day(int64_t ts_us);
/* What the analyst types: RFC 3339; "2026-11-24", "2026-11-24 08:00[:00]"
 * (UTC); "today", "yesterday", "now"; "-2h", "2h", "2h ago" (before now_us;
 * units s m h d w); "@EPOCHSECONDS". 0, or -1. */
int clock_parse(int64_t *ts_us, const char *text, int64_t now_us);
/* The same; local: where no zone is named, that of TZ is meant. */
int clock_parse_in(
    int64_t *ts_us, const char *text, int64_t now_us, bool local);
/* "10m", "24h", "7d", "90" (seconds). 0, or -1. Result in microseconds. */
int clock_parse_duration(int64_t *us, const char *text);
