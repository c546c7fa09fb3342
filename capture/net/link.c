/* SPDX-License-Identifier: Apache-2.0 */
#include <pcap/dlt.h>

#include "capture/net/walk.h"

#define ETHERTYPE_IP     0x0800
#define ETHERTYPE_ARP    0x0806
#define ETHERTYPE_TEB    0x6558
#define ETHERTYPE_VLAN   0x8100
#define ETHERTYPE_IPV6   0x86dd
#define ETHERTYPE_MPLS   0x8847
#define ETHERTYPE_MPLS_M 0x8848
#define ETHERTYPE_PPPOED 0x8863
#define ETHERTYPE_PPPOE  0x8864
#define ETHERTYPE_QINQ   0x88a8
#define ETHERTYPE_QINQ_2 0x9100
#define ETHERTYPE_QINQ_3 0x9200
#define LENGTH_MAX       1500 /* above: a type; else IEEE 802.3 length */

/* RFC 1661 and the registry of PPP protocols. */
#define PPP_IP     0x0021
#define PPP_IPV6   0x0057
#define PPP_MPLS   0x0281
#define PPP_MPLS_M 0x0283

bool link_is_ethertype(uint16_t type)
{
	switch (type) {
	case ETHERTYPE_IP:
	case ETHERTYPE_IPV6:
	case ETHERTYPE_ARP:
	case ETHERTYPE_TEB:
	case ETHERTYPE_VLAN:
	case ETHERTYPE_QINQ:
	case ETHERTYPE_QINQ_2:
	case ETHERTYPE_QINQ_3:
	case ETHERTYPE_MPLS:
	case ETHERTYPE_MPLS_M:
	case ETHERTYPE_PPPOED:
	case ETHERTYPE_PPPOE:
		return true;
	default:
		return false;
	}
}

/* IEEE 802.2 SNAP with the type of an Ethernet frame (RFC 1042). */
static uint16_t snap_type(struct cursor *cur)
{
	uint16_t saps = cursor_be16(cur);
	uint32_t control_oui = cursor_be32(cur);

	return saps == 0xaaaa && control_oui == 0x03000000 ? cursor_be16(cur)
							   : 0;
}

/* IEEE 802.1Q. VLAN 0 only carries a priority. */
static uint16_t take_tag(struct walk *w)
{
	struct outer *o = &w->p->outer;
	uint16_t vid = cursor_be16(&w->cur) & 0x0fff;

	if (vid != 0 && o->n_vlan == PACKET_VLANS_MAX)
		counter_add(w->counters, COUNTER_LINK_VLANS, 1);
	else if (vid != 0)
		o->vlan[o->n_vlan++] = vid;
	return cursor_be16(&w->cur);
}

/* RFC 2516 section 4. */
static int pppoe(struct walk *w)
{
	uint8_t version_type = cursor_u8(&w->cur), code = cursor_u8(&w->cur);
	uint16_t session = cursor_be16(&w->cur);

	cursor_skip(&w->cur, 2);
	if (w->cur.error)
		return walk_refuse(w, COUNTER_LINK_SHORT);
	if (version_type != 0x11 || code != 0)
		return walk_refuse(w, COUNTER_LINK_PPPOE_CONTROL);
	w->p->outer.pppoe_session = session;
	return link_ppp(w);
}

int link_ethertype(struct walk *w, uint16_t type)
{
	if (++w->steps > WALK_STEPS_MAX)
		return walk_refuse(w, COUNTER_TUNNEL_DEPTH);
	while (type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ ||
	       type == ETHERTYPE_QINQ_2 || type == ETHERTYPE_QINQ_3)
		type = take_tag(w);
	if (type <= LENGTH_MAX && cursor_left(&w->cur) >= 8)
		type = snap_type(&w->cur);
	if (w->cur.error)
		return walk_refuse(w, COUNTER_LINK_SHORT);
	switch (type) {
	case ETHERTYPE_IP:
	case ETHERTYPE_IPV6:
		return ip_parse(w);
	case ETHERTYPE_PPPOE:
		return pppoe(w);
	case ETHERTYPE_MPLS:
	case ETHERTYPE_MPLS_M:
		return tunnel_mpls(w);
	case ETHERTYPE_TEB:
		return link_ether(w);
	case ETHERTYPE_PPPOED:
		return walk_refuse(w, COUNTER_LINK_PPPOE_CONTROL);
	case ETHERTYPE_ARP:
		return walk_refuse(w, COUNTER_LINK_ARP);
	default:
		return walk_refuse(w, COUNTER_LINK_OTHER);
	}
}

int link_ether(struct walk *w)
{
	cursor_skip(&w->cur, 12);
	return link_ethertype(w, cursor_be16(&w->cur));
}

/* The protocol may be compressed to one byte, an odd one (RFC 1661
 * section 6.5). */
int link_ppp(struct walk *w)
{
	uint16_t protocol = cursor_u8(&w->cur);

	if ((protocol & 1) == 0)
		protocol = (uint16_t)(protocol << 8 | cursor_u8(&w->cur));
	if (w->cur.error)
		return walk_refuse(w, COUNTER_LINK_SHORT);
	switch (protocol) {
	case PPP_IP:
	case PPP_IPV6:
		return ip_parse(w);
	case PPP_MPLS:
	case PPP_MPLS_M:
		return tunnel_mpls(w);
	default:
		return walk_refuse(w, COUNTER_LINK_PPP_OTHER);
	}
}

/* HDLC framing (RFC 1662): the address and control bytes may be left out. */
static int ppp_link(struct walk *w)
{
	if (cursor_left(&w->cur) >= 2 && w->cur.p[0] == 0xff &&
	    w->cur.p[1] == 0x03)
		cursor_skip(&w->cur, 2);
	return link_ppp(w);
}

/* The family is in the byte order of whoever captured, and its number for
 * IPv6 differs between systems; the IP header itself says what it is. */
static int null_family(struct walk *w)
{
	uint32_t family = cursor_le32(&w->cur);

	if (w->cur.error)
		return walk_refuse(w, COUNTER_LINK_SHORT);
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	switch (family) {
	case 2:
	case 10:
	case 24:
	case 28:
	case 30:
		return ip_parse(w);
	default:
		return walk_refuse(w, COUNTER_LINK_OTHER);
	}
}

bool link_is_known(int linktype)
{
	switch (linktype) {
	case DLT_EN10MB:
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
	case DLT_NULL:
	case DLT_LOOP:
	case DLT_LINUX_SLL:
	case DLT_LINUX_SLL2:
	case DLT_PPP:
	case DLT_PPP_SERIAL:
	case DLT_PPP_ETHER:
	case DLT_C_HDLC:
	case DLT_MPLS:
		return true;
	default:
		return false;
	}
}

int link_parse(struct walk *w, int linktype)
{
	uint16_t type;

	switch (linktype) {
	case DLT_EN10MB:
		return link_ether(w);
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
		return ip_parse(w);
	case DLT_NULL:
	case DLT_LOOP:
		return null_family(w);
	case DLT_LINUX_SLL:
		cursor_skip(&w->cur, 14);
		return link_ethertype(w, cursor_be16(&w->cur));
	case DLT_LINUX_SLL2:
		type = cursor_be16(&w->cur);
		cursor_skip(&w->cur, 18);
		return link_ethertype(w, type);
	case DLT_PPP:
	case DLT_PPP_SERIAL:
		return ppp_link(w);
	case DLT_PPP_ETHER:
		return pppoe(w);
	case DLT_C_HDLC: /* address, control, type */
		cursor_skip(&w->cur, 2);
		return link_ethertype(w, cursor_be16(&w->cur));
	case DLT_MPLS:
		return tunnel_mpls(w);
	default:
		return walk_refuse(w, COUNTER_LINK_UNKNOWN);
	}
}
