/* SPDX-License-Identifier: Apache-2.0 */
/* A short queue in front of the tracker. A table of many connections fits
 * into no cache: a packet would wait for its bucket, then for the flow that it
 * points to, then for the conn of that. Here the memory of one packet is on
 * its way while others are worked on (Chen, Ailamaki, Gibbons, Mowry 2004:
 * software-pipelined prefetching). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "capture/track.h"

#define AHEAD_PACKETS 16

struct ahead;

/* Both are borrowed. NULL: no memory. */
struct ahead *ahead_new(struct track *t, struct counters *c);
void ahead_free(struct ahead *a);
/* Takes a copy; not of AHEAD_PACKETS and one. No memory: counted, and gone. */
void ahead_put(struct ahead *a, const struct packet *p);
/* How many wait; of the oldest one the time. */
unsigned int ahead_count(const struct ahead *a, int64_t *ts_us);
/* The oldest one goes to the tracker. */
void ahead_work(struct ahead *a);
