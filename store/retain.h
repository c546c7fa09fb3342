/* SPDX-License-Identifier: Apache-2.0 */
/* What is older than it may be goes, in steps that are transactions of their
 * own: whoever else writes waits for one at the most, and after a SIGKILL the
 * next purge goes on. Each day of observations and each kind leaves a row of
 * the audit log that counts what went, also before the kill.
 *
 * Stays, however old: what is open or in force, the rows that it rests on, and
 * what these name; rows of the log that no checkpoint holds; rows that are not
 * applied. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"
#include "store/rows.h"

enum retain_kind {
	RETAIN_OBSERVATIONS,
	RETAIN_DECISIONS,
	RETAIN_INCIDENTS,
	RETAIN_ACTIONS,
	RETAIN_LEASES,
	RETAIN_ENFORCEMENT, /* ended differences, requests that were done */
	RETAIN_SAMPLES,     /* what drivers held over time */
	RETAIN_SAID,        /* complaints, notes on customers */
	RETAIN_AUDIT,
	RETAIN_KIND_COUNT
};
struct retain_limits {
	/* What ended before goes; beginnings of UTC days. 0: nothing. */
	int64_t before_us[RETAIN_KIND_COUNT];
	int64_t rows; /* of one step; 0: 2000 */
	bool count;   /* only retain_count(): as if all was in a checkpoint */
};

struct retain;

/* One purge at a time: a descriptor to close() at its end, or -1: another one
 * runs, or see db_error(). The file FILE.purge stays. */
int retain_lock(struct db *db);
const char *retain_kind_name(enum retain_kind k);
/* Rows of the log that a checkpoint must hold before a purge with these
 * limits; 0: none. 0, or -1. */
int retain_boundary(
    struct db *db, const struct retain_limits *l, int64_t *applied_no);
/* Looks once for all that stays. who: operator, source, verb and reason of
 * the audit rows. NULL: see db_error(). */
struct retain *retain_new(
    struct db *db, const struct retain_limits *l, const struct audit *who);
void retain_free(struct retain *r); /* NULL is legal */
/* How many would go now. 0, or -1. */
int retain_count(struct retain *r, enum retain_kind k, int64_t *rows);
/* Kinds in their order. 1: there may be more, 0: no more of this kind, -1:
 * the step was not done; *rows: so many went. */
int retain_step(
    struct retain *r, enum retain_kind k, int64_t now_us, int64_t *rows);
/* What went is overwritten in the file, and in the write-ahead log as far as
 * no reader needs it. 0; 1: a reader still needs it; -1. */
int retain_flush(struct db *db);
