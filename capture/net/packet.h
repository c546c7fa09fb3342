/* SPDX-License-Identifier: Apache-2.0 */
/* One captured packet, taken apart: link header, IP, TCP. Every kind that
 * is not followed is counted by its name. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "capture/counters.h"

#define PACKET_VLANS_MAX 4

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10

enum packet_kind {
	PACKET_TCP,
	/* ICMP destination unreachable: addresses, ports and seq are those
	 * of the TCP packet that it quotes. */
	PACKET_UNREACHABLE
};

struct packet {
	enum packet_kind kind;
	int64_t ts_us;
	uint32_t vlan[PACKET_VLANS_MAX]; /* outermost first */
	size_t n_vlan;
	struct addr src, dst;
	uint16_t sport, dport;
	uint8_t flags;
	uint32_t seq, ack;
	/* Borrowed from the capture buffer. wire_len: as sent; more than len
	 * where the capture cut the packet. */
	const uint8_t *payload;
	uint32_t len, wire_len;
	const uint8_t *ip;
	size_t ip_len;
};

/* linktype: DLT_ value of libpcap. 0, or -1: counted, not for us. */
int packet_parse(struct packet *p, int linktype, const uint8_t *data,
    size_t len, int64_t ts_us, struct counters *c);
