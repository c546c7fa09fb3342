/* SPDX-License-Identifier: Apache-2.0 */
/* Packets in, records out: which connection a packet belongs to, how its
 * handshake went, when it is over. Knows time only from packets. */
#pragma once

#include <stdbool.h>

#include "base/conf.h"
#include "capture/dpi.h"
#include "capture/emit.h"
#include "capture/net/packet.h"
#include "capture/radius_tap.h"

/* All borrowed. */
struct track_setup {
	const struct conf *conf;
	struct privacy *privacy;
	struct dpi *dpi;           /* NULL: not asked */
	struct radius_tap *radius; /* NULL: no PACKET_RADIUS comes */
	struct counters *counters;
	emit_put put;
	/* Before a Counters record: what is counted elsewhere. NULL: none. */
	void (*refresh)(void *arg);
	void *arg;
	/* The packets are of a file: estimates depend on them alone, not on
	 * a secret of this run. */
	bool repeatable;
};

struct track;

/* NULL: no memory. */
struct track *track_new(const struct track_setup *setup);
void track_free(struct track *t);
/* The watched ports as bits: port p is bit p % 8 of byte p / 8. Lives as long
 * as the track. */
const uint8_t *track_ports(const struct track *t);
/* Packet time from a time stamp: what is no time, or goes backwards, is
 * counted and becomes the time that was. */
int64_t track_clock(struct track *t, int64_t ts_us);
/* Of the first packet, and now; 0: none came yet. */
void track_times(const struct track *t, int64_t *first_us, int64_t *last_us);
/* Ends one connection or attempt that is due at now_us. False: none is. A
 * source that has to respect a full sink calls it until then, and goes on
 * with the packet afterwards. */
bool track_expire_one(struct track *t, int64_t now_us);
/* p->ts_us is from track_clock(). Expires all that is due first. */
void track_packet(struct track *t, const struct packet *p);
/* The same in parts, for who works ahead: the packet's hash; then, while there
 * is other work to do, what it will touch is fetched into the cache, in
 * TRACK_FETCHES steps from 0, each of which needs what the last one fetched. */
#define TRACK_FETCHES 4
uint32_t track_hash(const struct track *t, const struct packet *p);
void track_fetch(const struct track *t, const struct packet *p, uint32_t hash,
    unsigned int step);
void track_hashed(struct track *t, const struct packet *p, uint32_t hash);
/* Time goes on without packets. */
void track_advance(struct track *t, int64_t now_us);
/* The capture ended: ends one connection or attempt. False: none left; the
 * last Counters record was emitted. */
bool track_end_one(struct track *t);
