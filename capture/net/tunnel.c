/* SPDX-License-Identifier: Apache-2.0 */
#include "base/addr.h"
#include "capture/net/walk.h"

#define PORT_L2TP        1701
#define PORT_GTP_U       2152
#define PORT_TEREDO      3544
#define PORT_VXLAN       4789
#define PORT_VXLAN_LINUX 8472 /* before the port was assigned */
#define PORT_GENEVE      6081
#define UDP_HEADER       8

#define UDP_HEADER 8

#define GRE_CHECKSUM 0x8000
#define GRE_ROUTING  0x4000
#define GRE_KEY      0x2000
#define GRE_SEQUENCE 0x1000
#define GRE_ACK      0x0080 /* version 1 */
#define GRE_VERSION  0x0007

#define GRE_PPP        0x880b
#define GRE_ERSPAN     0x88be /* types I and II */
#define GRE_ERSPAN_III 0x22eb

static struct addr address(const struct walk *w, const uint8_t *at)
{
	return w->v6 ? addr_from_v6(at) : addr_from_v4(at);
}

/* What follows is inside of a tunnel whose ends are those of the IP header
 * that was read last. */
static int enter(struct walk *w, Sekisho__Tunnel kind, uint32_t id)
{
	struct packet *p = w->p;

	if (w->cur.error)
		return walk_refuse(w, COUNTER_TUNNEL_SHORT);
	if (++w->tunnels > PACKET_TUNNELS_MAX)
		return walk_refuse(w, COUNTER_TUNNEL_DEPTH);
	counter_add(w->counters, COUNTER_TUNNEL_PACKETS, 1);
	p->outer.tunnel = (uint8_t)kind;
	p->outer.tunnel_id = id;
	p->outer.tunnel_addr = address(w, w->src);
	p->tunnel_dst = address(w, w->dst);
	w->reassembled = false;
	return 0;
}

int tunnel_ip(struct walk *w)
{
	return enter(w, SEKISHO__TUNNEL__TUNNEL_IP, 0) != 0 ? -1 : ip_parse(w);
}

/* draft-foschiano-erspan: type I has no header of its own, and no sequence
 * number in GRE; type II has 8 bytes; type III 12, and 8 more with O. */
static int erspan(struct walk *w, uint16_t flags, uint16_t protocol)
{
	uint32_t last;

	if (protocol == GRE_ERSPAN_III) {
		cursor_skip(&w->cur, 8);
		last = cursor_be32(&w->cur);
		cursor_skip(&w->cur, (last & 1) != 0 ? 8 : 0);
	} else if ((flags & GRE_SEQUENCE) != 0) {
		cursor_skip(&w->cur, 8);
	}
	if (enter(w, SEKISHO__TUNNEL__TUNNEL_GRE, 0) != 0)
		return -1;
	return link_ether(w);
}

/* PPTP (RFC 2637 section 4.1): the key is a length and the call. */
static int gre_v1(struct walk *w, uint16_t flags, uint16_t protocol)
{
	uint32_t key;

	if ((flags & GRE_KEY) == 0 || protocol != GRE_PPP)
		return walk_refuse(w, COUNTER_TUNNEL_OTHER);
	key = cursor_be32(&w->cur);
	if ((flags & GRE_SEQUENCE) == 0) /* only an acknowledgement */
		return walk_refuse(w, COUNTER_TUNNEL_CONTROL);
	cursor_skip(&w->cur, (flags & GRE_ACK) != 0 ? 8 : 4);
	if (enter(w, SEKISHO__TUNNEL__TUNNEL_GRE, key & 0xffff) != 0)
		return -1;
	if (cursor_left(&w->cur) >= 2 && w->cur.p[0] == 0xff &&
	    w->cur.p[1] == 0x03)
		cursor_skip(&w->cur, 2);
	return link_ppp(w);
}

/* RFC 2784, RFC 2890. */
int tunnel_gre(struct walk *w)
{
	uint16_t flags = cursor_be16(&w->cur), protocol = cursor_be16(&w->cur);
	uint32_t key = 0;

	if (w->cur.error)
		return walk_refuse(w, COUNTER_TUNNEL_SHORT);
	if ((flags & GRE_VERSION) == 1)
		return gre_v1(w, flags, protocol);
	/* Source routes (RFC 1701) have been obsolete since 2000. */
	if ((flags & GRE_VERSION) != 0 || (flags & GRE_ROUTING) != 0)
		return walk_refuse(w, COUNTER_TUNNEL_OTHER);
	if ((flags & GRE_CHECKSUM) != 0)
		cursor_skip(&w->cur, 4);
	if ((flags & GRE_KEY) != 0)
		key = cursor_be32(&w->cur);
	if ((flags & GRE_SEQUENCE) != 0)
		cursor_skip(&w->cur, 4);
	if (protocol == GRE_ERSPAN || protocol == GRE_ERSPAN_III)
		return erspan(w, flags, protocol);
	if (enter(w, SEKISHO__TUNNEL__TUNNEL_GRE, key) != 0)
		return -1;
	return link_ethertype(w, protocol);
}

/* RFC 2661 section 3.1. */
static int l2tp(struct walk *w)
{
	uint16_t flags = cursor_be16(&w->cur), session, tunnel;

	if ((flags & 0x000f) != 2 && !w->cur.error)
		return walk_refuse(w, COUNTER_TUNNEL_OTHER);
	if ((flags & 0x8000) != 0)
		return walk_refuse(w, COUNTER_TUNNEL_CONTROL);
	cursor_skip(&w->cur, (flags & 0x4000) != 0 ? 2 : 0);
	tunnel = cursor_be16(&w->cur);
	session = cursor_be16(&w->cur);
	cursor_skip(&w->cur, (flags & 0x0800) != 0 ? 4 : 0);
	if ((flags & 0x0200) != 0)
		cursor_skip(&w->cur, cursor_be16(&w->cur));
	if (enter(w, SEKISHO__TUNNEL__TUNNEL_L2TP,
		(uint32_t)tunnel << 16 | session) != 0)
		return -1;
	if (cursor_left(&w->cur) >= 2 && w->cur.p[0] == 0xff &&
	    w->cur.p[1] == 0x03)
		cursor_skip(&w->cur, 2);
	return link_ppp(w);
}

/* 3GPP TS 29.281 section 5.1. */
static int gtp_u(struct walk *w)
{
	uint8_t flags = cursor_u8(&w->cur), type = cursor_u8(&w->cur), next;
	uint32_t teid;

	cursor_skip(&w->cur, 2);
	teid = cursor_be32(&w->cur);
	if (w->cur.error)
		return walk_refuse(w, COUNTER_TUNNEL_SHORT);
	if (flags >> 5 != 1 || (flags & 0x10) == 0)
		return walk_refuse(w, COUNTER_TUNNEL_OTHER);
	if (type != 0xff)
		return walk_refuse(w, COUNTER_TUNNEL_CONTROL);
	if ((flags & 0x07) != 0) {
		cursor_skip(&w->cur, 3);
		next = cursor_u8(&w->cur);
		/* Its length counts 4 bytes each, its own and the type of
		 * the next one among them. */
		while (next != 0 && (flags & 0x04) != 0 && !w->cur.error) {
			size_t n = (size_t)cursor_u8(&w->cur) * 4;

			if (n == 0)
				return walk_refuse(w, COUNTER_TUNNEL_OTHER);
			cursor_skip(&w->cur, n - 2);
			next = cursor_u8(&w->cur);
		}
	}
	if (enter(w, SEKISHO__TUNNEL__TUNNEL_GTP_U, teid) != 0)
		return -1;
	return ip_parse(w);
}

/* RFC 7348 section 5. */
static int vxlan(struct walk *w)
{
	uint32_t flags = cursor_be32(&w->cur), vni = cursor_be32(&w->cur) >> 8;

	if ((flags & 0x08000000) == 0 && !w->cur.error)
		return walk_refuse(w, COUNTER_TUNNEL_OTHER);
	if (enter(w, SEKISHO__TUNNEL__TUNNEL_VXLAN, vni) != 0)
		return -1;
	return link_ether(w);
}

/* RFC 8926 section 3.4. */
static int geneve(struct walk *w)
{
	uint8_t first = cursor_u8(&w->cur), flags = cursor_u8(&w->cur);
	uint16_t protocol = cursor_be16(&w->cur);
	uint32_t vni = cursor_be32(&w->cur) >> 8;

	cursor_skip(&w->cur, (size_t)(first & 0x3f) * 4);
	if (first >> 6 != 0 && !w->cur.error)
		return walk_refuse(w, COUNTER_TUNNEL_OTHER);
	if ((flags & 0x80) != 0 && !w->cur.error)
		return walk_refuse(w, COUNTER_TUNNEL_CONTROL);
	if (enter(w, SEKISHO__TUNNEL__TUNNEL_GENEVE, vni) != 0)
		return -1;
	return link_ethertype(w, protocol);
}

/* RFC 4380 section 5.1.1: authentication and origin may come first. */
static int teredo(struct walk *w)
{
	struct cursor *c = &w->cur;

	if (cursor_left(c) >= 4 && c->p[0] == 0 && c->p[1] == 1)
		cursor_skip(c, (size_t)4 + c->p[2] + c->p[3] + 9);
	if (cursor_left(c) >= 2 && c->p[0] == 0 && c->p[1] == 0)
		cursor_skip(c, 8);
	if (cursor_left(c) < 1 || c->p[0] >> 4 != 6)
		return walk_refuse(w, COUNTER_IP_UDP);
	return tunnel_ip(w);
}

static bool is_radius(const struct walk *w, uint16_t port)
{
	return w->radius != NULL && (w->radius[port / 8] >> port % 8 & 1) != 0;
}

/* No tunnel: what UDP carries is for the reader of accounting. */
static int radius(struct walk *w, uint16_t src, uint16_t dst, uint16_t length)
{
	struct packet *p = w->p;

	if (w->cur.error || length < UDP_HEADER)
		return walk_refuse(w, COUNTER_IP_SHORT);
	p->kind = PACKET_RADIUS;
	p->sport = src;
	p->dport = dst;
	p->flags = 0;
	p->seq = p->ack = 0;
	p->wire_len = length - UDP_HEADER;
	p->len = (uint32_t)cursor_left(&w->cur);
	if (p->len > p->wire_len)
		p->len = p->wire_len;
	p->payload = cursor_bytes(&w->cur, p->len);
	ip_set_addresses(w);
	return 0;
}

int tunnel_udp(struct walk *w)
{
	uint16_t src = cursor_be16(&w->cur), dst = cursor_be16(&w->cur);
	uint16_t length = cursor_be16(&w->cur);

	cursor_skip(&w->cur, 2);
	if (dst == PORT_VXLAN || dst == PORT_VXLAN_LINUX)
		return vxlan(w);
	if (dst == PORT_GENEVE)
		return geneve(w);
	if (dst == PORT_GTP_U)
		return gtp_u(w);
	if (src == PORT_L2TP || dst == PORT_L2TP)
		return l2tp(w);
	if (src == PORT_TEREDO || dst == PORT_TEREDO)
		return teredo(w);
	if (is_radius(w, src) || is_radius(w, dst))
		return radius(w, src, dst, length);
	return walk_refuse(w, COUNTER_IP_UDP);
}

static bool type_at(const struct cursor *c, size_t at)
{
	return cursor_left(c) >= at + 2 &&
	       link_is_ethertype((uint16_t)(c->p[at] << 8 | c->p[at + 1]));
}

static bool is_ipv4_header(const uint8_t *p, size_t left)
{
	size_t n = (size_t)(p[0] & 0x0f) * 4;
	uint32_t sum = 0;

	if (n < 20 || n > left)
		return false;
	for (size_t i = 0; i < n; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	sum = (sum & 0xffff) + (sum >> 16);
	return ((sum & 0xffff) + (sum >> 16)) == 0xffff;
}

/* A MAC address may begin like an IP header; then a type stands behind the
 * addresses, and checksum or length are wrong for IP. */
static bool looks_like_ip(const struct cursor *c)
{
	size_t left = cursor_left(c), n;

	if (left < 20)
		return false;
	if (c->p[0] >> 4 == 4)
		return is_ipv4_header(c->p, left) || !type_at(c, 12);
	if (c->p[0] >> 4 != 6 || left < 40)
		return false;
	n = 40 + (size_t)(c->p[4] << 8 | c->p[5]);
	return (n <= left && left - n < 64) || !type_at(c, 12);
}

/* RFC 3032; below it IP, or Ethernet (RFC 4448) with or without the control
 * word of RFC 4385, which begins with four zero bits. Nothing says which. */
int tunnel_mpls(struct walk *w)
{
	uint32_t entry;

	if (++w->steps > WALK_STEPS_MAX)
		return walk_refuse(w, COUNTER_TUNNEL_DEPTH);
	do
		entry = cursor_be32(&w->cur);
	while ((entry & 0x100) == 0 && !w->cur.error);
	if (w->cur.error)
		return walk_refuse(w, COUNTER_LINK_SHORT);
	w->p->outer.mpls_label = entry >> 12;
	if (looks_like_ip(&w->cur))
		return ip_parse(w);
	if (cursor_left(&w->cur) > 0 && w->cur.p[0] >> 4 == 0 &&
	    type_at(&w->cur, 16)) {
		cursor_skip(&w->cur, 4);
		return link_ether(w);
	}
	if (type_at(&w->cur, 12))
		return link_ether(w);
	return walk_refuse(w, COUNTER_LINK_MPLS_OTHER);
}
