/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pcap/dlt.h>

#include "capture/net/checksum.h"
#include "capture/net/packet.h"
#include "tests/unit/capture/pkt.h"

#define HELLO "EHLO a.example\r\n"

static void tcp_v4(struct pkt *k)
{
	pkt_ipv4(k, 6, 20 + strlen(HELLO), 0);
	pkt_tcp(k, 1025, 25, 7, 9, TCP_ACK, HELLO);
}

/* Exactly as long as the packet: a sanitizer sees a read past it. */
static int parse(
    struct packet *p, int linktype, const struct pkt *k, struct counters *c)
{
	static uint8_t *copy, ports[8192];
	struct packet_parser *pp;
	int rc;

	free(copy);
	copy = malloc(k->n > 0 ? k->n : 1);
	assert_non_null(copy);
	memcpy(copy, k->b, k->n);
	memset(c, 0, sizeof(*c));
	ports[25 / 8] = 1 << 25 % 8;
	pp = packet_parser_new(c, false, 65536, ports);
	assert_non_null(pp);
	rc = packet_parse(pp, p, linktype, copy, k->n, 1);
	packet_parser_free(pp);
	assert_int_equal(c->v[COUNTER_PACKETS], 1);
	return rc;
}

static void is_hello(const struct packet *p)
{
	assert_int_equal(p->kind, PACKET_TCP);
	assert_int_equal(p->sport, 1025);
	assert_int_equal(p->dport, 25);
	assert_int_equal(p->seq, 7);
	assert_int_equal(p->ack, 9);
	assert_int_equal(p->wire_len, strlen(HELLO));
	assert_int_equal(p->len, strlen(HELLO));
	assert_memory_equal(p->payload, HELLO, p->len);
}

struct link_case {
	const char *name;
	int linktype;
	uint8_t head[40];
	size_t n;
	size_t vlans;
	unsigned int vlan[2];
	int want; /* counter, or -1: parsed */
};

#define MACS 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2
static const struct link_case links[] = {
    {"ethernet", DLT_EN10MB, {MACS, 8, 0}, 14, 0, {0}, -1},
    {"802.1Q", DLT_EN10MB, {MACS, 0x81, 0, 0x20, 5, 8, 0}, 18, 1, {5}, -1},
    {"802.1ad in front", DLT_EN10MB,
	{MACS, 0x88, 0xa8, 0, 7, 0x81, 0, 0xef, 0xff, 8, 0}, 22, 2, {7, 4095},
	-1},
    {"9100", DLT_EN10MB, {MACS, 0x91, 0, 0, 9, 8, 0}, 18, 1, {9}, -1},
    {"SNAP", DLT_EN10MB, {MACS, 0, 64, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0}, 22, 0,
	{0}, -1},
    {"raw", DLT_RAW, {0}, 0, 0, {0}, -1},
    {"null, little endian", DLT_NULL, {2, 0, 0, 0}, 4, 0, {0}, -1},
    {"null, big endian", DLT_NULL, {0, 0, 0, 2}, 4, 0, {0}, -1},
    {"loop", DLT_LOOP, {0, 0, 0, 2}, 4, 0, {0}, -1},
    {"null, another family", DLT_NULL, {7, 0, 0, 0}, 4, 0, {0},
	COUNTER_LINK_OTHER},
    {"cooked", DLT_LINUX_SLL, {[14] = 8, [15] = 0}, 16, 0, {0}, -1},
    {"cooked, tagged", DLT_LINUX_SLL,
	{[14] = 0x81, [15] = 0, [17] = 3, [18] = 8, [19] = 0}, 20, 1, {3}, -1},
    {"cooked 2", DLT_LINUX_SLL2, {8, 0, [19] = 0}, 20, 0, {0}, -1},
    {"ARP", DLT_EN10MB, {MACS, 8, 6}, 14, 0, {0}, COUNTER_LINK_ARP},
    {"priority only", DLT_EN10MB, {MACS, 0x81, 0, 0xe0, 0, 8, 0}, 18, 0, {0},
	-1},
    {"PPP", DLT_PPP, {0xff, 3, 0, 0x21}, 4, 0, {0}, -1},
    {"PPP, compressed", DLT_PPP_SERIAL, {0x21}, 1, 0, {0}, -1},
    {"PPP, LCP", DLT_PPP, {0xff, 3, 0xc0, 0x21}, 4, 0, {0},
	COUNTER_LINK_PPP_OTHER},
    {"PPP over Ethernet", DLT_PPP_ETHER, {0x11, 0, 0, 9, 0, 0, 0, 0x21}, 8, 0,
	{0}, -1},
    {"Cisco HDLC", DLT_C_HDLC, {0x0f, 0, 8, 0}, 4, 0, {0}, -1},
    {"MPLS link", DLT_MPLS, {0, 1, 1, 64}, 4, 0, {0}, -1},
    {"MPLS", DLT_EN10MB, {MACS, 0x88, 0x47, 0, 1, 0, 64, 0, 2, 1, 64}, 22, 0,
	{0}, -1},
    {"PPPoE", DLT_EN10MB, {MACS, 0x88, 0x64, 0x11, 0, 0, 9, 0, 0, 0, 0x21}, 22,
	0, {0}, -1},
    {"PPPoE in QinQ", DLT_EN10MB,
	{MACS, 0x88, 0xa8, 0, 7, 0x81, 0, 0, 8, 0x88, 0x64, 0x11, 0, 0, 9, 0, 0,
	    0, 0x21},
	30, 2, {7, 8}, -1},
    {"PPPoE discovery", DLT_EN10MB, {MACS, 0x88, 0x63}, 14, 0, {0},
	COUNTER_LINK_PPPOE_CONTROL},
    {"PPPoE, another code", DLT_EN10MB,
	{MACS, 0x88, 0x64, 0x11, 9, 0, 9, 0, 0, 0, 0x21}, 22, 0, {0},
	COUNTER_LINK_PPPOE_CONTROL},
    {"another type", DLT_EN10MB, {MACS, 0x12, 0x34}, 14, 0, {0},
	COUNTER_LINK_OTHER},
    {"five tags", DLT_EN10MB,
	{MACS, 0x81, 0, 0, 1, 0x81, 0, 0, 1, 0x81, 0, 0, 1, 0x81, 0, 0, 1, 0x81,
	    0, 0, 1, 8, 0},
	34, 4, {1, 1}, -1},
    {"unknown link", DLT_IEEE802_11, {0}, 24, 0, {0}, COUNTER_LINK_UNKNOWN},
};

static void every_link_type_leads_to_the_same_segment(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		const struct link_case *l = &links[i];
		struct pkt k = {.n = 0};
		struct counters c;
		struct packet p;
		int rc;

		pkt_bytes(&k, l->head, l->n);
		tcp_v4(&k);
		rc = parse(&p, l->linktype, &k, &c);
		if (rc != (l->want < 0 ? 0 : -1))
			fail_msg("%s: %d", l->name, rc);
		assert_int_equal(p.outer.n_vlan, l->vlans);
		for (size_t v = 0; v < l->vlans && v < 2; v++)
			assert_int_equal(p.outer.vlan[v], l->vlan[v]);
		if (l->want < 0)
			is_hello(&p);
		else
			assert_int_equal(c.v[l->want], 1);
	}
}

static void a_packet_cut_anywhere_is_counted_or_shorter(void **state)
{
	struct pkt k = {.n = 0}, cut;
	struct counters c;
	struct packet p;
	size_t header = 18 + 20 + 20;

	(void)state;
	pkt_ether(&k, 0x8100);
	pkt_be16(&k, 5);
	pkt_be16(&k, 0x0800);
	tcp_v4(&k);
	for (size_t n = 0; n < k.n; n++) {
		cut = k;
		cut.n = n;
		if (parse(&p, DLT_EN10MB, &cut, &c) != 0) {
			assert_true(n < header);
			continue;
		}
		assert_true(n >= header);
		assert_int_equal(p.len, n - header);
		assert_int_equal(p.wire_len, strlen(HELLO));
		assert_int_equal(c.v[COUNTER_PACKETS_TRUNCATED], 1);
	}
}

static void other_ports_are_refused_early(void **state)
{
	struct pkt k = {.n = 0};
	struct counters c;
	struct packet p;

	(void)state;
	pkt_ipv4(&k, 6, 20, 0);
	pkt_tcp(&k, 1025, 26, 7, 9, TCP_ACK, "");
	assert_int_equal(parse(&p, DLT_RAW, &k, &c), -1);
	assert_int_equal(c.v[COUNTER_PACKETS_OTHER_PORT], 1);
}

static void set16(struct pkt *k, size_t at, unsigned int v)
{
	k->b[at] = (uint8_t)(v >> 8);
	k->b[at + 1] = (uint8_t)v;
}

static int parse_checked(
    struct packet *p, const struct pkt *k, struct counters *c)
{
	static uint8_t ports[8192] = {[25 / 8] = 1 << 25 % 8};
	struct packet_parser *pp = packet_parser_new(c, true, 65536, ports);
	int rc;

	memset(c, 0, sizeof(*c));
	assert_non_null(pp);
	rc = packet_parse(pp, p, DLT_RAW, k->b, k->n, 1);
	packet_parser_free(pp);
	return rc;
}

static void wrong_checksums_are_refused_when_asked(void **state)
{
	struct pkt k = {.n = 0};
	struct counters c;
	struct packet p;

	(void)state;
	tcp_v4(&k);
	assert_int_equal(parse_checked(&p, &k, &c), -1);
	assert_int_equal(c.v[COUNTER_IP_CHECKSUM_BAD], 1);
	set16(&k, 10,
	    0xffffu & ~(unsigned int)checksum_fold(checksum_add(0, k.b, 20)));
	assert_int_equal(parse_checked(&p, &k, &c), -1);
	assert_int_equal(c.v[COUNTER_TCP_CHECKSUM_BAD], 1);
	set16(&k, 36,
	    0xffffu & ~(unsigned int)checksum_fold(
			  checksum_add(checksum_add(6 + k.n - 20, k.b + 12, 8),
			      k.b + 20, k.n - 20)));
	assert_int_equal(parse_checked(&p, &k, &c), 0);
	/* What was cut cannot be checked. */
	k.n--;
	assert_int_equal(parse_checked(&p, &k, &c), 0);
	k.n++;
	k.b[k.n - 1] ^= 1;
	assert_int_equal(parse_checked(&p, &k, &c), -1);
}

static void padding_is_no_payload(void **state)
{
	struct pkt k = {.n = 0};
	struct counters c;
	struct packet p;

	(void)state;
	pkt_ether(&k, 0x0800);
	pkt_ipv4(&k, 6, 20, 0);
	pkt_tcp(&k, 1025, 25, 7, 9, TCP_ACK, "");
	pkt_bytes(&k, "\0\0\0\0\0\0", 6);
	assert_int_equal(parse(&p, DLT_EN10MB, &k, &c), 0);
	assert_int_equal(p.len, 0);
	assert_int_equal(p.wire_len, 0);
	assert_int_equal(p.ip_len, 40);
}

static void options_are_skipped_and_bad_lengths_counted(void **state)
{
	struct pkt k = {.n = 0};
	struct counters c;
	struct packet p;

	(void)state;
	tcp_v4(&k);
	k.b[20 + 12] = 0x60; /* one word of options: four bytes less */
	assert_int_equal(parse(&p, DLT_RAW, &k, &c), 0);
	assert_int_equal(p.len, strlen(HELLO) - 4);
	k.b[20 + 12] = 0x40;
	assert_int_equal(parse(&p, DLT_RAW, &k, &c), -1);
	assert_int_equal(c.v[COUNTER_TCP_BAD], 1);
	k.b[20 + 12] = 0xf0;
	assert_int_equal(parse(&p, DLT_RAW, &k, &c), -1);
	assert_int_equal(c.v[COUNTER_TCP_BAD], 1);
	k.b[20 + 12] = 0x50;
	k.b[0] = 0x44;
	assert_int_equal(parse(&p, DLT_RAW, &k, &c), -1);
	assert_int_equal(c.v[COUNTER_IP_BAD], 1);
	k.b[0] = 0x45;
	k.b[2] = k.b[3] = 0; /* as segmentation offload leaves it */
	assert_int_equal(parse(&p, DLT_RAW, &k, &c), 0);
	is_hello(&p);
}

struct v4_case {
	unsigned int proto, frag;
	enum counter want;
};

static void what_is_not_followed_is_counted_by_name(void **state)
{
	static const struct v4_case cases[] = {
	    {17, 0, COUNTER_IP_UDP},
	    {47, 0, COUNTER_TUNNEL_OTHER},
	    {4, 0, COUNTER_IP_BAD},
	    {41, 0, COUNTER_IP_BAD},
	    {50, 0, COUNTER_IP_ESP},
	    {132, 0, COUNTER_IP_OTHER},
	    {58, 0, COUNTER_IP_OTHER},
	    {6, 0x2000, COUNTER_FRAGMENTS},
	    {6, 0x0001, COUNTER_FRAGMENTS},
	};
	struct counters c;
	struct packet p;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pkt k = {.n = 0};

		pkt_ipv4(&k, cases[i].proto, 40, cases[i].frag);
		pkt_tcp(&k, 1, 25, 1, 1, TCP_ACK, "12345678901234567890");
		assert_int_equal(parse(&p, DLT_RAW, &k, &c), -1);
		assert_int_equal(c.v[cases[i].want], 1);
	}
}

static void ipv6_extension_headers_are_skipped(void **state)
{
	/* hop-by-hop, routing (16 bytes), destination, atomic fragment, AH */
	static const uint8_t chain[] = {43, 0, 1, 4, 0, 0, 0, 0, /* 0 */
	    60, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 44, 0, 1, 4, 0, 0,
	    0, 0, 51, 0, 0, 0, 1, 2, 3, 4, 6, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1,
	    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
	struct pkt k = {.n = 0};
	struct counters c;
	struct packet p;

	(void)state;
	pkt_ipv6(&k, 0, sizeof(chain) + 20 + strlen(HELLO));
	pkt_bytes(&k, chain, sizeof(chain));
	pkt_tcp(&k, 1025, 25, 7, 9, TCP_ACK, HELLO);
	assert_int_equal(parse(&p, DLT_RAW, &k, &c), 0);
	is_hello(&p);
	assert_int_equal(p.dst.b[15], 2);
	for (size_t n = 0; n < 40 + sizeof(chain) + 20; n++) {
		struct pkt cut = k;

		cut.n = n;
		assert_int_equal(parse(&p, DLT_RAW, &cut, &c), -1);
	}
	k.b[40 + 8 + 16 + 8 + 3] = 1; /* more fragments */
	assert_int_equal(parse(&p, DLT_RAW, &k, &c), -1);
	assert_int_equal(c.v[COUNTER_FRAGMENTS], 1);
}

static void an_endless_chain_of_extensions_ends(void **state)
{
	struct pkt k = {.n = 0};
	struct counters c;
	struct packet p;

	(void)state;
	pkt_ipv6(&k, 60, 160);
	for (int i = 0; i < 20; i++)
		pkt_bytes(&k, "\x3c\0\1\4\0\0\0\0", 8);
	assert_int_equal(parse(&p, DLT_RAW, &k, &c), -1);
	assert_int_equal(c.v[COUNTER_IP_EXTENSIONS], 1);
}

static void an_unreachable_names_the_segment_it_is_about(void **state)
{
	struct pkt k = {.n = 0};
	struct counters c;
	struct packet p;

	(void)state;
	pkt_ipv4(&k, 1, 8 + 28, 0);
	pkt_be16(&k, 0x0301);
	pkt_be16(&k, 0);
	pkt_be32(&k, 0);
	pkt_ipv4(&k, 6, 20, 0);
	pkt_be16(&k, 1025);
	pkt_be16(&k, 25);
	pkt_be32(&k, 77);
	assert_int_equal(parse(&p, DLT_RAW, &k, &c), 0);
	assert_int_equal(p.kind, PACKET_UNREACHABLE);
	assert_int_equal(p.sport, 1025);
	assert_int_equal(p.dport, 25);
	assert_int_equal(p.seq, 77);
	k.b[21] = 4; /* fragmentation needed */
	assert_int_equal(parse(&p, DLT_RAW, &k, &c), -1);
	assert_int_equal(c.v[COUNTER_ICMP_OTHER], 1);
	k.b[21] = 1;
	for (size_t n = 20; n < k.n; n++) {
		struct pkt cut = k;

		cut.n = n;
		assert_int_equal(parse(&p, DLT_RAW, &cut, &c), -1);
	}
}

static void an_icmpv6_unreachable_too(void **state)
{
	struct pkt k = {.n = 0};
	struct counters c;
	struct packet p;

	(void)state;
	pkt_ipv6(&k, 58, 8 + 40 + 8);
	pkt_be16(&k, 0x0104);
	pkt_be16(&k, 0);
	pkt_be32(&k, 0);
	pkt_ipv6(&k, 6, 20);
	pkt_be16(&k, 1025);
	pkt_be16(&k, 25);
	pkt_be32(&k, 77);
	assert_int_equal(parse(&p, DLT_RAW, &k, &c), 0);
	assert_int_equal(p.kind, PACKET_UNREACHABLE);
	assert_int_equal(p.seq, 77);
	assert_int_equal(p.src.b[15], 1);
	assert_int_equal(p.dport, 25);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_link_type_leads_to_the_same_segment),
	    cmocka_unit_test(a_packet_cut_anywhere_is_counted_or_shorter),
	    cmocka_unit_test(other_ports_are_refused_early),
	    cmocka_unit_test(wrong_checksums_are_refused_when_asked),
	    cmocka_unit_test(padding_is_no_payload),
	    cmocka_unit_test(options_are_skipped_and_bad_lengths_counted),
	    cmocka_unit_test(what_is_not_followed_is_counted_by_name),
	    cmocka_unit_test(ipv6_extension_headers_are_skipped),
	    cmocka_unit_test(an_endless_chain_of_extensions_ends),
	    cmocka_unit_test(an_unreachable_names_the_segment_it_is_about),
	    cmocka_unit_test(an_icmpv6_unreachable_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
