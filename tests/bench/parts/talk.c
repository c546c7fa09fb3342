/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/parts/talk.h"

#include <arpa/inet.h>
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ETH 14
#define IP4 20
#define IP6 40

static void put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

/* RFC 1071 */
static uint64_t sum(const uint8_t *p, size_t n, uint64_t s)
{
	for (; n >= 2; p += 2, n -= 2)
		s += (uint32_t)p[0] << 8 | p[1];
	return n > 0 ? s + ((uint32_t)p[0] << 8) : s;
}

static uint16_t fold(uint64_t s)
{
	while (s >> 16 != 0)
		s = (s & 0xffff) + (s >> 16);
	return (uint16_t)~s;
}

/* Customers in 100.64.0.0/10 (RFC 6598) and 2001:db8:1::/48 (RFC 3849),
 * servers in 198.18.0.0/15 (RFC 2544) and 2001:db8:2::/48. */
static void put_addr(uint8_t *p, bool v6, bool client, uint32_t n)
{
	static const uint8_t net[6] = {0x20, 1, 0x0d, 0xb8, 0, 0};

	if (!v6) {
		put32(p, client ? 0x64400000 | (n & 0x3fffff)
				: 0xc6120000 | (n & 0x1ffff));
		return;
	}
	memset(p, 0, 16);
	memcpy(p, net, sizeof(net));
	p[5] = client ? 1 : 2;
	put32(p + 6, n);
	p[15] = 1;
}

/* Ethernet and IP; the length in front of the transport header. */
static size_t put_ip(const struct talk_peers *p, enum talk_side from, int proto,
    size_t len, uint8_t *out)
{
	bool up = from == TALK_CLIENT;
	uint8_t *ip = out + ETH;

	memset(out, 0, ETH + IP6);
	out[0] = out[6] = 2; /* locally administered */
	out[5] = up ? 2 : 1;
	out[11] = up ? 1 : 2;
	if (p->v6) {
		put16(out + 12, 0x86dd);
		ip[0] = 0x60;
		put16(ip + 4, (uint32_t)len);
		ip[6] = (uint8_t)proto;
		ip[7] = 64;
		put_addr(ip + 8, true, up, up ? p->client : p->server);
		put_addr(ip + 24, true, !up, up ? p->server : p->client);
		return ETH + IP6;
	}
	put16(out + 12, 0x0800);
	ip[0] = 0x45;
	put16(ip + 2, (uint32_t)(IP4 + len));
	put16(ip + 4, p->seq[from] * 7919);
	ip[6] = 0x40;
	ip[8] = 64;
	ip[9] = (uint8_t)proto;
	put_addr(ip + 12, false, up, up ? p->client : p->server);
	put_addr(ip + 16, false, !up, up ? p->server : p->client);
	put16(ip + 10, fold(sum(ip, IP4, 0)));
	return ETH + IP4;
}

static void put_sum(
    const struct talk_peers *p, int proto, uint8_t *l4, size_t len, size_t at)
{
	size_t n = p->v6 ? 32 : 8;
	uint64_t s = sum(l4 - n, n, (uint64_t)proto + len);
	uint16_t v = fold(sum(l4, len, s));

	put16(l4 + at, v == 0 && proto == 17 ? 0xffff : v);
}

static size_t put_options(bool syn, bool v6, int64_t ts_us, uint8_t *o)
{
	static const uint8_t first[20] = {
	    2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 7};
	static const uint8_t later[12] = {1, 1, 8, 10};
	size_t n = syn ? sizeof(first) : sizeof(later);

	memcpy(o, syn ? first : later, n);
	if (syn && v6)
		put16(o + 2, 1440);
	put32(o + (syn ? 8 : 4), (uint32_t)(ts_us / 1000));
	return n;
}

size_t talk_tcp_frame(struct talk_peers *p, enum talk_side from, int flags,
    const void *data, size_t len, int64_t ts_us, uint8_t *out)
{
	bool syn = (flags & TALK_SYN) != 0;
	size_t head = 20 + (syn ? 20 : 12), l4 = head + len;
	size_t at = put_ip(p, from, 6, l4, out);
	uint8_t *tcp = out + at;

	put16(tcp, p->port[from]);
	put16(tcp + 2, p->port[!from]);
	put32(tcp + 4, p->seq[from]);
	put32(tcp + 8, (flags & TALK_ACK) != 0 ? p->seq[!from] : 0);
	tcp[12] = (uint8_t)(head / 4 << 4);
	tcp[13] = (uint8_t)flags;
	put16(tcp + 14, 64240);
	put32(tcp + 16, 0);
	put_options(syn, p->v6, ts_us, tcp + 20);
	if (len > 0)
		memcpy(tcp + head, data, len);
	put_sum(p, 6, tcp, l4, 16);
	p->seq[from] += (uint32_t)len;
	if ((flags & (TALK_SYN | TALK_FIN)) != 0)
		p->seq[from]++;
	return at + l4;
}

/* Room for a frame of that length. */
static uint8_t *add(struct talk *t, int64_t ts_us, size_t len)
{
	if (t->n == t->cap) {
		t->cap = t->cap == 0 ? 64 : 2 * t->cap;
		t->v = realloc(t->v, t->cap * sizeof(*t->v));
	}
	if (t->n_bytes + len > t->cap_bytes) {
		t->cap_bytes = 2 * (t->n_bytes + len);
		t->bytes = realloc(t->bytes, t->cap_bytes);
	}
	if (t->v == NULL || t->bytes == NULL)
		err(1, "packets");
	t->v[t->n++] =
	    (struct talk_packet){ts_us, (uint32_t)t->n_bytes, (uint32_t)len};
	t->n_bytes += len;
	return t->bytes + t->n_bytes - len;
}

void talk_begin(struct talk *t, uint64_t seed, uint16_t port, int64_t now_us)
{
	t->n = t->n_bytes = 0;
	prng_seed(&t->rng, seed, "talk");
	t->now_us = now_us;
	t->rtt_us = prng_range(&t->rng, 5000, 90000);
	t->lost_permille = 0;
	memset(&t->peers, 0, sizeof(t->peers));
	t->peers.port[TALK_CLIENT] = (uint16_t)prng_range(&t->rng, 1025, 65535);
	t->peers.port[TALK_SERVER] = port;
	t->peers.seq[TALK_CLIENT] = (uint32_t)prng_next(&t->rng);
	t->peers.seq[TALK_SERVER] = (uint32_t)prng_next(&t->rng);
	t->peers.client = prng_below(&t->rng, 30000);
	t->peers.server = prng_below(&t->rng, 20000);
	t->peers.v6 = prng_chance(&t->rng, 100);
}

void talk_free(struct talk *t)
{
	free(t->v);
	free(t->bytes);
}

void talk_segment(struct talk *t, enum talk_side from, int flags,
    const void *data, size_t len)
{
	uint8_t frame[TALK_FRAME_MAX];
	size_t n =
	    talk_tcp_frame(&t->peers, from, flags, data, len, t->now_us, frame);
	int64_t ts_us = t->now_us;

	if (len > 0 && prng_chance(&t->rng, t->lost_permille)) {
		if (prng_chance(&t->rng, 500)) /* late: out of order */
			ts_us += prng_range(&t->rng, 400, 2000);
		else /* twice */
			memcpy(add(t, ts_us + prng_range(&t->rng, 2000, 200000),
				   n),
			    frame, n);
	}
	memcpy(add(t, ts_us, n), frame, n);
}

void talk_udp(struct talk *t, enum talk_side from, const void *data, size_t len)
{
	uint8_t frame[TALK_FRAME_MAX];
	size_t at = put_ip(&t->peers, from, 17, 8 + len, frame);

	put16(frame + at, t->peers.port[from]);
	put16(frame + at + 2, t->peers.port[!from]);
	put16(frame + at + 4, (uint32_t)(8 + len));
	put16(frame + at + 6, 0);
	memcpy(frame + at + 8, data, len);
	put_sum(&t->peers, 17, frame + at, 8 + len, 6);
	memcpy(add(t, t->now_us, at + 8 + len), frame, at + 8 + len);
}

void talk_handshake(struct talk *t)
{
	talk_segment(t, TALK_CLIENT, TALK_SYN, NULL, 0);
	t->now_us += t->rtt_us;
	talk_segment(t, TALK_SERVER, TALK_SYN | TALK_ACK, NULL, 0);
	t->now_us += 50;
	talk_segment(t, TALK_CLIENT, TALK_ACK, NULL, 0);
	t->now_us += t->rtt_us / 2;
}

void talk_say(struct talk *t, enum talk_side from, const void *data, size_t len)
{
	const char *p = data;

	for (int i = 1; len > 0; i++) {
		size_t n = len < TALK_MSS ? len : TALK_MSS;
		int psh = n == len ? TALK_PSH : 0;

		talk_segment(t, from, TALK_ACK | psh, p, n);
		t->now_us += prng_range(&t->rng, 12, 130);
		p += n;
		len -= n;
		if (i % 2 == 0 && len > 0)
			talk_segment(t, !from, TALK_ACK, NULL, 0);
	}
	t->now_us += t->rtt_us / 2 + prng_below(&t->rng, 3000);
}

void talk_printf(struct talk *t, enum talk_side from, const char *format, ...)
{
	char line[2048];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(line))
		errx(1, "line too long");
	talk_say(t, from, line, (size_t)n);
}

void talk_close(struct talk *t, enum talk_side first)
{
	talk_segment(t, first, TALK_FIN | TALK_ACK, NULL, 0);
	t->now_us += t->rtt_us / 2;
	talk_segment(t, !first, TALK_FIN | TALK_ACK, NULL, 0);
	t->now_us += t->rtt_us / 2;
	talk_segment(t, first, TALK_ACK, NULL, 0);
}

/* Nearly sorted already: by insertion. */
void talk_sort(struct talk *t)
{
	for (size_t i = 1; i < t->n; i++) {
		struct talk_packet p = t->v[i];
		size_t k = i;

		for (; k > 0 && t->v[k - 1].ts_us > p.ts_us; k--)
			t->v[k] = t->v[k - 1];
		t->v[k] = p;
	}
}
