/* SPDX-License-Identifier: Apache-2.0 */
/* Ethernet frames around a TCP segment, with right checksums. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

#define NET_FRAME_MAX 1600

#define NET_FIN 0x01
#define NET_SYN 0x02
#define NET_RST 0x04
#define NET_PSH 0x08
#define NET_ACK 0x10

struct net_peer {
	struct addr addr;
	uint16_t port;
};
struct net_segment {
	struct net_peer src, dst; /* of one address family */
	bool upstream;            /* towards the outside: picks the MACs */
	int vlan;                 /* 0: no 802.1Q tag */
	uint16_t ip_id;
	uint8_t ttl;
	uint32_t seq, ack;
	uint8_t flags;
	uint16_t window;
	uint16_t mss; /* told in a SYN */
	const uint8_t *data;
	size_t len; /* at most the MSS */
};

/* Returns the frame's length. */
size_t net_build(const struct net_segment *s, uint8_t frame[NET_FRAME_MAX]);
