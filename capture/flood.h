/* SPDX-License-Identifier: Apache-2.0 */
/* Failed attempts, when there are too many to tell each: which are told
 * singly, and sums of the others for the clients that make most of them.
 *
 * A token bucket in packet time lets attempt_records a second pass. What is
 * above goes into a table of FLOOD_CLIENTS clients, by Space-Saving
 * (Metwally, Agrawal, El Abbadi 2005): a client that is not in the full
 * table takes the place of the lightest one, and its weight plus one. So of
 * N attempts since the last telling, and W that waited from before, every
 * client with more than (N + W) / FLOOD_CLIENTS is in the table, whatever
 * the others do: 1,000,000 forged SYNs of as many sources in a second
 * cannot hide a scan of 1000 in that second. The weight serves this order
 * only. What is told are the client's own attempts since it came into the
 * table, so that nobody is accused of another's (Summary.error is 0), and
 * what was displaced is counted. Distinct servers: base/sketch.h.
 *
 * An attempt costs a keyed hash of the client, one of the server and a few
 * links. No result but the estimate of distinct servers depends on the
 * seed. Memory: FLOOD_CLIENTS times 200 bytes, with order and hash table. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/record.pb-c.h"
#include "capture/counters.h"

#define FLOOD_CLIENTS         1024
#define FLOOD_TOLD_PER_SECOND 256

struct flood;

/* counters: borrowed. attempt_records_per_s 0: tell all singly. seed: 16
 * secret bytes. NULL: no memory. */
struct flood *flood_new(struct counters *counters,
    int64_t attempt_records_per_s, const uint8_t seed[16]);
void flood_free(struct flood *f);
/* Of a failed attempt whose first SYN came at start_us. True: tell it singly.
 * False: it was added to its client's summary. OUTCOME_NONE: it was evicted
 * before it had one. That is nothing to be told singly: it goes into the
 * summary always, or with no limit it is counted only. */
bool flood_attempt(struct flood *f, const struct addr *client,
    const struct addr *server, Sekisho__Outcome outcome, int64_t start_us,
    int64_t now_us);
/* When summaries are to be told: the end of that second of packet time.
 * INT64_MAX: nothing waits. */
int64_t flood_due_us(const struct flood *f);
/* Calls put for those that are due, those with most attempts first, at most
 * FLOOD_TOLD_PER_SECOND; the others wait for the next second. all: the
 * capture ends, all are told. */
void flood_emit(struct flood *f, int64_t now_us, bool all,
    void (*put)(void *arg, const struct addr *client, Sekisho__Summary *s),
    void *arg);
