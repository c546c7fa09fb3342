/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 (RFC 791), IPv6 with extension headers (RFC 8200), TCP header
 * (RFC 9293), and the TCP packet that an ICMP error quotes. */
#pragma once

#include "base/cursor.h"
#include "capture/net/packet.h"

/* The cursor is at the IP header. 0, or -1: counted. */
int ip_parse(struct packet *p, struct cursor *cur, struct counters *c);
