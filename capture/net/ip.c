/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/net/ip.h"

#include <stdbool.h>

#define PROTO_HOPOPTS 0
#define PROTO_ICMP    1
#define PROTO_IPIP    4
#define PROTO_TCP     6
#define PROTO_UDP     17
#define PROTO_IPV6    41
#define PROTO_ROUTING 43
#define PROTO_FRAG    44
#define PROTO_GRE     47
#define PROTO_ESP     50
#define PROTO_AH      51
#define PROTO_ICMPV6  58
#define PROTO_DSTOPTS 60

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define TCP_HEADER  20
/* More than any honest packet has. */
#define EXTENSIONS_MAX 8

static int refuse(struct counters *c, enum counter why)
{
	counter_add(c, why, 1);
	return -1;
}

/* wire: bytes of TCP that were sent; the cursor holds what was captured. */
static int tcp_parse(
    struct packet *p, struct cursor *cur, size_t wire, struct counters *c)
{
	size_t header;
	uint8_t offset;

	p->kind = PACKET_TCP;
	p->sport = cursor_be16(cur);
	p->dport = cursor_be16(cur);
	p->seq = cursor_be32(cur);
	p->ack = cursor_be32(cur);
	offset = cursor_u8(cur);
	p->flags = cursor_u8(cur);
	cursor_skip(cur, 6);
	if (cur->error)
		return refuse(c, COUNTER_TCP_SHORT);
	header = (size_t)(offset >> 4) * 4;
	if (header < TCP_HEADER || header > wire)
		return refuse(c, COUNTER_TCP_BAD);
	p->wire_len = (uint32_t)(wire - header);
	if (header - TCP_HEADER > cursor_left(cur))
		cursor_skip(cur, cursor_left(cur)); /* cut in the options */
	else
		cursor_skip(cur, header - TCP_HEADER);
	p->len = (uint32_t)cursor_left(cur);
	p->payload = cursor_bytes(cur, p->len);
	return 0;
}

/* Skips extension headers; next becomes the protocol behind them. -1:
 * counted. Only an atomic fragment (RFC 6946) is whole. */
static int extensions(struct cursor *cur, uint8_t *next, struct counters *c)
{
	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		uint8_t kind = *next, len;
		uint16_t frag;

		if (kind != PROTO_HOPOPTS && kind != PROTO_ROUTING &&
		    kind != PROTO_FRAG && kind != PROTO_DSTOPTS &&
		    kind != PROTO_AH)
			return 0;
		*next = cursor_u8(cur);
		len = cursor_u8(cur);
		frag = cursor_be16(cur);
		cursor_skip(cur, 4);
		if (kind == PROTO_FRAG && !cur->error && (frag & 0xfff9) != 0)
			return refuse(c, COUNTER_FRAGMENTS);
		if (kind == PROTO_AH) /* (len + 2) words, RFC 4302 */
			cursor_skip(cur, (size_t)len * 4);
		else if (kind != PROTO_FRAG)
			cursor_skip(cur, (size_t)len * 8);
		if (cur->error)
			return refuse(c, COUNTER_IP_SHORT);
	}
	return refuse(c, COUNTER_IP_EXTENSIONS);
}

/* RFC 792, RFC 4443: 8 bytes of ICMP, then the packet it is about, of which
 * at least ports and sequence number are there. */
static int quoted_parse(
    struct packet *p, struct cursor *cur, bool v6, struct counters *c)
{
	const uint8_t *src, *dst;
	uint8_t first, proto;

	cursor_skip(cur, 4);
	first = cursor_u8(cur);
	if (v6) {
		cursor_skip(cur, 5);
		proto = cursor_u8(cur);
		cursor_skip(cur, 1);
		src = cursor_bytes(cur, 16);
		dst = cursor_bytes(cur, 16);
	} else {
		cursor_skip(cur, 8);
		proto = cursor_u8(cur);
		cursor_skip(cur, 2);
		src = cursor_bytes(cur, 4);
		dst = cursor_bytes(cur, 4);
		if ((first & 0x0f) * 4 > IPV4_HEADER)
			cursor_skip(cur, (first & 0x0f) * 4 - IPV4_HEADER);
	}
	p->sport = cursor_be16(cur);
	p->dport = cursor_be16(cur);
	p->seq = cursor_be32(cur);
	if (cur->error || proto != PROTO_TCP || first >> 4 != (v6 ? 6 : 4))
		return refuse(c, COUNTER_ICMP_OTHER);
	p->kind = PACKET_UNREACHABLE;
	p->src = v6 ? addr_from_v6(src) : addr_from_v4(src);
	p->dst = v6 ? addr_from_v6(dst) : addr_from_v4(dst);
	counter_add(c, COUNTER_ICMP_UNREACHABLE, 1);
	return 0;
}

static int icmp_parse(
    struct packet *p, struct cursor *cur, bool v6, struct counters *c)
{
	uint8_t type = cursor_u8(cur), code = cursor_u8(cur);

	cursor_skip(cur, 2);
	/* IPv4 "fragmentation needed" says nothing about the port. */
	if (v6 ? type == 1 : type == 3 && code != 4)
		return quoted_parse(p, cur, v6, c);
	return refuse(c, COUNTER_ICMP_OTHER);
}

static int transport(struct packet *p, struct cursor *cur, uint8_t proto,
    size_t wire, bool v6, struct counters *c)
{
	switch (proto) {
	case PROTO_TCP:
		return tcp_parse(p, cur, wire, c);
	case PROTO_ICMP:
		return v6 ? refuse(c, COUNTER_IP_OTHER)
			  : icmp_parse(p, cur, false, c);
	case PROTO_ICMPV6:
		return v6 ? icmp_parse(p, cur, true, c)
			  : refuse(c, COUNTER_IP_OTHER);
	case PROTO_UDP:
		return refuse(c, COUNTER_IP_UDP);
	case PROTO_IPIP:
	case PROTO_IPV6:
	case PROTO_GRE:
		return refuse(c, COUNTER_TUNNEL_OTHER);
	case PROTO_ESP:
		return refuse(c, COUNTER_IP_ESP);
	default:
		return refuse(c, COUNTER_IP_OTHER);
	}
}

/* Cuts link padding off; a length that is longer than the capture means a
 * packet cut by the snapshot length. Returns the bytes that were sent. A
 * length of 0 is what segmentation offload leaves: all of it. */
static size_t fit(struct packet *p, size_t sent, struct counters *c)
{
	if (sent > p->ip_len)
		counter_add(c, COUNTER_PACKETS_TRUNCATED, 1);
	else
		p->ip_len = sent;
	return sent;
}

static int ipv4_parse(struct packet *p, struct counters *c)
{
	struct cursor cur;
	size_t header, total;
	uint16_t frag;
	uint8_t proto;
	const uint8_t *src, *dst;

	cursor_init(&cur, p->ip, p->ip_len);
	header = (size_t)(cursor_u8(&cur) & 0x0f) * 4;
	cursor_skip(&cur, 1);
	total = cursor_be16(&cur);
	cursor_skip(&cur, 2);
	frag = cursor_be16(&cur);
	cursor_skip(&cur, 1);
	proto = cursor_u8(&cur);
	cursor_skip(&cur, 2);
	src = cursor_bytes(&cur, 4);
	dst = cursor_bytes(&cur, 4);
	if (cur.error)
		return refuse(c, COUNTER_IP_SHORT);
	if (total == 0)
		total = p->ip_len;
	if (header < IPV4_HEADER || header > total)
		return refuse(c, COUNTER_IP_BAD);
	if ((frag & 0x3fff) != 0) /* more fragments, or an offset */
		return refuse(c, COUNTER_FRAGMENTS);
	p->src = addr_from_v4(src);
	p->dst = addr_from_v4(dst);
	total = fit(p, total, c);
	if (header > p->ip_len)
		return refuse(c, COUNTER_IP_SHORT);
	cursor_init(&cur, p->ip + header, p->ip_len - header);
	return transport(p, &cur, proto, total - header, false, c);
}

static int ipv6_parse(struct packet *p, struct counters *c)
{
	struct cursor cur;
	size_t total, skipped;
	uint8_t next;
	const uint8_t *src, *dst;

	cursor_init(&cur, p->ip, p->ip_len);
	cursor_skip(&cur, 4);
	total = cursor_be16(&cur);
	next = cursor_u8(&cur);
	cursor_skip(&cur, 1);
	src = cursor_bytes(&cur, 16);
	dst = cursor_bytes(&cur, 16);
	if (cur.error)
		return refuse(c, COUNTER_IP_SHORT);
	p->src = addr_from_v6(src);
	p->dst = addr_from_v6(dst);
	total = total == 0 ? p->ip_len : total + IPV6_HEADER;
	total = fit(p, total, c);
	cursor_init(&cur, p->ip + IPV6_HEADER, p->ip_len - IPV6_HEADER);
	if (extensions(&cur, &next, c) != 0)
		return -1;
	skipped = p->ip_len - cursor_left(&cur);
	return transport(p, &cur, next, total - skipped, true, c);
}

int ip_parse(struct packet *p, struct cursor *cur, struct counters *c)
{
	p->ip_len = cursor_left(cur);
	p->ip = cursor_bytes(cur, p->ip_len);
	if (p->ip_len == 0 || p->ip == NULL)
		return refuse(c, COUNTER_IP_SHORT);
	switch (p->ip[0] >> 4) {
	case 4:
		return ipv4_parse(p, c);
	case 6:
		return ipv6_parse(p, c);
	default:
		return refuse(c, COUNTER_IP_BAD);
	}
}
