/* SPDX-License-Identifier: Apache-2.0 */
/* From captured bytes to the tracker: packets are taken apart, wait a short
 * while in a queue (ahead.h), and come no faster than what they set free is
 * taken. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/conf.h"
#include "capture/counters.h"
#include "capture/emit.h"
#include "capture/privacy.h"

/* All borrowed. */
struct feed_setup {
	const struct conf *conf;
	struct privacy *privacy;
	struct counters *counters;
	emit_put put;
	void (*refresh)(void *arg); /* before a Counters record */
	/* Records have to wait. NULL: never, as on an interface, where time
	 * is that of the machine. */
	bool (*is_full)(void *arg);
	void *arg;
};

struct feed;

/* NULL: no memory, which was said. */
struct feed *feed_new(const struct feed_setup *setup);
void feed_free(struct feed *f);
/* Data is borrowed. False: it is full; the packet has to come again. */
bool feed_packet(struct feed *f, int linktype, const uint8_t *data, size_t len,
    int64_t ts_us);
/* No packet is at hand: those that wait have waited long enough. */
void feed_pause(struct feed *f);
/* Time goes on without packets; for an interface only. */
void feed_tick(struct feed *f);
enum feed_end { FEED_MORE, FEED_FULL, FEED_ENDED };
/* No more packets: ends what is open, some at a time. */
enum feed_end feed_end_some(struct feed *f);
/* Of the first packet and of the last; 0: there was none. */
void feed_times(const struct feed *f, int64_t *first_us, int64_t *last_us);
