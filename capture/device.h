/* SPDX-License-Identifier: Apache-2.0 */
/* An interface that is open for capturing, by libpcap. */
#pragma once

#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "capture/fanout.h"

#define DEVICE_ERROR_BYTES 512
/* The kernel hands over a block of its ring when it is full, or after this.
 * Packets wait so long at most. */
#define DEVICE_BLOCK_MS  100
#define DEVICE_SETTLE_MS (2 * DEVICE_BLOCK_MS)

enum device_status {
	DEVICE_OPEN,
	DEVICE_MISSING, /* no such interface */
	DEVICE_DOWN,    /* there, but not up */
	DEVICE_REFUSED  /* anything else */
};

/* Ring and snap length as configured. *out is non-blocking and still deaf:
 * without a filter it would hear everything. Else err says what to do. */
enum device_status device_open(
    const struct conf *c, pcap_t **out, char err[DEVICE_ERROR_BYTES]);
/* What slipped in before it was deaf is in the ring DEVICE_SETTLE_MS after
 * device_open(), at the latest. Then this throws it away, joins share, where
 * not NULL, and begins to hear what passes the filter of the watched ports.
 * 0, or -1 with err. */
int device_begin(pcap_t *p, const struct conf *c, struct fanout *share,
    char err[DEVICE_ERROR_BYTES]);
/* The index of the interface under an open device; -1: the interface is
 * gone. */
int device_index(pcap_t *p);
/* No more packets from now on; those in the ring can still be read. */
void device_deafen(pcap_t *p);
