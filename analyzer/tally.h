/* SPDX-License-Identifier: Apache-2.0 */
/* Daily counters: summed in memory, added to the store with the batch that
 * they count. */
#pragma once

#include <stdint.h>

#include "store/db.h"

struct tally;

struct tally *tally_new(void);
void tally_free(struct tally *t);
/* Adds n to name on the UTC day of ts_us. Names are [a-z0-9_], at most 47
 * bytes; others, and more than 256 different ones, are dropped. */
void tally_add(struct tally *t, int64_t ts_us, const char *name, int64_t n);
/* An agent's running total: adds what it grew by since its last report. The
 * first report of a boot counts from 0 when fresh, else from itself. */
void tally_running(struct tally *t, int64_t ts_us, const char *agent,
    uint64_t boot, const char *name, uint64_t value, int fresh);
/* Inside a transaction. 0, or -1. */
int tally_write(struct tally *t, struct db *db);
