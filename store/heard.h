/* SPDX-License-Identifier: Apache-2.0 */
/* When the analyzer last heard of somebody, by its clock, as it tells the
 * store now and then: a desk cannot ask the analyzer itself. */
#pragma once

#include <stdint.h>

#include "store/db.h"

#define HEARD_EVERY_US (INT64_C(10) * 1000000) /* the store lags so much */

enum heard {
	HEARD_AGENTS, /* a batch of any capture agent; counters come each
		       * second, also without mail */
	HEARD_LEASES, /* RADIUS, DHCP, files of leases: a session was told */
	HEARD_COUNT
};
/* One for each process that tells; zero at its start. */
struct heard_told {
	int64_t us[HEARD_COUNT];
};

/* Writes at most once in HEARD_EVERY_US. now_us INT64_MAX (what is read comes
 * from a file) writes nothing. Inside db_begin(). 0, or -1. */
int write_heard(
    struct db *db, struct heard_told *told, enum heard who, int64_t now_us);
/* 0: never. 0, or -1. */
int read_heard(struct db *db, enum heard who, int64_t *us);
