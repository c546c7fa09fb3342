/* SPDX-License-Identifier: Apache-2.0 */
/* Failed attempts, when there are too many to tell each: which are told
 * singly, and sums of the others for the clients that make most of them.
 *
 * A token bucket in packet time lets attempt_records a second pass. What is
 * above goes into a table of FLOOD_SUMS sums, each of one client's attempts
 * to one port, those to the operator's own servers apart. That is its key;
 * the table is kept by Space-Saving (Metwally, Agrawal, El Abbadi 2005): a
 * key that is not in the full table takes the place of the lightest one, and
 * its weight plus one. So of N attempts since the last telling, and W that
 * waited from before, every key with more than (N + W) / FLOOD_SUMS is in
 * the table, whatever the others do: 1,000,000 forged SYNs of as many
 * sources in a second cannot hide a scan of 1000 on one port in that second.
 * The weight serves this order only. What is told are the key's own attempts
 * since it came into the table, so that nobody is accused of another's
 * (Summary.error is 0), and what was displaced is counted. Distinct servers:
 * base/sketch.h.
 *
 * An attempt costs a keyed hash of the key, one of the server and a few
 * links. No result but the estimates of distinct servers depends on the
 * seed. Memory: FLOOD_SUMS times 300 bytes, with order and hash table. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/record.pb-c.h"
#include "capture/counters.h"

#define FLOOD_SUMS            1024
#define FLOOD_TOLD_PER_SECOND 256

/* What is summed together. */
struct flood_key {
	struct addr client;
	uint16_t server_port;
	bool own_servers; /* network { own_servers } */
};

struct flood;

/* counters: borrowed. attempt_records_per_s 0: tell all singly. seed: 16
 * bytes; who knows them can choose servers that look like fewer or more.
 * NULL: no memory. */
struct flood *flood_new(struct counters *counters,
    int64_t attempt_records_per_s, const uint8_t seed[16]);
void flood_free(struct flood *f);
/* Of a failed attempt whose first SYN came at start_us. True: tell it singly.
 * False: it was added to its key's summary. OUTCOME_NONE: it was evicted
 * before it had one. That is nothing to be told singly: it goes into the
 * summary always, or with no limit it is counted only. */
bool flood_attempt(struct flood *f, const struct flood_key *key,
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
