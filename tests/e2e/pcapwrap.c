/* SPDX-License-Identifier: Apache-2.0 */
/* pcapwrap KIND IN OUT: puts every packet of a capture (Ethernet, no tags)
 * into a carrier's wrapper; pcapwrap --list names them. The customer's end of
 * a tunnel is 192.0.2.200 or 2001:db8:ff::c8, the carrier's ...201, c9. */
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAME_MAX 70000
#define ETHER     14

struct frame {
	uint8_t b[FRAME_MAX];
	size_t n;
};

enum base { BASE_ETHER, BASE_IP4, BASE_IP6, BASE_UDP4, BASE_UDP6, BASE_FRAG };

/* The IP packet; its type in front; the whole frame. */
enum inside { INSIDE_IP, INSIDE_TYPE, INSIDE_FRAME };

struct kind {
	const char *name;
	enum base base;
	unsigned int protocol;    /* of the outer IP header, or UDP port */
	const char *head, *head6; /* hex; of IPv6 packets where it differs */
	enum inside inside;
};

static const struct kind kinds[] = {
    {"vlan", BASE_ETHER, 0, "81000005", NULL, INSIDE_TYPE},
    {"prio", BASE_ETHER, 0, "8100e000", NULL, INSIDE_TYPE},
    {"qinq", BASE_ETHER, 0, "88a8000a81000014", NULL, INSIDE_TYPE},
    {"qinq9100", BASE_ETHER, 0, "9100000a81000014", NULL, INSIDE_TYPE},
    {"pppoe", BASE_ETHER, 0, "88641100123400000021", "88641100123400000057",
	INSIDE_IP},
    {"qinq_pppoe", BASE_ETHER, 0, "88a8000a8100001488641100123400000021",
	"88a8000a8100001488641100123400000057", INSIDE_IP},
    {"mpls", BASE_ETHER, 0, "884700010040000c8140", NULL, INSIDE_IP},
    {"vpls", BASE_ETHER, 0, "8847000c814000000000", NULL, INSIDE_FRAME},
    {"eompls", BASE_ETHER, 0, "8847000c8140", NULL, INSIDE_FRAME},
    {"ipip", BASE_IP4, 4, "", NULL, INSIDE_IP},
    {"dslite", BASE_IP6, 4, "", NULL, INSIDE_IP},
    {"gre", BASE_IP4, 47, "00000800", "000086dd", INSIDE_IP},
    {"gre_key", BASE_IP4, 47, "300008000000002a00000001",
	"300086dd0000002a00000001", INSIDE_IP},
    {"gre_teb", BASE_IP4, 47, "00006558", NULL, INSIDE_FRAME},
    {"l2tp", BASE_UDP4, 1701, "000200010002ff030021", "000200010002ff030057",
	INSIDE_IP},
    {"gtp_u", BASE_UDP4, 2152, "30ff000011223344", NULL, INSIDE_IP},
    {"gtp_u6", BASE_UDP6, 2152, "34ff0000112233440000008501000000", NULL,
	INSIDE_IP},
    {"vxlan", BASE_UDP4, 4789, "0800000000006400", NULL, INSIDE_FRAME},
    {"geneve", BASE_UDP4, 6081, "0100655800006400deadbeef", NULL, INSIDE_FRAME},
    {"dslite_frag", BASE_FRAG, 4, "", NULL, INSIDE_IP},
};

static void put(struct frame *f, const void *p, size_t n)
{
	if (f->n + n > sizeof(f->b))
		exit(1);
	memcpy(f->b + f->n, p, n);
	f->n += n;
}

static void put16(struct frame *f, unsigned int v)
{
	uint8_t b[2] = {(uint8_t)(v >> 8), (uint8_t)v};

	put(f, b, 2);
}

static void put_hex(struct frame *f, const char *hex)
{
	for (; hex[0] != '\0'; hex += 2) {
		char two[3] = {hex[0], hex[1], '\0'};
		uint8_t b = (uint8_t)strtoul(two, NULL, 16);

		put(f, &b, 1);
	}
}

static void put_ipv4(
    struct frame *f, unsigned int protocol, size_t payload, bool up)
{
	uint8_t h[20] = {0x45, 0, 0, 0, 0, 0, 0, 0, 64, (uint8_t)protocol, 0, 0,
	    192, 0, 2, 201, 192, 0, 2, 201};
	unsigned int sum = 0;

	h[2] = (uint8_t)((payload + 20) >> 8);
	h[3] = (uint8_t)(payload + 20);
	h[up ? 15 : 19] = 200;
	for (int i = 0; i < 20; i += 2)
		sum += (unsigned int)(h[i] << 8 | h[i + 1]);
	sum = (sum & 0xffff) + (sum >> 16);
	h[10] = (uint8_t)(~sum >> 8);
	h[11] = (uint8_t)~sum;
	put(f, h, 20);
}

static void put_ipv6(
    struct frame *f, unsigned int next, size_t payload, bool up)
{
	uint8_t h[40] = {0x60, [6] = (uint8_t)next, [7] = 64};
	static const uint8_t net[] = {0x20, 1, 0x0d, 0xb8, 0, 0xff};

	h[4] = (uint8_t)(payload >> 8);
	h[5] = (uint8_t)payload;
	memcpy(h + 8, net, sizeof(net));
	memcpy(h + 24, net, sizeof(net));
	h[23] = up ? 0xc8 : 0xc9;
	h[39] = up ? 0xc9 : 0xc8;
	put(f, h, 40);
}

static void dump(
    pcap_dumper_t *out, const struct pcap_pkthdr *h, const struct frame *f)
{
	struct pcap_pkthdr n = *h;

	n.caplen = n.len = (uint32_t)f->n;
	pcap_dump((u_char *)out, &n, f->b);
}

/* In IPv6 fragments of 48 bytes, the last one first. */
static void fragments(pcap_dumper_t *out, const struct pcap_pkthdr *h,
    const uint8_t *mac, const uint8_t *ip, size_t len, bool up)
{
	static unsigned int id;

	id++;
	for (size_t i = (len + 47) / 48; i-- > 0;) {
		size_t at = i * 48, n = len - at < 48 ? len - at : 48;
		struct frame f = {.n = 0};

		put(&f, mac, 12);
		put16(&f, 0x86dd);
		put_ipv6(&f, 44, 8 + n, up);
		put16(&f, 0x0400);
		put16(&f, (unsigned int)at | (at + n < len));
		put16(&f, id >> 16);
		put16(&f, id);
		put(&f, ip + at, n);
		dump(out, h, &f);
	}
}

/* The server's port is the lower one. */
static bool is_up(const uint8_t *ip)
{
	const uint8_t *tcp =
	    ip[0] >> 4 == 4 ? ip + (size_t)(ip[0] & 15) * 4 : ip + 40;

	return (tcp[0] << 8 | tcp[1]) > (tcp[2] << 8 | tcp[3]);
}

static void wrap(const struct kind *k, pcap_dumper_t *out,
    const struct pcap_pkthdr *h, const uint8_t *p)
{
	bool v6 = p[12] == 0x86, up = is_up(p + ETHER);
	struct frame f = {.n = 0}, in = {.n = 0};
	const char *head = v6 && k->head6 != NULL ? k->head6 : k->head;

	put_hex(&in, head);
	if (k->inside == INSIDE_TYPE)
		put(&in, p + 12, 2);
	if (k->inside == INSIDE_FRAME)
		put(&in, p, h->caplen);
	else
		put(&in, p + ETHER, h->caplen - ETHER);
	if (k->base == BASE_FRAG) {
		fragments(out, h, p, in.b, in.n, up);
		return;
	}
	put(&f, p, 12);
	switch (k->base) {
	case BASE_IP4:
		put16(&f, 0x0800);
		/* 41 where IPv6 is inside */
		put_ipv4(
		    &f, k->protocol == 4 && v6 ? 41 : k->protocol, in.n, up);
		break;
	case BASE_IP6:
		put16(&f, 0x86dd);
		put_ipv6(&f, v6 ? 41 : k->protocol, in.n, up);
		break;
	case BASE_UDP4:
	case BASE_UDP6:
		put16(&f, k->base == BASE_UDP4 ? 0x0800 : 0x86dd);
		if (k->base == BASE_UDP4)
			put_ipv4(&f, 17, in.n + 8, up);
		else
			put_ipv6(&f, 17, in.n + 8, up);
		put16(&f, k->protocol);
		put16(&f, k->protocol);
		put16(&f, (unsigned int)in.n + 8);
		put16(&f, 0);
		break;
	case BASE_ETHER:
	case BASE_FRAG:
		break;
	}
	put(&f, in.b, in.n);
	dump(out, h, &f);
}

static const struct kind *find(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

int main(int argc, char **argv)
{
	char err[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *h;
	const u_char *data;
	const struct kind *k;
	pcap_dumper_t *out;
	pcap_t *in;

	if (argc == 2 && strcmp(argv[1], "--list") == 0) {
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			puts(kinds[i].name);
		return 0;
	}
	k = argc == 4 ? find(argv[1]) : NULL;
	if (k == NULL) {
		fputs("usage: pcapwrap KIND IN OUT | --list\n", stderr);
		return 2;
	}
	in = pcap_open_offline(argv[2], err);
	out = in != NULL ? pcap_dump_open(in, argv[3]) : NULL;
	if (out == NULL) {
		fprintf(stderr, "pcapwrap: %s\n", in != NULL ? argv[3] : err);
		return 1;
	}
	while (pcap_next_ex(in, &h, &data) == 1)
		if (h->caplen > ETHER + 60 - 20)
			wrap(k, out, h, data);
	pcap_dump_close(out);
	pcap_close(in);
	return 0;
}
