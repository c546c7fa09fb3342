/* SPDX-License-Identifier: Apache-2.0 */
/* The way through one packet, layer by layer: link.c, tunnel.c and ip.c hand
 * it on to each other until there is TCP, or a reason to count. Each function
 * finds the cursor at its header; 0, or -1: counted. */
#pragma once

#include <stdbool.h>

#include "base/cursor.h"
#include "capture/net/frag.h"
#include "capture/net/link.h"
#include "capture/net/packet.h"

/* A step is at least two bytes, but for what is wrapped in nothing but
 * itself: no packet of a network is so deep. */
#define WALK_STEPS_MAX 64

struct walk {
	struct packet *p;
	struct cursor cur;
	struct counters *counters;
	struct frag_table *frags;
	const uint8_t *ports;     /* bits */
	const uint8_t *radius;    /* bits, of UDP; NULL: none */
	const uint8_t *src, *dst; /* of the IP header, 4 or 16 bytes */
	bool v6;
	bool checksums;
	bool reassembled; /* the IP header was made here */
	unsigned int tunnels, steps;
};

static inline int walk_refuse(struct walk *w, enum counter why)
{
	counter_add(w->counters, why, 1);
	return -1;
}

int link_parse(struct walk *w, int linktype);
int link_ether(struct walk *w);
int link_ethertype(struct walk *w, uint16_t type);
/* At the protocol field, behind the optional address and control. */
int link_ppp(struct walk *w);
bool link_is_ethertype(uint16_t type); /* one that is followed */

int ip_parse(struct walk *w);
/* Source and destination of the IP header into the packet. */
void ip_set_addresses(struct walk *w);

/* Protocol numbers and UDP ports of tunnels. */
int tunnel_ip(struct walk *w);
int tunnel_gre(struct walk *w);
int tunnel_udp(struct walk *w);
int tunnel_mpls(struct walk *w);
