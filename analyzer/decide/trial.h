/* SPDX-License-Identifier: Apache-2.0 */
/* What another policy would have decided: the log through two engines, one
 * with the policies that the log was applied with, one that changes over at a
 * time. Nothing is written.
 *
 * The log stays what it was: mail that a block of the other policy would have
 * stopped is in it, and mail that only the old one stopped is not. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf.h"
#include "store/db.h"
#include "store/rows.h"

/* A block, or an incident without one. */
struct trial_event {
	char customer[ROW_ID_LEN];
	enum line_class line_class;
	enum incident_kind kind;
	int64_t at_us, until_us; /* until 0: no block */
	int64_t decision_seq;    /* of the old: as in the store; else 0 */
	int32_t score_milli;     /* here ... */
	int32_t other_milli;     /* ... and of the other engine, at that row */
	char summary[ROW_TEXT_LEN];
};
/* One of a pair may be NULL. */
struct trial_difference {
	const struct trial_event *old, *new;
};
struct trial_side {
	int64_t blocks, customers, incidents; /* customers: with a block */
};
struct trial_sum {
	int64_t rows;
	struct trial_side old, new;
	int64_t same; /* events that are equal */
	/* Events: of the old only, of the new only, of both but not equal. */
	int64_t lost, gained, changed;
};
struct trial_owner {
	void (*row)(void *arg); /* one is done */
	/* By time. Borrowed for the call. Not 0: it ends. */
	int (*difference)(void *arg, const struct trial_difference *d);
	void *arg;
};

/* The other policy applies from the first row of since_us on (0: of all);
 * events of since_us to until_us (0: no bound) are compared. 0; what
 * difference() returned; -1 with err. */
int trial_run(struct db *db, const struct conf *other, int64_t since_us,
    int64_t until_us, const struct trial_owner *owner, struct trial_sum *sum,
    char *err, size_t size);
