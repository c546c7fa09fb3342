/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pcap/dlt.h>

#include "capture/net/packet.h"
#include "tests/unit/capture/pkt.h"

#define HELLO "EHLO a.example\r\n"

#define IP     SEKISHO__TUNNEL__TUNNEL_IP
#define GRE    SEKISHO__TUNNEL__TUNNEL_GRE
#define L2TP   SEKISHO__TUNNEL__TUNNEL_L2TP
#define GTP_U  SEKISHO__TUNNEL__TUNNEL_GTP_U
#define VXLAN  SEKISHO__TUNNEL__TUNNEL_VXLAN
#define GENEVE SEKISHO__TUNNEL__TUNNEL_GENEVE

static uint8_t ports[8192] = {[25 / 8] = 1 << 25 % 8};
static struct counters counters;
static struct packet_parser *parser;

static int start(void **state)
{
	(void)state;
	parser = packet_parser_new(&counters, false, 65536, ports);
	return parser != NULL ? 0 : -1;
}

static int stop(void **state)
{
	(void)state;
	packet_parser_free(parser);
	return 0;
}

/* Exactly as long as the packet: a sanitizer sees a read past it. */
static int parse(struct packet *p, int link, const struct pkt *k, size_t n)
{
	static uint8_t *copy;

	free(copy);
	copy = malloc(n > 0 ? n : 1);
	assert_non_null(copy);
	memcpy(copy, k->b, n);
	memset(&counters, 0, sizeof(counters));
	memset(p, 0, sizeof(*p));
	return packet_parse(parser, p, link, copy, n, 1);
}

static void inner_v4(struct pkt *k)
{
	pkt_ipv4(k, 6, 20 + strlen(HELLO), 0);
	pkt_tcp(k, 1025, 25, 7, 9, TCP_ACK, HELLO);
}

static void inner_v6(struct pkt *k)
{
	pkt_ipv6(k, 6, 20 + strlen(HELLO));
	pkt_tcp(k, 1025, 25, 7, 9, TCP_ACK, HELLO);
}

/* A tunnel's header, then the packet in it. */
struct tunnel_case {
	const char *name;
	bool outer_v6;
	unsigned int protocol; /* of the outer IP header */
	uint8_t head[64];
	size_t n;
	bool ether, inner_v6;
	Sekisho__Tunnel kind;
	uint32_t id;
};

#define UDP(src, dst) (src) >> 8, (src)&0xff, (dst) >> 8, (dst)&0xff, 0, 0, 0, 0

static const struct tunnel_case cases[] = {
    {"IPIP", false, 4, {0}, 0, false, false, IP, 0},
    {"6in4", false, 41, {0}, 0, false, true, IP, 0},
    {"4in6 (DS-Lite, MAP-E)", true, 4, {0}, 0, false, false, IP, 0},
    {"6in6", true, 41, {0}, 0, false, true, IP, 0},
    {"GRE", false, 47, {0, 0, 8, 0}, 4, false, false, GRE, 0},
    {"GRE over IPv6", true, 47, {0, 0, 8, 0}, 4, false, false, GRE, 0},
    {"GRE: checksum, key, sequence", false, 47,
	{0xb0, 0, 0x86, 0xdd, 1, 2, 0, 0, 0, 0, 1, 2, 9, 9, 9, 9}, 16, false,
	true, GRE, 258},
    {"GRE: Ethernet", false, 47, {0x20, 0, 0x65, 0x58, 0, 0, 0, 7}, 8, true,
	false, GRE, 7},
    {"PPTP", false, 47,
	{0x30, 0x81, 0x88, 0x0b, 0, 9, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 3, 0,
	    0x21},
	20, false, false, GRE, 5},
    {"ERSPAN I", false, 47, {0, 0, 0x88, 0xbe}, 4, true, false, GRE, 0},
    {"ERSPAN II", false, 47, {0x10, 0, 0x88, 0xbe, [15] = 0}, 16, true, false,
	GRE, 0},
    {"ERSPAN III", false, 47, {0x10, 0, 0x22, 0xeb, [19] = 1, [27] = 0}, 28,
	true, false, GRE, 0},
    {"L2TP", false, 17, {UDP(1701, 1701), 0, 2, 0, 3, 0, 4, 0xff, 3, 0, 0x21},
	18, false, false, L2TP, 3 << 16 | 4},
    {"L2TP: length, sequence, offset, compressed", false, 17,
	{UDP(40000, 1701), 0x4a, 2, 0, 99, 0, 3, 0, 4, 1, 1, 2, 2, 0, 2, 8, 8,
	    0x21},
	25, false, false, L2TP, 3 << 16 | 4},
    {"GTP-U", false, 17, {UDP(2152, 2152), 0x30, 0xff, 0, 56, 0, 0, 1, 0}, 16,
	false, false, GTP_U, 256},
    {"GTP-U: two extension headers, IPv6", true, 17,
	{UDP(2152, 2152), 0x36, 0xff, 0, 56, 0, 0, 1, 0, 0, 1, 0, 0x85, 1, 0, 0,
	    0xc0, 2, 0, 0, 0, 0, 0, 0, 0},
	32, false, true, GTP_U, 256},
    {"VXLAN", false, 17, {UDP(40000, 4789), 8, 0, 0, 0, 0, 0, 5, 0}, 16, true,
	false, VXLAN, 5},
    {"VXLAN on its old port", true, 17,
	{UDP(40000, 8472), 8, 0, 0, 0, 0, 1, 0, 0}, 16, true, true, VXLAN, 256},
    {"Geneve", false, 17, {UDP(40000, 6081), 0, 0, 0x65, 0x58, 0, 0, 6, 0}, 16,
	true, false, GENEVE, 6},
    {"Geneve: options, IP", false, 17,
	{UDP(40000, 6081), 2, 0, 8, 0, 0, 0, 6, 0, 1, 2, 3, 4, 5, 6, 7, 8}, 24,
	false, false, GENEVE, 6},
    {"Teredo", false, 17, {UDP(3544, 40000)}, 8, false, true, IP, 0},
    {"Teredo: authentication and origin", false, 17,
	{UDP(3544, 40000), 0, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 1, 2, 3,
	    4, 5, 6},
	29, false, true, IP, 0},
};

static void build(struct pkt *k, const struct tunnel_case *t)
{
	struct pkt in = {.n = 0};

	if (t->ether)
		pkt_ether(&in, t->inner_v6 ? 0x86dd : 0x0800);
	if (t->inner_v6)
		inner_v6(&in);
	else
		inner_v4(&in);
	if (t->outer_v6)
		pkt_ipv6(k, t->protocol, t->n + in.n);
	else
		pkt_ipv4(k, t->protocol, t->n + in.n, 0);
	pkt_bytes(k, t->head, t->n);
	pkt_bytes(k, in.b, in.n);
}

static void is_hello(const struct packet *p, bool v6)
{
	assert_int_equal(p->kind, PACKET_TCP);
	assert_int_equal(p->sport, 1025);
	assert_int_equal(p->dport, 25);
	assert_int_equal(p->len, strlen(HELLO));
	assert_memory_equal(p->payload, HELLO, strlen(HELLO));
	assert_int_equal(addr_is_v4(&p->src), !v6);
}

static void each_tunnel_is_opened(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct tunnel_case *t = &cases[i];
		struct pkt k = {.n = 0};
		struct packet p;

		build(&k, t);
		if (parse(&p, DLT_RAW, &k, k.n) != 0)
			fail_msg("%s is not opened", t->name);
		is_hello(&p, t->inner_v6);
		if (p.outer.tunnel != (int)t->kind ||
		    p.outer.tunnel_id != t->id)
			fail_msg("%s: kind %d, id %u", t->name, p.outer.tunnel,
			    p.outer.tunnel_id);
		assert_int_equal(
		    addr_is_v4(&p.outer.tunnel_addr), !t->outer_v6);
		assert_false(addr_equal(&p.outer.tunnel_addr, &p.tunnel_dst));
		assert_int_equal(counters.v[COUNTER_TUNNEL_PACKETS], 1);
	}
}

/* Cut anywhere: counted once, or told with fewer bytes. */
static void a_cut_tunnel_is_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pkt k = {.n = 0};

		build(&k, &cases[i]);
		for (size_t n = 0; n < k.n; n++) {
			struct packet p;

			if (parse(&p, DLT_RAW, &k, n) == 0) {
				assert_true(p.len < strlen(HELLO));
				assert_int_equal(p.wire_len, strlen(HELLO));
			}
		}
	}
}

static void the_depth_is_bounded(void **state)
{
	struct pkt k = {.n = 0};
	struct packet p;
	size_t payload = 20 + strlen(HELLO);

	(void)state;
	for (int i = PACKET_TUNNELS_MAX; i > 0; i--)
		pkt_ipv4(&k, 4, (size_t)i * 20 + payload, 0);
	inner_v4(&k);
	assert_int_equal(parse(&p, DLT_RAW, &k, k.n), 0);
	assert_int_equal(
	    counters.v[COUNTER_TUNNEL_PACKETS], PACKET_TUNNELS_MAX);
	k.n = 0;
	for (int i = PACKET_TUNNELS_MAX + 1; i > 0; i--)
		pkt_ipv4(&k, 4, (size_t)i * 20 + payload, 0);
	inner_v4(&k);
	assert_int_equal(parse(&p, DLT_RAW, &k, k.n), -1);
	assert_int_equal(counters.v[COUNTER_TUNNEL_DEPTH], 1);
	/* Ethernet in MPLS in Ethernet in MPLS ... */
	k.n = 0;
	for (int i = 0; i < 200; i++) {
		pkt_ether(&k, 0x8847);
		pkt_be32(&k, 0x00001140);
	}
	assert_int_equal(parse(&p, DLT_EN10MB, &k, k.n), -1);
	assert_int_equal(counters.v[COUNTER_TUNNEL_DEPTH], 1);
}

static void control_messages_are_no_data(void **state)
{
	static const struct {
		uint8_t head[16];
		size_t n;
		unsigned int protocol;
		enum counter want;
	} rows[] = {
	    {{UDP(1701, 1701), 0xc8, 2, 0, 12}, 12, 17, COUNTER_TUNNEL_CONTROL},
	    {{UDP(1701, 1701), 0, 3, 0, 12}, 12, 17, COUNTER_TUNNEL_OTHER},
	    {{UDP(2152, 2152), 0x30, 1, 0, 0, 0, 0, 0, 0}, 16, 17,
		COUNTER_TUNNEL_CONTROL},
	    {{UDP(2152, 2152), 0x50, 1, 0, 0, 0, 0, 0, 0}, 16, 17,
		COUNTER_TUNNEL_OTHER},
	    {{UDP(40000, 4789), 0, 0, 0, 0, 0, 0, 0, 0}, 16, 17,
		COUNTER_TUNNEL_OTHER},
	    {{UDP(40000, 6081), 0, 0x80, 8, 0, 0, 0, 0, 0}, 16, 17,
		COUNTER_TUNNEL_CONTROL},
	    {{0x20, 0x81, 0x88, 0x0b, 0, 0, 0, 0}, 8, 47,
		COUNTER_TUNNEL_CONTROL},
	    {{0x40, 0, 8, 0}, 4, 47, COUNTER_TUNNEL_OTHER},
	    {{UDP(53, 53)}, 8, 17, COUNTER_IP_UDP},
	    {{UDP(3544, 3544), 9}, 9, 17, COUNTER_IP_UDP},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pkt k = {.n = 0};
		struct packet p;

		pkt_ipv4(&k, rows[i].protocol, rows[i].n, 0);
		pkt_bytes(&k, rows[i].head, rows[i].n);
		assert_int_equal(parse(&p, DLT_RAW, &k, k.n), -1);
		if (counters.v[rows[i].want] != 1)
			fail_msg("row %zu: %s", i, counter_name(rows[i].want));
	}
}

static void mpls_carries_ip_or_ethernet(void **state)
{
	static const uint8_t labels[] = {0, 1, 0, 64, 0, 2, 0, 64, 0, 3, 1, 64};
	static const uint8_t word[4] = {0};
	struct packet p;

	(void)state;
	for (int form = 0; form < 4; form++) {
		struct pkt k = {.n = 0};

		pkt_ether(&k, 0x8847);
		pkt_bytes(&k, labels, sizeof(labels));
		if (form == 2)
			pkt_bytes(&k, word, 4);
		if (form >= 2)
			pkt_ether(&k, 0x0800);
		if (form == 3) /* a MAC address like the head of IPv4 */
			k.b[14 + 12] = 0x45;
		if (form == 1)
			inner_v6(&k);
		else
			inner_v4(&k);
		assert_int_equal(parse(&p, DLT_EN10MB, &k, k.n), 0);
		is_hello(&p, form == 1);
		assert_int_equal(p.outer.mpls_label, 0x30);
		assert_int_equal(p.outer.tunnel, 0);
	}
}

static void identifiers_of_all_layers_stay(void **state)
{
	struct pkt k = {.n = 0}, in = {.n = 0};
	struct packet p;

	(void)state;
	inner_v4(&in);
	pkt_ether(&k, 0x88a8);
	pkt_be16(&k, 7);
	pkt_be16(&k, 0x8100);
	pkt_be16(&k, 8);
	pkt_be16(&k, 0x8864);
	pkt_be16(&k, 0x1100);
	pkt_be16(&k, 0x1234);
	pkt_be16(&k, 0);
	pkt_be16(&k, 0x0057);
	pkt_ipv6(&k, 4, in.n);
	pkt_bytes(&k, in.b, in.n);
	assert_int_equal(parse(&p, DLT_EN10MB, &k, k.n), 0);
	is_hello(&p, false);
	assert_int_equal(p.outer.n_vlan, 2);
	assert_int_equal(p.outer.vlan[0], 7);
	assert_int_equal(p.outer.vlan[1], 8);
	assert_int_equal(p.outer.pppoe_session, 0x1234);
	assert_int_equal(p.outer.tunnel, IP);
	assert_int_equal(p.outer.tunnel_addr.b[15], 1);
	assert_int_equal(p.tunnel_dst.b[15], 2);
	/* And none of it is left for the next packet. */
	k.n = 0;
	inner_v4(&k);
	assert_int_equal(parse(&p, DLT_RAW, &k, k.n), 0);
	assert_int_equal(p.outer.n_vlan, 0);
	assert_int_equal(p.outer.pppoe_session, 0);
	assert_int_equal(p.outer.tunnel, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_tunnel_is_opened),
	    cmocka_unit_test(a_cut_tunnel_is_counted),
	    cmocka_unit_test(the_depth_is_bounded),
	    cmocka_unit_test(control_messages_are_no_data),
	    cmocka_unit_test(mpls_carries_ip_or_ethernet),
	    cmocka_unit_test(identifiers_of_all_layers_stay),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
