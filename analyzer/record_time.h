/* SPDX-License-Identifier: Apache-2.0 */
/* Record time: the greatest time of a record. While none comes it goes on
 * with the clock, if it was the clock's when the last batch came: a capture of
 * last week that is sent to a live analyzer does not end what it began.
 *
 * The store remembers whether it was. So after a restart it goes on, too,
 * when no batch has come for a minute: what agents kept meanwhile goes first.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

struct record_time {
	int64_t us;
	bool is_now;    /* the last batch was of this minute */
	bool was_now;   /* as the store has it */
	bool heard;     /* a batch came since the start */
	int64_t due_us; /* unheard, it goes on from then; 0: not asked yet */
};

/* At a start; us: of what the log holds. 0, or -1 (store error). */
int record_time_open(struct record_time *t, struct db *db, int64_t us);
void record_time_seen(struct record_time *t, int64_t ts_us);
/* A batch has been seen; now_us: the clock, or INT64_MAX: it comes from a
 * file. Inside db_begin(). 0, or -1. */
int record_time_batch(struct record_time *t, struct db *db, int64_t now_us);
/* Now and then. */
void record_time_go_on(struct record_time *t, int64_t now_us);
