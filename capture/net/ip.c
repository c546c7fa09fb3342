/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 (RFC 791), IPv6 with extension headers (RFC 8200), TCP header
 * (RFC 9293), and the TCP packet that an ICMP error quotes. */
#include <string.h>

#include "base/addr.h"
#include "capture/net/checksum.h"
#include "capture/net/walk.h"

#define PROTO_HOPOPTS  0
#define PROTO_ICMP     1
#define PROTO_IPIP     4
#define PROTO_TCP      6
#define PROTO_UDP      17
#define PROTO_IPV6     41
#define PROTO_ROUTING  43
#define PROTO_FRAG     44
#define PROTO_GRE      47
#define PROTO_ESP      50
#define PROTO_AH       51
#define PROTO_ICMPV6   58
#define PROTO_NONE     59
#define PROTO_DSTOPTS  60
#define PROTO_MOBILITY 135
#define PROTO_HIP      139
#define PROTO_SHIM6    140

#define IPV4_HEADER 20
#define IPV6_HEADER 40
#define TCP_HEADER  20
/* More than any honest packet has. */
#define EXTENSIONS_MAX 8

void ip_set_addresses(struct walk *w)
{
	struct packet *p = w->p;

	p->src = w->v6 ? addr_from_v6(w->src) : addr_from_v4(w->src);
	p->dst = w->v6 ? addr_from_v6(w->dst) : addr_from_v4(w->dst);
}

static bool is_watched(const struct walk *w, uint16_t port)
{
	return (w->ports[port / 8] >> port % 8 & 1) != 0;
}

/* wire: bytes of TCP that were sent; the cursor holds what was captured. */
static int tcp_parse(struct walk *w, size_t wire)
{
	struct packet *p = w->p;
	struct cursor *cur = &w->cur;
	const uint8_t *start = cur->p;
	size_t captured = cursor_left(cur), header;
	uint8_t offset;

	p->sport = cursor_be16(cur);
	p->dport = cursor_be16(cur);
	if (!is_watched(w, p->sport) && !is_watched(w, p->dport))
		return walk_refuse(w, cur->error ? COUNTER_TCP_SHORT
						 : COUNTER_PACKETS_OTHER_PORT);
	p->kind = PACKET_TCP;
	p->seq = cursor_be32(cur);
	p->ack = cursor_be32(cur);
	offset = cursor_u8(cur);
	p->flags = cursor_u8(cur);
	cursor_skip(cur, 6);
	if (cur->error)
		return walk_refuse(w, COUNTER_TCP_SHORT);
	header = (size_t)(offset >> 4) * 4;
	if (header < TCP_HEADER || header > wire)
		return walk_refuse(w, COUNTER_TCP_BAD);
	if (w->checksums && captured == wire &&
	    !checksum_tcp(w->src, w->dst, w->v6 ? 16 : 4, start, wire))
		return walk_refuse(w, COUNTER_TCP_CHECKSUM_BAD);
	p->wire_len = (uint32_t)(wire - header);
	if (header - TCP_HEADER > cursor_left(cur))
		cursor_skip(cur, cursor_left(cur)); /* cut in the options */
	else
		cursor_skip(cur, header - TCP_HEADER);
	p->len = (uint32_t)cursor_left(cur);
	p->payload = cursor_bytes(cur, p->len);
	ip_set_addresses(w);
	return 0;
}

/* --- ICMP ----------------------------------------------------------------- */

/* RFC 792, RFC 4443: 8 bytes of ICMP, then the packet it is about, of which
 * at least ports and sequence number are there. */
static int quoted_parse(struct walk *w)
{
	struct packet *p = w->p;
	struct cursor *cur = &w->cur;
	const uint8_t *src, *dst;
	uint8_t first, proto;

	cursor_skip(cur, 4);
	first = cursor_u8(cur);
	if (w->v6) {
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
	if (cur->error || proto != PROTO_TCP || first >> 4 != (w->v6 ? 6 : 4))
		return walk_refuse(w, COUNTER_ICMP_OTHER);
	p->kind = PACKET_UNREACHABLE;
	p->flags = 0;
	p->ack = p->len = p->wire_len = 0;
	p->payload = NULL;
	w->src = src;
	w->dst = dst;
	ip_set_addresses(w);
	counter_add(w->counters, COUNTER_ICMP_UNREACHABLE, 1);
	return 0;
}

static int icmp_parse(struct walk *w)
{
	uint8_t type = cursor_u8(&w->cur), code = cursor_u8(&w->cur);

	cursor_skip(&w->cur, 2);
	/* IPv4 "fragmentation needed" says nothing about the port. */
	if (w->v6 ? type == 1 : type == 3 && code != 4)
		return quoted_parse(w);
	return walk_refuse(w, COUNTER_ICMP_OTHER);
}

/* -------------------------------------------------------------------------- */

static int transport(struct walk *w, uint8_t proto, size_t wire)
{
	switch (proto) {
	case PROTO_TCP:
		return tcp_parse(w, wire);
	case PROTO_UDP:
		return tunnel_udp(w);
	case PROTO_IPIP:
	case PROTO_IPV6:
		return tunnel_ip(w);
	case PROTO_GRE:
		return tunnel_gre(w);
	case PROTO_ICMP:
		return w->v6 ? walk_refuse(w, COUNTER_IP_OTHER) : icmp_parse(w);
	case PROTO_ICMPV6:
		return w->v6 ? icmp_parse(w) : walk_refuse(w, COUNTER_IP_OTHER);
	case PROTO_ESP:
		return walk_refuse(w, COUNTER_IP_ESP);
	default:
		return walk_refuse(w, COUNTER_IP_OTHER);
	}
}

/* Cuts link padding off; a length that is longer than the capture means a
 * packet cut by the snapshot length. Returns the bytes that were sent. A
 * length of 0 is what segmentation offload leaves: all of it. */
static size_t fit(struct walk *w, size_t sent)
{
	struct packet *p = w->p;

	if (sent > p->ip_len)
		counter_add(w->counters, COUNTER_PACKETS_TRUNCATED, 1);
	else
		p->ip_len = sent;
	return sent;
}

static bool is_followed(uint8_t proto)
{
	return proto == PROTO_TCP || proto == PROTO_UDP ||
	       proto == PROTO_IPIP || proto == PROTO_IPV6 || proto == PROTO_GRE;
}

/* Two customers may use the same private addresses. */
static uint64_t context_of(const struct outer *o)
{
	uint64_t c = o->tunnel_id;

	for (size_t i = 0; i < o->n_vlan; i++)
		c = c << 12 ^ o->vlan[i];
	c ^= (uint64_t)o->pppoe_session << 48 ^ (uint64_t)o->mpls_label << 20;
	for (size_t i = 0; i < sizeof(o->tunnel_addr.b); i++)
		c = c * 0x100000001b3 ^ o->tunnel_addr.b[i];
	return c;
}

static uint8_t *collect(struct walk *w, uint8_t proto, uint32_t id,
    const struct frag *f, size_t *len, size_t *head_len)
{
	struct frag_key key = {.context = context_of(&w->p->outer),
	    .id = id,
	    .protocol = proto,
	    .v6 = w->v6};

	key.src = w->v6 ? addr_from_v6(w->src) : addr_from_v4(w->src);
	key.dst = w->v6 ? addr_from_v6(w->dst) : addr_from_v4(w->dst);
	return frag_add(w->frags, &key, f, w->p->ts_us, len, head_len);
}

/* The datagram that was put together goes on like one that came whole. */
static int again(struct walk *w, const uint8_t *ip, size_t len)
{
	w->reassembled = true;
	cursor_init(&w->cur, ip, len);
	return ip_parse(w);
}

static int ipv4_fragment(struct walk *w, uint16_t field, uint16_t id,
    uint8_t proto, size_t header, size_t total)
{
	struct packet *p = w->p;
	struct frag f = {.offset = (uint32_t)(field & 0x1fff) * 8,
	    .more = (field & 0x2000) != 0,
	    .head = p->ip,
	    .head_len = header,
	    .data = p->ip + header,
	    .len = total - header};
	size_t len, head_len;
	uint8_t *whole;

	if (w->reassembled || total > p->ip_len)
		return walk_refuse(w, COUNTER_FRAGMENTS_BAD);
	if (!is_followed(proto))
		return walk_refuse(w, COUNTER_FRAGMENTS);
	whole = collect(w, proto, id, &f, &len, &head_len);
	if (whole == NULL)
		return -1;
	whole[2] = (uint8_t)(len >> 8);
	whole[3] = (uint8_t)len;
	whole[6] = whole[7] = 0;
	return again(w, whole, len);
}

static int ipv4_parse(struct walk *w)
{
	struct packet *p = w->p;
	struct cursor cur;
	size_t header, total;
	uint16_t frag, id;
	uint8_t proto;

	cursor_init(&cur, p->ip, p->ip_len);
	header = (size_t)(cursor_u8(&cur) & 0x0f) * 4;
	cursor_skip(&cur, 1);
	total = cursor_be16(&cur);
	id = cursor_be16(&cur);
	frag = cursor_be16(&cur);
	cursor_skip(&cur, 1);
	proto = cursor_u8(&cur);
	cursor_skip(&cur, 2);
	w->v6 = false;
	w->src = cursor_bytes(&cur, 4);
	w->dst = cursor_bytes(&cur, 4);
	if (cur.error)
		return walk_refuse(w, COUNTER_IP_SHORT);
	if (total == 0)
		total = p->ip_len;
	if (header < IPV4_HEADER || header > total)
		return walk_refuse(w, COUNTER_IP_BAD);
	total = fit(w, total);
	if (header > p->ip_len)
		return walk_refuse(w, COUNTER_IP_SHORT);
	if (w->checksums && !w->reassembled &&
	    checksum_fold(checksum_add(0, p->ip, header)) != 0xffff)
		return walk_refuse(w, COUNTER_IP_CHECKSUM_BAD);
	if ((frag & 0x3fff) != 0) /* more fragments, or an offset */
		return ipv4_fragment(w, frag, id, proto, header, total);
	cursor_init(&w->cur, p->ip + header, p->ip_len - header);
	return transport(w, proto, total - header);
}

/* --- IPv6 ----------------------------------------------------------------- */

struct extensions {
	struct cursor cur;
	uint8_t next;
	size_t next_at;   /* where in the packet next was read */
	size_t header_at; /* where the header it names begins */
};

static bool is_extension(uint8_t kind)
{
	switch (kind) {
	case PROTO_HOPOPTS:
	case PROTO_ROUTING:
	case PROTO_FRAG:
	case PROTO_DSTOPTS:
	case PROTO_AH:
	case PROTO_MOBILITY:
	case PROTO_HIP:
	case PROTO_SHIM6:
		return true;
	default:
		return false;
	}
}

/* The fragment header is at x->header_at. */
static int ipv6_fragment(struct walk *w, struct extensions *x, size_t total)
{
	struct packet *p = w->p;
	uint8_t next = cursor_u8(&x->cur);
	uint16_t field;
	uint32_t id;
	size_t len, head_len;
	uint8_t *whole;
	struct frag f = {.head = p->ip, .head_len = x->header_at};

	cursor_skip(&x->cur, 1);
	field = cursor_be16(&x->cur);
	id = cursor_be32(&x->cur);
	if (x->cur.error)
		return walk_refuse(w, COUNTER_IP_SHORT);
	if (w->reassembled || total > p->ip_len)
		return walk_refuse(w, COUNTER_FRAGMENTS_BAD);
	if (!is_followed(next) && !is_extension(next))
		return walk_refuse(w, COUNTER_FRAGMENTS);
	f.offset = field & 0xfff8;
	f.more = (field & 1) != 0;
	f.len = cursor_left(&x->cur);
	f.data = cursor_bytes(&x->cur, f.len);
	/* The first fragment says what is in it (RFC 8200 section 4.5). */
	whole = collect(w, 0, id, &f, &len, &head_len);
	if (whole == NULL)
		return -1;
	if (head_len != x->header_at)
		return walk_refuse(w, COUNTER_FRAGMENTS_BAD);
	whole[x->next_at] = next;
	whole[4] = (uint8_t)((len - IPV6_HEADER) >> 8);
	whole[5] = (uint8_t)(len - IPV6_HEADER);
	return again(w, whole, len);
}

/* Skips extension headers. 0; 1: stands before the fragment header of a real
 * fragment; -1: counted. An atomic fragment (RFC 6946) is whole. */
static int skip_extensions(struct walk *w, struct extensions *x)
{
	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		struct cursor before = x->cur;
		uint8_t kind = x->next, len;
		uint16_t frag;

		if (!is_extension(kind))
			return 0;
		x->next = cursor_u8(&x->cur);
		len = cursor_u8(&x->cur);
		frag = cursor_be16(&x->cur);
		cursor_skip(&x->cur, 4);
		if (kind == PROTO_FRAG && !x->cur.error &&
		    (frag & 0xfff9) != 0) {
			x->cur = before;
			return 1;
		}
		if (kind == PROTO_AH) /* (len + 2) words, RFC 4302 */
			cursor_skip(&x->cur, (size_t)len * 4);
		else if (kind != PROTO_FRAG)
			cursor_skip(&x->cur, (size_t)len * 8);
		if (x->cur.error)
			return walk_refuse(w, COUNTER_IP_SHORT);
		x->next_at = x->header_at;
		x->header_at = (size_t)(x->cur.p - w->p->ip);
	}
	return walk_refuse(w, COUNTER_IP_EXTENSIONS);
}

static int ipv6_parse(struct walk *w)
{
	struct packet *p = w->p;
	struct extensions x = {.next_at = 6, .header_at = IPV6_HEADER};
	size_t total;
	int rc;

	cursor_init(&x.cur, p->ip, p->ip_len);
	cursor_skip(&x.cur, 4);
	total = cursor_be16(&x.cur);
	x.next = cursor_u8(&x.cur);
	cursor_skip(&x.cur, 1);
	w->v6 = true;
	w->src = cursor_bytes(&x.cur, 16);
	w->dst = cursor_bytes(&x.cur, 16);
	if (x.cur.error)
		return walk_refuse(w, COUNTER_IP_SHORT);
	total = total == 0 ? p->ip_len : total + IPV6_HEADER;
	total = fit(w, total);
	cursor_init(&x.cur, p->ip + IPV6_HEADER, p->ip_len - IPV6_HEADER);
	rc = skip_extensions(w, &x);
	if (rc > 0)
		return ipv6_fragment(w, &x, total);
	if (rc < 0)
		return -1;
	w->cur = x.cur;
	return transport(w, x.next, total - x.header_at);
}

int ip_parse(struct walk *w)
{
	struct packet *p = w->p;

	if (++w->steps > WALK_STEPS_MAX)
		return walk_refuse(w, COUNTER_TUNNEL_DEPTH);
	p->ip_len = cursor_left(&w->cur);
	p->ip = cursor_bytes(&w->cur, p->ip_len);
	if (p->ip_len == 0 || p->ip == NULL)
		return walk_refuse(w, COUNTER_IP_SHORT);
	switch (p->ip[0] >> 4) {
	case 4:
		return ipv4_parse(w);
	case 6:
		return ipv6_parse(w);
	default:
		return walk_refuse(w, COUNTER_IP_BAD);
	}
}
