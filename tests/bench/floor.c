/* SPDX-License-Identifier: Apache-2.0 */
/* What the machine needs at the least: the same file read by loops that do
 * one thing more each. docs/BENCH.md says what each means. */
#include <arpa/inet.h>
#include <err.h>
#include <getopt.h>
#include <ndpi_api.h>
#include <openssl/evp.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "capture/filter.h"
#include "tests/bench/parts/lines.h"

#define IDLE_S           300
#define DPI_PACKETS_MOST 8
#define KEY_BYTES        36

enum step { STEP_COUNT, STEP_BPF, STEP_HASH, STEP_SMTP, STEP_NDPI, STEP_SHA };

/* The lower address first: one key for both directions. */
struct key {
	uint8_t addr[2][16];
	uint16_t port[2];
	uint32_t hash;
};
struct flow {
	struct key key;
	uint32_t prev, next; /* by last packet; next: also of free ones */
	uint32_t first_s, last_s;
	uint32_t packets[2], bytes[2];
	uint8_t flags;
	uint8_t client; /* which address of the key */
	uint8_t fins;
	uint8_t dpi_packets;
	bool dpi_done;
	struct ndpi_flow_struct *dpi;
	EVP_MD_CTX *md;
	struct lines_session lines;
};
struct segment {
	struct key key;
	uint8_t from; /* which address of the key */
	uint8_t flags;
	uint32_t seq, len, ip_len;
	const uint8_t *data, *ip;
};

static const struct conf_ports none;
static enum step step;
static bool watched[65536];
static struct flow *flows; /* from 1 on */
static uint32_t max_flows = 1000000, n_flows, n_used, free_flow;
static uint32_t oldest, newest;
static uint32_t *table, table_mask; /* open addressing; 0: empty */
static struct ndpi_detection_module_struct *dpi;
static unsigned long long packets, records, evicted, hashed;

static uint32_t hash_key(const struct key *k)
{
	uint64_t h = UINT64_C(0x9e3779b97f4a7c15), v;
	uint32_t ports;

	for (int i = 0; i < 4; i++) {
		memcpy(&v, &k->addr[0][0] + 8 * i, 8);
		h = (h ^ v) * UINT64_C(0xff51afd7ed558ccd);
		h ^= h >> 32;
	}
	memcpy(&ports, k->port, 4);
	h = (h ^ ports) * UINT64_C(0xc4ceb9fe1a85ec53);
	return (uint32_t)(h ^ h >> 29);
}

static void list_take(uint32_t i)
{
	struct flow *f = &flows[i];

	*(f->prev != 0 ? &flows[f->prev].next : &oldest) = f->next;
	*(f->next != 0 ? &flows[f->next].prev : &newest) = f->prev;
}

static void list_append(uint32_t i)
{
	flows[i].next = 0;
	flows[i].prev = newest;
	*(newest != 0 ? &flows[newest].next : &oldest) = i;
	newest = i;
}

static void table_grow(void)
{
	uint32_t n = table == NULL ? 4096 : 2 * (table_mask + 1);

	free(table);
	table = calloc(n, sizeof(*table));
	if (table == NULL)
		err(1, "table");
	table_mask = n - 1;
	for (uint32_t i = oldest; i != 0; i = flows[i].next) {
		uint32_t at = flows[i].key.hash & table_mask;

		while (table[at] != 0)
			at = (at + 1) & table_mask;
		table[at] = i;
	}
}

/* Moves later ones of the run into the hole. */
static void table_remove(uint32_t i)
{
	uint32_t at = flows[i].key.hash & table_mask, n;

	while (table[at] != i)
		at = (at + 1) & table_mask;
	for (n = (at + 1) & table_mask; table[n] != 0;
	     n = (n + 1) & table_mask) {
		uint32_t home = flows[table[n]].key.hash & table_mask;

		if (((n - home) & table_mask) >= ((n - at) & table_mask)) {
			table[at] = table[n];
			at = n;
		}
	}
	table[at] = 0;
}

static void report(const struct flow *f)
{
	static const uint8_t mapped[12];
	const struct lines_session *s = &f->lines;
	char ip[2][INET6_ADDRSTRLEN];
	int c = f->client;

	records++;
	if (step < STEP_SMTP)
		return;
	for (int i = 0; i < 2; i++) {
		const uint8_t *a = f->key.addr[i];

		if (memcmp(a, mapped, sizeof(mapped)) == 0)
			inet_ntop(AF_INET, a + 12, ip[i], sizeof(ip[i]));
		else
			inet_ntop(AF_INET6, a, ip[i], sizeof(ip[i]));
	}
	printf("%u %u %s %u %s %u commands %u recipients %u messages %u "
	       "refused %u deferred %u code %u packets %u %u bytes %u %u\n",
	    f->first_s, f->last_s - f->first_s, ip[c], f->key.port[c], ip[!c],
	    f->key.port[!c], s->commands, s->recipients, s->messages,
	    s->refused, s->deferred, s->last_code, f->packets[c],
	    f->packets[!c], f->bytes[c], f->bytes[!c]);
}

static void end_hash(struct flow *f)
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	EVP_DigestFinal_ex(f->md, digest, NULL);
	hashed += digest[0];
	EVP_MD_CTX_free(f->md);
	f->md = NULL;
}

static void flow_drop(uint32_t i)
{
	struct flow *f = &flows[i];

	report(f);
	list_take(i);
	table_remove(i);
	lines_free(&f->lines);
	if (f->dpi != NULL)
		ndpi_free_flow(f->dpi);
	if (f->md != NULL)
		end_hash(f);
	f->next = free_flow;
	free_flow = i;
	n_flows--;
}

static uint32_t flow_get(const struct key *k)
{
	uint32_t at = k->hash & table_mask, i;

	for (; (i = table[at]) != 0; at = (at + 1) & table_mask)
		if (flows[i].key.hash == k->hash &&
		    memcmp(&flows[i].key, k, KEY_BYTES) == 0)
			return i;
	if (n_flows == max_flows) {
		evicted++;
		flow_drop(oldest);
	}
	if ((n_flows + 1) * 2 > table_mask)
		table_grow();
	for (at = k->hash & table_mask; table[at] != 0;)
		at = (at + 1) & table_mask;
	i = free_flow;
	if (i != 0)
		free_flow = flows[i].next;
	else
		i = ++n_used;
	memset(&flows[i], 0, sizeof(flows[i]));
	flows[i].key = *k;
	table[at] = i;
	list_append(i);
	n_flows++;
	return i;
}

static uint32_t get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

/* The offset of TCP in the packet and the end of IP's payload; 0: no TCP. */
static uint32_t parse_ip(
    const uint8_t *p, uint32_t n, struct segment *s, uint32_t *end, bool *v6)
{
	uint32_t at = 14, type;

	if (n < 34)
		return 0;
	type = get16(p + 12);
	for (; (type == 0x8100 || type == 0x88a8) && n >= at + 24; at += 4)
		type = get16(p + at + 2);
	s->ip = p + at;
	*v6 = type == 0x86dd;
	if (type == 0x0800) {
		uint32_t head = (p[at] & 15u) * 4;

		*end = at + get16(p + at + 2);
		if (p[at + 9] != 6 || (get16(p + at + 6) & 0x1fff) != 0 ||
		    n < at + head + 20)
			return 0;
		return at + head;
	}
	if (!*v6 || n < at + 60 || p[at + 6] != 6)
		return 0;
	*end = at + 40 + get16(p + at + 4);
	return at + 40;
}

static void set_key(struct segment *s, bool v6, uint32_t src, uint32_t dst)
{
	uint32_t len = v6 ? 16 : 4;
	const uint8_t *a = s->ip + (v6 ? 8 : 12), *b = a + len;
	int order = memcmp(a, b, len);

	memset(s->key.addr, 0, sizeof(s->key.addr));
	s->from = order > 0 || (order == 0 && src > dst);
	memcpy(s->key.addr[s->from] + 16 - len, a, len);
	memcpy(s->key.addr[!s->from] + 16 - len, b, len);
	s->key.port[s->from] = (uint16_t)src;
	s->key.port[!s->from] = (uint16_t)dst;
	s->key.hash = hash_key(&s->key);
}

static bool parse(const uint8_t *p, uint32_t n, struct segment *s)
{
	uint32_t end, at, src, dst, head, seq;
	bool v6;

	at = parse_ip(p, n, s, &end, &v6);
	if (at == 0)
		return false;
	src = get16(p + at);
	dst = get16(p + at + 2);
	if (!watched[src] && !watched[dst])
		return false;
	if (end > n)
		end = n;
	head = (uint32_t)(p[at + 12] >> 4) * 4;
	if (at + head > end)
		return false;
	memcpy(&seq, p + at + 4, 4);
	s->seq = ntohl(seq);
	s->flags = p[at + 13];
	s->data = p + at + head;
	s->len = end - at - head;
	s->ip_len = (uint32_t)(p + end - s->ip);
	set_key(s, v6, src, dst);
	return true;
}

/* Until it answers, payload only. */
static void ask_dpi(
    struct flow *f, const struct segment *s, const struct pcap_pkthdr *h)
{
	ndpi_protocol answer;
	uint8_t guessed;

	if (f->dpi == NULL) {
		f->dpi = ndpi_flow_malloc(SIZEOF_FLOW_STRUCT);
		if (f->dpi == NULL)
			err(1, "nDPI");
		memset(f->dpi, 0, SIZEOF_FLOW_STRUCT);
	}
	answer = ndpi_detection_process_packet(dpi, f->dpi, s->ip,
	    (unsigned short)s->ip_len,
	    (uint64_t)h->ts.tv_sec * 1000 + (uint64_t)h->ts.tv_usec / 1000);
	if (answer.app_protocol == 0 && answer.master_protocol == 0 &&
	    ++f->dpi_packets < DPI_PACKETS_MOST)
		return;
	if (answer.app_protocol == 0)
		ndpi_detection_giveup(dpi, f->dpi, 1, &guessed);
	f->dpi_done = true;
	ndpi_free_flow(f->dpi);
	f->dpi = NULL;
}

/* What half of the clients send, as half of the messages are signed. */
static void hash(struct flow *f, const struct segment *s)
{
	if (f->md == NULL) {
		f->md = EVP_MD_CTX_new();
		if (f->md == NULL ||
		    EVP_DigestInit_ex(f->md, EVP_sha256(), NULL) != 1)
			errx(1, "no SHA-256");
	}
	EVP_DigestUpdate(f->md, s->data, s->len);
}

static void first_packet(struct flow *f, const struct segment *s, uint32_t now)
{
	bool syn = (s->flags & 2) != 0, ack = (s->flags & 16) != 0;

	f->first_s = now;
	if (syn)
		f->client = ack ? !s->from : s->from;
	else
		f->client = watched[s->key.port[!s->from]] ? s->from : !s->from;
}

static void handle(const struct pcap_pkthdr *h, const uint8_t *p)
{
	uint32_t now = (uint32_t)h->ts.tv_sec, i;
	struct segment s;
	struct flow *f;
	uint8_t fins;

	if (!parse(p, h->caplen, &s))
		return;
	i = flow_get(&s.key);
	f = &flows[i];
	if (f->first_s == 0)
		first_packet(f, &s, now);
	f->last_s = now;
	f->flags |= s.flags;
	if (newest != i) {
		list_take(i);
		list_append(i);
	}
	f->packets[s.from]++;
	f->bytes[s.from] += s.len;
	if (step >= STEP_SMTP) {
		int side = s.from != f->client;

		if ((s.flags & 2) != 0)
			lines_syn(&f->lines, side, s.seq);
		else if (s.len > 0)
			lines_payload(&f->lines, side, s.seq, s.data, s.len);
	}
	if (step == STEP_NDPI && !f->dpi_done && s.len > 0)
		ask_dpi(f, &s, h);
	if (step == STEP_SHA && s.len > 0 && s.from == f->client &&
	    (s.key.hash & 1) != 0)
		hash(f, &s);
	fins = f->fins;
	if ((s.flags & 1) != 0)
		f->fins |= (uint8_t)(1 << s.from);
	if ((s.flags & 4) != 0 || (fins == 3 && (s.flags & 1) == 0))
		flow_drop(i);
	while (oldest != 0 && flows[oldest].last_s + IDLE_S < now)
		flow_drop(oldest);
}

static void start_dpi(void)
{
	NDPI_PROTOCOL_BITMASK all;

	dpi = ndpi_init_detection_module(ndpi_no_prefs);
	if (dpi == NULL)
		errx(1, "nDPI does not start");
	NDPI_BITMASK_SET_ALL(all);
	ndpi_set_protocol_detection_bitmask2(dpi, &all);
	ndpi_finalize_initialization(dpi);
}

/* Reserved, not touched: pages come as flows do. */
static void start_table(void)
{
	size_t n = ((size_t)max_flows + 1) * sizeof(*flows);

	flows = mmap(NULL, n, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (flows == MAP_FAILED)
		err(1, "flows");
	table_grow();
}

/* text NULL: the agent's own. */
static void set_filter(
    pcap_t *pcap, const char *text, const struct conf_ports *ports)
{
	struct bpf_program program;

	if ((text != NULL
		    ? pcap_compile(
			  pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN)
		    : filter_compile(pcap, ports, &none, &program)) != 0 ||
	    pcap_setfilter(pcap, &program) != 0)
		errx(1, "filter: %s", pcap_geterr(pcap));
	pcap_freecode(&program);
}

static void run(pcap_t *pcap)
{
	struct pcap_pkthdr *h;
	const u_char *data;

	while (pcap_next_ex(pcap, &h, &data) == 1) {
		packets++;
		if (step >= STEP_HASH)
			handle(h, data);
	}
	while (oldest != 0)
		flow_drop(oldest);
}

static int usage(void)
{
	fputs("usage: floor [--max-flows N] count|hash|smtp|ndpi|sha FILE\n"
	      "       floor bpf FILE [FILTER]   default: the agent's filter\n",
	    stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option opts[] = {
	    {"max-flows", required_argument, NULL, 'm'}, {NULL, 0, NULL, 0}};
	static const char *const steps[] = {
	    "count", "bpf", "hash", "smtp", "ndpi", "sha"};
	static const struct conf_ports ports = {
	    .n = 4, .v = {25, 465, 587, 2525}};
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *pcap;
	int ch;

	while ((ch = getopt_long(argc, argv, "", opts, NULL)) != -1) {
		if (ch != 'm')
			return usage();
		max_flows = (uint32_t)strtoul(optarg, NULL, 10);
	}
	argc -= optind;
	argv += optind;
	if (argc < 2 || max_flows < 1)
		return usage();
	while (step <= STEP_SHA && strcmp(argv[0], steps[step]) != 0)
		step++;
	if (step > STEP_SHA)
		return usage();
	pcap = pcap_open_offline(argv[1], error);
	if (pcap == NULL)
		errx(1, "%s", error);
	if (step == STEP_BPF)
		set_filter(pcap, argc > 2 ? argv[2] : NULL, &ports);
	for (size_t i = 0; i < ports.n; i++)
		watched[ports.v[i]] = true;
	start_table();
	if (step == STEP_NDPI)
		start_dpi();
	run(pcap);
	pcap_close(pcap);
	fprintf(stderr, "%llu packets, %llu records, %llu evicted\n", packets,
	    records, evicted);
	return 0;
}
