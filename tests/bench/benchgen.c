/* SPDX-License-Identifier: Apache-2.0 */
/* Large capture files for measurements; the same seed gives the same file.
 * All addresses are from documentation and benchmarking ranges. */
#include <err.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/parts/dialogue.h"

#define BEGIN_US      INT64_C(1764000000000000)
#define SLOTS         2000 /* connections at once */
#define IDLE_SPAN_US  200000000
#define FLOOD_STEP_US 5

struct params {
	const char *kind, *path;
	uint64_t packets, flows, rounds, seed;
	uint32_t mail_permille;
	bool dkim;
};
struct slot {
	struct talk talk;
	size_t at;
	bool mail;
};
struct gen {
	struct params p;
	FILE *out;
	struct prng rng;
	uint64_t written, mail, made;
	uint32_t heap[SLOTS]; /* slots, the earliest packet first */
	size_t n_heap;
	struct slot slots[SLOTS];
};

static void emit(struct gen *g, int64_t ts_us, const uint8_t *data, size_t len)
{
	uint32_t head[4] = {(uint32_t)(ts_us / 1000000),
	    (uint32_t)(ts_us % 1000000), (uint32_t)len, (uint32_t)len};

	if (fwrite(head, sizeof(head), 1, g->out) != 1 ||
	    fwrite(data, len, 1, g->out) != 1)
		err(1, "%s", g->p.path);
	g->written++;
}

static void open_output(struct gen *g)
{
	/* pcap, microseconds, Ethernet */
	uint32_t head[6] = {0xa1b2c3d4, 4u << 16 | 2, 0, 0, 262144, 1};

	g->out = fopen(g->p.path, "wb");
	if (g->out == NULL || fwrite(head, sizeof(head), 1, g->out) != 1)
		err(1, "%s", g->p.path);
}

/* --- many connections side by side ---------------------------------------- */

static int64_t slot_us(const struct gen *g, uint32_t i)
{
	return g->slots[i].talk.v[g->slots[i].at].ts_us;
}

static void sift_down(struct gen *g, size_t i)
{
	for (size_t c; (c = 2 * i + 1) < g->n_heap; i = c) {
		uint32_t x = g->heap[i];

		if (c + 1 < g->n_heap &&
		    slot_us(g, g->heap[c + 1]) < slot_us(g, g->heap[c]))
			c++;
		if (slot_us(g, x) <= slot_us(g, g->heap[c]))
			return;
		g->heap[i] = g->heap[c];
		g->heap[c] = x;
	}
}

/* A new connection, after a pause. */
static void fill_slot(struct gen *g, struct slot *s, int64_t now_us)
{
	uint64_t seed = prng_next(&g->rng);

	now_us += prng_range(&g->rng, 1000, 4000000);
	s->at = 0;
	s->mail = g->mail * 1000 <= g->made * g->p.mail_permille;
	if (s->mail)
		dialogue_mail(&s->talk, seed, now_us, g->p.dkim);
	else
		dialogue_other(&s->talk, seed, now_us);
	talk_sort(&s->talk);
	g->made += s->talk.n;
	if (s->mail)
		g->mail += s->talk.n;
}

static void make_mix(struct gen *g)
{
	for (uint32_t i = 0; i < SLOTS; i++) {
		fill_slot(g, &g->slots[i], BEGIN_US);
		g->heap[g->n_heap++] = i;
	}
	for (size_t i = SLOTS / 2; i-- > 0;)
		sift_down(g, i);
	while (g->n_heap > 0) {
		struct slot *s = &g->slots[g->heap[0]];
		const struct talk_packet *p = &s->talk.v[s->at++];

		emit(g, p->ts_us, s->talk.bytes + p->off, p->len);
		if (s->at == s->talk.n) {
			if (g->made < g->p.packets) {
				fill_slot(g, s, p->ts_us);
			} else {
				talk_free(&s->talk);
				g->heap[0] = g->heap[--g->n_heap];
			}
		}
		sift_down(g, 0);
	}
}

/* --- very many connections that do little --------------------------------- */

static void begin_peers(struct talk_peers *p, uint32_t no, struct prng *r)
{
	memset(p, 0, sizeof(*p));
	p->client = no;
	p->server = prng_below(r, 4096);
	p->port[TALK_CLIENT] = (uint16_t)prng_range(r, 1025, 65535);
	p->port[TALK_SERVER] = 25;
	p->seq[TALK_CLIENT] = (uint32_t)prng_next(r);
	p->seq[TALK_SERVER] = (uint32_t)prng_next(r);
	p->v6 = prng_chance(r, 50);
}

static void make_flood(struct gen *g)
{
	uint8_t frame[TALK_FRAME_MAX];
	struct talk_peers p;

	for (uint64_t i = 0; i < g->p.flows; i++) {
		int64_t ts_us = BEGIN_US + (int64_t)i * FLOOD_STEP_US;

		/* an odd factor: every number once, in no order */
		begin_peers(
		    &p, (uint32_t)(i * 2654435761u) & 0x3fffff, &g->rng);
		p.v6 = false;
		emit(g, ts_us, frame,
		    talk_tcp_frame(
			&p, TALK_CLIENT, TALK_SYN, NULL, 0, ts_us, frame));
	}
}

struct idler {
	struct talk_peers peers;
	bool asked;
};

static size_t set_up_frame(
    struct idler *f, int phase, int64_t ts_us, uint8_t *frame)
{
	static const struct {
		enum talk_side from;
		int flags;
		const char *text;
	} phases[] = {
	    {TALK_CLIENT, TALK_SYN, ""},
	    {TALK_SERVER, TALK_SYN | TALK_ACK, ""},
	    {TALK_CLIENT, TALK_ACK, ""},
	    {TALK_SERVER, TALK_ACK | TALK_PSH, "220 mx.example.net ESMTP\r\n"},
	    {TALK_CLIENT, TALK_ACK | TALK_PSH, "EHLO host.cust.example\r\n"},
	    {TALK_SERVER, TALK_ACK | TALK_PSH,
		"250-mx.example.net\r\n250 SIZE 1000000\r\n"},
	};

	return talk_tcp_frame(&f->peers, phases[phase].from,
	    phases[phase].flags, phases[phase].text, strlen(phases[phase].text),
	    ts_us, frame);
}

/* Three of four are bare ACKs, the rest NOOP and its reply in turn. */
static size_t idle_frame(
    struct gen *g, struct idler *f, int64_t ts_us, uint8_t *frame)
{
	uint64_t x = prng_next(&g->rng);
	bool talks = (x & 3) == 0;
	const char *text = !talks ? "" : f->asked ? "250 Ok\r\n" : "NOOP\r\n";
	enum talk_side from = x >> 8 & 1;

	if (talks) {
		from = f->asked ? TALK_SERVER : TALK_CLIENT;
		f->asked = !f->asked;
	}
	return talk_tcp_frame(&f->peers, from,
	    TALK_ACK | (talks ? TALK_PSH : 0), text, strlen(text), ts_us,
	    frame);
}

static void make_idle(struct gen *g)
{
	struct idler *v = calloc(g->p.flows, sizeof(*v));
	uint64_t n = g->p.flows, total = n * g->p.rounds;
	uint8_t frame[TALK_FRAME_MAX];
	int64_t ts_us = BEGIN_US;

	if (v == NULL)
		err(1, "flows");
	for (uint64_t i = 0; i < n; i++)
		begin_peers(&v[i].peers, (uint32_t)i, &g->rng);
	for (int phase = 0; phase < 6; phase++)
		for (uint64_t i = 0; i < n; i++) {
			ts_us = BEGIN_US + phase * INT64_C(1000000) +
				(int64_t)(i * 1000000 / n);
			emit(g, ts_us, frame,
			    set_up_frame(&v[i], phase, ts_us, frame));
		}
	for (uint64_t i = 0; i < total; i++) {
		struct idler *f = &v[prng_next(&g->rng) % n];
		int64_t at_us = ts_us + (int64_t)(i * IDLE_SPAN_US / total);

		emit(g, at_us, frame, idle_frame(g, f, at_us, frame));
	}
	free(v);
}

static void usage(void)
{
	fputs("usage: benchgen all_smtp|mixed|syn_flood|idle FILE\n"
	      "    [--packets N] [--flows N] [--rounds N] [--seed N]\n"
	      "    [--mail-permille N] [--dkim]\n"
	      "--flows: sources of a flood, idle sessions; --rounds: packets\n"
	      "that each session gets later, on the average\n",
	    stderr);
	exit(2);
}

static void parse(struct params *p, int argc, char **argv)
{
	static const struct option opts[] = {
	    {"packets", required_argument, NULL, 'p'},
	    {"flows", required_argument, NULL, 'n'},
	    {"rounds", required_argument, NULL, 'r'},
	    {"seed", required_argument, NULL, 's'},
	    {"mail-permille", required_argument, NULL, 'm'},
	    {"dkim", no_argument, NULL, 'd'},
	    {NULL, 0, NULL, 0},
	};
	int ch;

	*p = (struct params){.packets = 1000000,
	    .flows = 1000000,
	    .rounds = 4,
	    .seed = 1,
	    .mail_permille = 20};
	while ((ch = getopt_long(argc, argv, "", opts, NULL)) != -1) {
		uint64_t n = optarg != NULL ? strtoull(optarg, NULL, 10) : 0;

		if (ch == 'p')
			p->packets = n;
		else if (ch == 'n')
			p->flows = n;
		else if (ch == 'r')
			p->rounds = n;
		else if (ch == 's')
			p->seed = n;
		else if (ch == 'm')
			p->mail_permille = (uint32_t)n;
		else if (ch == 'd')
			p->dkim = true;
		else
			usage();
	}
	if (argc - optind != 2 || p->flows == 0 || p->flows > 4000000)
		usage();
	p->kind = argv[optind];
	p->path = argv[optind + 1];
}

int main(int argc, char **argv)
{
	static struct gen g;

	parse(&g.p, argc, argv);
	prng_seed(&g.rng, g.p.seed, g.p.kind);
	open_output(&g);
	if (strcmp(g.p.kind, "all_smtp") == 0) {
		g.p.mail_permille = 1000;
		make_mix(&g);
	} else if (strcmp(g.p.kind, "mixed") == 0) {
		make_mix(&g);
	} else if (strcmp(g.p.kind, "syn_flood") == 0) {
		make_flood(&g);
	} else if (strcmp(g.p.kind, "idle") == 0) {
		make_idle(&g);
	} else {
		usage();
	}
	if (fclose(g.out) != 0)
		err(1, "%s", g.p.path);
	printf("%llu packets, %llu of mail\n", (unsigned long long)g.written,
	    (unsigned long long)g.mail);
	return 0;
}
