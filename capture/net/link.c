/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/net/link.h"

#include <pcap/dlt.h>

#define ETHERTYPE_IP     0x0800
#define ETHERTYPE_ARP    0x0806
#define ETHERTYPE_VLAN   0x8100
#define ETHERTYPE_IPV6   0x86dd
#define ETHERTYPE_MPLS   0x8847
#define ETHERTYPE_MPLS_M 0x8848
#define ETHERTYPE_PPPOED 0x8863
#define ETHERTYPE_PPPOE  0x8864
#define ETHERTYPE_QINQ   0x88a8
#define ETHERTYPE_QINQ_2 0x9100
#define LENGTH_MAX       1500 /* above: a type; else IEEE 802.3 length */

static int refuse(struct counters *c, enum counter why)
{
	counter_add(c, why, 1);
	return -1;
}

static int not_ip(uint16_t type, struct counters *c)
{
	switch (type) {
	case ETHERTYPE_ARP:
		return refuse(c, COUNTER_LINK_ARP);
	case ETHERTYPE_MPLS:
	case ETHERTYPE_MPLS_M:
		return refuse(c, COUNTER_LINK_MPLS_OTHER);
	case ETHERTYPE_PPPOED:
	case ETHERTYPE_PPPOE:
		return refuse(c, COUNTER_LINK_PPPOE_CONTROL);
	default:
		return refuse(c, COUNTER_LINK_OTHER);
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

static int ethertype(
    struct packet *p, uint16_t type, struct cursor *cur, struct counters *c)
{
	while (type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ ||
	       type == ETHERTYPE_QINQ_2) {
		uint16_t tci = cursor_be16(cur);

		type = cursor_be16(cur);
		if (p->outer.n_vlan == PACKET_VLANS_MAX)
			return refuse(c, COUNTER_LINK_VLANS);
		p->outer.vlan[p->outer.n_vlan++] = tci & 0x0fff;
	}
	if (type <= LENGTH_MAX && cursor_left(cur) >= 8)
		type = snap_type(cur);
	if (cur->error)
		return refuse(c, COUNTER_LINK_SHORT);
	if (type == ETHERTYPE_IP || type == ETHERTYPE_IPV6)
		return 0;
	return not_ip(type, c);
}

/* The family is in the byte order of whoever captured, and its number for
 * IPv6 differs between systems; the IP header itself says what it is. */
static int null_family(struct cursor *cur, struct counters *c)
{
	uint32_t family = cursor_le32(cur);

	if (cur->error)
		return refuse(c, COUNTER_LINK_SHORT);
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	switch (family) {
	case 2:
	case 10:
	case 24:
	case 28:
	case 30:
		return 0;
	default:
		return refuse(c, COUNTER_LINK_OTHER);
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
		return true;
	default:
		return false;
	}
}

int link_parse(
    struct packet *p, int linktype, struct cursor *cur, struct counters *c)
{
	uint16_t type;

	switch (linktype) {
	case DLT_EN10MB:
		cursor_skip(cur, 12);
		return ethertype(p, cursor_be16(cur), cur, c);
	case DLT_RAW:
	case DLT_IPV4:
	case DLT_IPV6:
		return 0;
	case DLT_NULL:
	case DLT_LOOP:
		return null_family(cur, c);
	case DLT_LINUX_SLL:
		cursor_skip(cur, 14);
		return ethertype(p, cursor_be16(cur), cur, c);
	case DLT_LINUX_SLL2:
		type = cursor_be16(cur);
		cursor_skip(cur, 18);
		return ethertype(p, type, cur, c);
	default:
		return refuse(c, COUNTER_LINK_UNKNOWN);
	}
}
