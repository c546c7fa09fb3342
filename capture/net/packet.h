/* SPDX-License-Identifier: Apache-2.0 */
/* One captured packet, taken apart: link header, whatever wraps it, IP with
 * its fragments put together, TCP. Every kind that is not followed is
 * counted by its name. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/record.pb-c.h"
#include "capture/counters.h"

#define PACKET_VLANS_MAX 4
/* Headers of IP in IP (or in UDP) that are opened, one in the other. */
#define PACKET_TUNNELS_MAX 4

#define TCP_FIN 0x01
#define TCP_SYN 0x02
#define TCP_RST 0x04
#define TCP_ACK 0x10

enum packet_kind {
	PACKET_TCP,
	/* ICMP destination unreachable: addresses, ports and seq are those
	 * of the TCP packet that it quotes. */
	PACKET_UNREACHABLE,
	/* UDP to or from a port of packet_parser_radius(). */
	PACKET_RADIUS
};

/* What stood around the inner IP header and may name the customer: Outer of
 * record.proto. All zero: a plain packet. */
struct outer {
	uint16_t vlan[PACKET_VLANS_MAX]; /* outermost first; of all depths */
	uint8_t n_vlan;
	uint8_t tunnel;          /* enum Sekisho__Tunnel, the innermost */
	uint16_t pppoe_session;  /* 0: none */
	uint32_t mpls_label;     /* bottom of the stack; 0: none */
	uint32_t tunnel_id;      /* as Outer.tunnel_id; 0: none */
	struct addr tunnel_addr; /* a packet's: its outer source */
};

struct packet {
	enum packet_kind kind;
	int64_t ts_us;
	struct outer outer;
	struct addr tunnel_dst; /* set when outer.tunnel is */
	struct addr src, dst;
	uint16_t sport, dport;
	uint8_t flags;
	uint32_t seq, ack;
	/* Borrowed from the capture buffer, or from the parser until its next
	 * call. wire_len: as sent; more than len where the capture cut the
	 * packet. */
	const uint8_t *payload;
	uint32_t len, wire_len;
	const uint8_t *ip; /* the innermost IP header; NULL: not kept */
	size_t ip_len;
};

/* Owns the fragments that wait. */
struct packet_parser;

/* checksums: packets with a wrong one are refused. fragment_bytes: budget of
 * what waits. ports: what is watched, borrowed, 8192 bytes of bits; TCP to
 * and from other ports is counted (packets_other_port) and refused early.
 * counters is borrowed. NULL: no memory. */
struct packet_parser *packet_parser_new(struct counters *c, bool checksums,
    size_t fragment_bytes, const uint8_t ports[8192]);
/* UDP ports as ports above: RADIUS accounting. NULL: none, as before the
 * call. */
void packet_parser_radius(struct packet_parser *pp, const uint8_t *ports);
void packet_parser_free(struct packet_parser *pp);
/* linktype: DLT_ value of libpcap. 0, or -1: counted, not for us. */
int packet_parse(struct packet_parser *pp, struct packet *p, int linktype,
    const uint8_t *data, size_t len, int64_t ts_us);
