/* SPDX-License-Identifier: Apache-2.0 */
/* pcapmangle IN OUT SEED LOSS TWICE SWAP [client|server]: a capture as a bad
 * mirror would have it. LOSS, TWICE, SWAP: packets in a thousand that are
 * lost, doubled, or change places with the next. Then only what goes to a
 * port below 1024 (client) or comes from one (server) is kept. TCP over
 * Ethernet, VLAN, PPPoE without options of IPv6; other packets stay. */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum side { BOTH, CLIENT, SERVER };

struct held {
	struct pcap_pkthdr h;
	u_char data[65536];
	bool full;
};

struct mangle {
	pcap_dumper_t *out;
	uint64_t state;
	unsigned loss, twice, swap;
	enum side side;
	struct held held;
};

static unsigned thousandth(struct mangle *m)
{
	m->state ^= m->state << 13;
	m->state ^= m->state >> 7;
	m->state ^= m->state << 17;
	return (unsigned)((m->state >> 20) % 1000);
}

static unsigned number16(const u_char *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* Where IP begins behind VLAN tags and PPPoE; 0: no IP. */
static unsigned ip_at(const struct pcap_pkthdr *h, const u_char *p)
{
	unsigned at = 12, type;

	for (; at + 10 < h->caplen; at += 4) {
		type = number16(p + at);
		if (type == 0x0800 || type == 0x86dd)
			return at + 2;
		if (type == 0x8864)
			return at + 10;
		if (type != 0x8100 && type != 0x88a8 && type != 0x9100)
			return 0;
	}
	return 0;
}

static bool is_kept(
    const struct mangle *m, const struct pcap_pkthdr *h, const u_char *p)
{
	unsigned ip = ip_at(h, p), from, to;

	if (m->side == BOTH || ip == 0 || h->caplen < ip + 24)
		return true;
	ip += p[ip] >> 4 == 6 ? 40 : (p[ip] & 15) * 4U;
	if (h->caplen < ip + 4)
		return true;
	from = number16(p + ip);
	to = number16(p + ip + 2);
	return m->side == CLIENT ? to < 1024 && from >= 1024
				 : from < 1024 && to >= 1024;
}

static void put(
    struct mangle *m, const struct pcap_pkthdr *h, const u_char *data)
{
	pcap_dump((u_char *)m->out, h, data);
	if (thousandth(m) < m->twice)
		pcap_dump((u_char *)m->out, h, data);
}

static void flush_held(struct mangle *m, const struct timeval *now)
{
	if (!m->held.full)
		return;
	if (now != NULL)
		m->held.h.ts = *now;
	put(m, &m->held.h, m->held.data);
	m->held.full = false;
}

static void feed(u_char *user, const struct pcap_pkthdr *h, const u_char *data)
{
	struct mangle *m = (struct mangle *)(void *)user;

	if (!is_kept(m, h, data) || thousandth(m) < m->loss)
		return;
	if (!m->held.full && thousandth(m) < m->swap &&
	    h->caplen <= sizeof(m->held.data)) {
		m->held.h = *h;
		memcpy(m->held.data, data, h->caplen);
		m->held.full = true;
		return;
	}
	put(m, h, data);
	flush_held(m, &h->ts);
}

static enum side side_of(const char *name)
{
	if (name == NULL)
		return BOTH;
	return strcmp(name, "client") == 0 ? CLIENT : SERVER;
}

int main(int argc, char **argv)
{
	static struct mangle m;
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *in;

	if (argc < 7) {
		fprintf(stderr, "usage: pcapmangle IN OUT SEED LOSS TWICE "
				"SWAP [client|server]\n");
		return 2;
	}
	in = pcap_open_offline(argv[1], error);
	if (in == NULL) {
		fprintf(stderr, "pcapmangle: %s\n", error);
		return 1;
	}
	m.out = pcap_dump_open(in, argv[2]);
	m.state =
	    strtoull(argv[3], NULL, 10) * UINT64_C(0x9e3779b97f4a7c15) + 1;
	m.loss = (unsigned)strtoul(argv[4], NULL, 10);
	m.twice = (unsigned)strtoul(argv[5], NULL, 10);
	m.swap = (unsigned)strtoul(argv[6], NULL, 10);
	m.side = side_of(argc > 7 ? argv[7] : NULL);
	if (m.out == NULL || pcap_loop(in, -1, feed, (u_char *)&m) != 0) {
		fprintf(stderr, "pcapmangle: %s\n", pcap_geterr(in));
		return 1;
	}
	flush_held(&m, NULL);
	pcap_dump_close(m.out);
	pcap_close(in);
	return 0;
}
