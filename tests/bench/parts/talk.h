/* SPDX-License-Identifier: Apache-2.0 */
/* The packets of one exchange between two hosts, kept with their times. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/gen/prng.h"

#define TALK_FIN 0x01
#define TALK_SYN 0x02
#define TALK_RST 0x04
#define TALK_PSH 0x08
#define TALK_ACK 0x10

#define TALK_MSS       1428 /* fits IPv6 with time stamps in 1500 bytes */
#define TALK_FRAME_MAX (14 + 40 + 40 + TALK_MSS)

enum talk_side { TALK_CLIENT, TALK_SERVER };

struct talk_peers {
	uint32_t client, server; /* numbers that become addresses */
	uint16_t port[2];
	uint32_t seq[2];
	bool v6;
};
struct talk_packet {
	int64_t ts_us;
	uint32_t off, len;
};
struct talk {
	struct talk_peers peers;
	struct prng rng;
	int64_t now_us;
	uint32_t rtt_us;
	uint32_t lost_permille; /* data segments sent again or late */
	struct talk_packet *v;
	size_t n, cap;
	uint8_t *bytes;
	size_t n_bytes, cap_bytes;
};

/* One frame into out[TALK_FRAME_MAX]; the sequence number goes on. Returns
 * its length. */
size_t talk_tcp_frame(struct talk_peers *p, enum talk_side from, int flags,
    const void *data, size_t len, int64_t ts_us, uint8_t *out);
/* Empties it; a server is on that port, the client's port is drawn. */
void talk_begin(struct talk *t, uint64_t seed, uint16_t port, int64_t now_us);
void talk_free(struct talk *t);
void talk_segment(struct talk *t, enum talk_side from, int flags,
    const void *data, size_t len);
void talk_udp(
    struct talk *t, enum talk_side from, const void *data, size_t len);
void talk_handshake(struct talk *t);
/* Any length: as many segments as it takes, acknowledged in pairs. */
void talk_say(
    struct talk *t, enum talk_side from, const void *data, size_t len);
void talk_printf(struct talk *t, enum talk_side from, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void talk_close(struct talk *t, enum talk_side first);
/* In the order of time. */
void talk_sort(struct talk *t);
