/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "capture/filter.h"
#include "tests/unit/capture/pkt.h"

static const struct conf_ports ports = {{25, 465, 587, 2525}, 4};
static const struct conf_ports none = {{0}, 0};

static bool passes(const struct bpf_program *prog, const struct pkt *k)
{
	struct pcap_pkthdr h;

	memset(&h, 0, sizeof(h));
	h.caplen = h.len = (bpf_u_int32)k->n;
	return pcap_offline_filter(prog, &h, k->b) != 0;
}

struct inner_case {
	const char *name;
	unsigned int proto, dport, frag;
	bool v6, want;
};

static const struct inner_case inners[] = {
    {"port 25", 6, 25, 0, false, true},
    {"port 587", 6, 587, 0, false, true},
    {"port 80", 6, 80, 0, false, false},
    {"UDP port 25", 17, 25, 0, false, false},
    {"a fragment", 6, 80, 0x2000, false, true},
    {"a later fragment", 17, 80, 3, false, true},
    {"IPv6", 6, 465, 0, true, true},
    {"IPv6 port 80", 6, 80, 0, true, false},
    {"IPv6 extension", 0, 80, 0, true, true},
    {"IPv6 mobility", 135, 80, 0, true, true},
    {"IPv6 fragment", 44, 80, 0, true, true},
    {"IPIP", 4, 0, 0, false, true},
    {"6in4", 41, 0, 0, false, true},
    {"GRE", 47, 0, 0, false, true},
    {"DS-Lite", 4, 0, 0, true, true},
    {"GRE over IPv6", 47, 0, 0, true, true},
    {"L2TP", 17, 1701, 0, false, true},
    {"GTP-U", 17, 2152, 0, true, true},
    {"VXLAN", 17, 4789, 0, false, true},
    {"Geneve", 17, 6081, 0, false, true},
    {"Teredo", 17, 3544, 0, false, true},
    {"ESP", 50, 25, 0, false, false},
};

struct front_case {
	const char *name;
	uint8_t head[32];
	size_t n;
	bool pppoe;
};

#define MACS 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2
static const struct front_case fronts[] = {
    {"bare", {MACS}, 12, false},
    {"a tag", {MACS, 0x81, 0, 0, 5}, 16, false},
    {"two tags", {MACS, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6}, 20, false},
    {"9100", {MACS, 0x91, 0, 0, 5, 0x81, 0, 0, 6}, 20, false},
    {"PPPoE", {MACS, 0x88, 0x64, 0x11, 0, 0, 9, 0, 0}, 20, true},
    {"PPPoE, tagged", {MACS, 0x81, 0, 0, 5, 0x88, 0x64, 0x11, 0, 0, 9, 0, 0},
	24, true},
    {"PPPoE in QinQ",
	{MACS, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 6, 0x88, 0x64, 0x11, 0, 0, 9, 0,
	    0},
	28, true},
};

static void build(
    struct pkt *k, const struct front_case *f, const struct inner_case *c)
{
	pkt_bytes(k, f->head, f->n);
	if (f->pppoe)
		pkt_be16(k, c->v6 ? 0x0057 : 0x0021);
	else
		pkt_be16(k, c->v6 ? 0x86dd : 0x0800);
	if (c->v6)
		pkt_ipv6(k, c->proto, 20);
	else
		pkt_ipv4(k, c->proto, 20, c->frag);
	pkt_tcp(k, 40000, c->dport, 1, 0, TCP_SYN, "");
}

static void what_is_watched_passes_in_every_wrapper(void **state)
{
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);
	struct bpf_program prog;

	(void)state;
	assert_int_equal(filter_compile(p, &ports, &none, &prog), 0);
	for (size_t i = 0; i < sizeof(fronts) / sizeof(fronts[0]); i++) {
		for (size_t j = 0; j < sizeof(inners) / sizeof(inners[0]);
		     j++) {
			struct pkt k = {.n = 0};

			build(&k, &fronts[i], &inners[j]);
			if (passes(&prog, &k) != inners[j].want)
				fail_msg("%s, %s: %s", fronts[i].name,
				    inners[j].name,
				    inners[j].want ? "refused" : "passes");
		}
	}
	filter_free(&prog);
	pcap_close(p);
}

static void accounting_passes_where_its_ports_are_given(void **state)
{
	static const struct conf_ports radius = {{1813, 1646}, 2};
	static const struct inner_case rows[] = {
	    {"RADIUS", 17, 1813, 0, false, true},
	    {"RADIUS, old port", 17, 1646, 0, true, true},
	    {"another UDP port", 17, 1812, 0, false, false},
	    {"TCP to its port", 6, 1813, 0, false, false},
	    {"port 25", 6, 25, 0, false, true},
	};
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);
	struct bpf_program prog;

	(void)state;
	assert_int_equal(filter_compile(p, &ports, &radius, &prog), 0);
	for (size_t i = 0; i < sizeof(fronts) / sizeof(fronts[0]); i++) {
		for (size_t j = 0; j < sizeof(rows) / sizeof(rows[0]); j++) {
			struct pkt k = {.n = 0};

			build(&k, &fronts[i], &rows[j]);
			if (passes(&prog, &k) != rows[j].want)
				fail_msg("%s, %s: %s", fronts[i].name,
				    rows[j].name,
				    rows[j].want ? "refused" : "passes");
		}
	}
	filter_free(&prog);
	pcap_close(p);
}

static void all_of_mpls_passes_and_nothing_else(void **state)
{
	static const struct {
		uint8_t head[24];
		size_t n;
		bool want;
	} rows[] = {
	    {{MACS, 0x88, 0x47}, 14, true},
	    {{MACS, 0x88, 0x48}, 14, true},
	    {{MACS, 0x81, 0, 0, 5, 0x88, 0x47}, 18, true},
	    {{MACS, 0x88, 0xa8, 0, 5, 0x81, 0, 0, 5, 0x88, 0x47}, 22, true},
	    {{MACS, 0x08, 0x06}, 14, false},
	    {{MACS, 0x88, 0x63}, 14, false},
	    {{MACS, 0x12, 0x34}, 14, false},
	};
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 65535);
	struct bpf_program prog;

	(void)state;
	assert_int_equal(filter_compile(p, &ports, &none, &prog), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pkt k = {.n = 0};

		pkt_bytes(&k, rows[i].head, rows[i].n);
		k.n += 40;
		if (passes(&prog, &k) != rows[i].want)
			fail_msg("row %zu", i);
	}
	filter_free(&prog);
	pcap_close(p);
}

static void every_link_type_has_a_filter(void **state)
{
	static const int links[] = {DLT_EN10MB, DLT_RAW, DLT_NULL, DLT_LOOP,
	    DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_PPP, DLT_PPP_SERIAL, DLT_IPV4,
	    DLT_IPV6, DLT_C_HDLC, DLT_PPP_ETHER};
	struct conf_ports many = {{0}, 16};

	(void)state;
	for (int i = 0; i < 16; i++)
		many.v[i] = (uint16_t)(60000 + i);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		pcap_t *p = pcap_open_dead(links[i], 65535);
		struct bpf_program prog;

		if (filter_compile(p, &many, &many, &prog) != 0)
			fail_msg("link type %d: %s", links[i], pcap_geterr(p));
		assert_true(bpf_validate(prog.bf_insns, (int)prog.bf_len) != 0);
		filter_free(&prog);
		pcap_close(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_watched_passes_in_every_wrapper),
	    cmocka_unit_test(accounting_passes_where_its_ports_are_given),
	    cmocka_unit_test(all_of_mpls_passes_and_nothing_else),
	    cmocka_unit_test(every_link_type_has_a_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
