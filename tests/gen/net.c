/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gen/net.h"

#include <assert.h>
#include <string.h>

#define ETHER_MIN 60 /* shorter frames are padded on the wire */
#define TCP       6

struct writer {
	uint8_t *at;
};

static void put8(struct writer *w, unsigned int v)
{
	*w->at++ = (uint8_t)v;
}

static void put16(struct writer *w, unsigned int v)
{
	put8(w, v >> 8 & 0xff);
	put8(w, v & 0xff);
}

static void put32(struct writer *w, uint32_t v)
{
	put16(w, v >> 16);
	put16(w, v & 0xffff);
}

static void put(struct writer *w, const void *p, size_t len)
{
	if (len > 0)
		memcpy(w->at, p, len);
	w->at += len;
}

/* RFC 1071, not yet folded or inverted */
static uint32_t add_up(uint32_t sum, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i + 1 < len; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	if (len % 2 == 1)
		sum += (uint32_t)p[len - 1] << 8;
	return sum;
}

static void set_checksum(uint8_t *at, uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	sum = ~sum & 0xffff;
	at[0] = (uint8_t)(sum >> 8);
	at[1] = (uint8_t)(sum & 0xff);
}

static void put_ether(struct writer *w, const struct net_segment *s, bool v4)
{
	static const uint8_t inside[6] = {2, 0, 0x5e, 0, 0, 1};
	static const uint8_t outside[6] = {2, 0, 0x5e, 0, 0, 2};

	put(w, s->upstream ? outside : inside, 6);
	put(w, s->upstream ? inside : outside, 6);
	if (s->vlan != 0) {
		put16(w, 0x8100);
		put16(w, (unsigned int)s->vlan);
	}
	put16(w, v4 ? 0x0800 : 0x86dd);
}

static void put_ip4(struct writer *w, const struct net_segment *s, size_t len)
{
	uint8_t *head = w->at;

	put16(w, 0x4500);
	put16(w, (unsigned int)(20 + len));
	put16(w, s->ip_id);
	put16(w, 0x4000); /* do not fragment */
	put8(w, s->ttl);
	put8(w, TCP);
	put16(w, 0);
	put(w, s->src.addr.b + 12, 4);
	put(w, s->dst.addr.b + 12, 4);
	set_checksum(head + 10, add_up(0, head, 20));
}

static void put_ip6(struct writer *w, const struct net_segment *s, size_t len)
{
	put32(w, 0x60000000);
	put16(w, (unsigned int)len);
	put8(w, TCP);
	put8(w, s->ttl);
	put(w, s->src.addr.b, 16);
	put(w, s->dst.addr.b, 16);
}

static void put_tcp(struct writer *w, const struct net_segment *s)
{
	bool syn = (s->flags & NET_SYN) != 0;

	put16(w, s->src.port);
	put16(w, s->dst.port);
	put32(w, s->seq);
	put32(w, s->ack);
	put8(w, syn ? 8 << 4 : 5 << 4);
	put8(w, s->flags);
	put16(w, s->window);
	put32(w, 0); /* checksum, urgent pointer */
	if (syn) {
		put16(w, 0x0204);
		put16(w, s->mss);
		put32(w, 0x01030307); /* NOP, window scale 7 */
		put32(w, 0x01010402); /* NOP NOP, SACK permitted */
	}
	put(w, s->data, s->len);
}

size_t net_build(const struct net_segment *s, uint8_t frame[NET_FRAME_MAX])
{
	struct writer w = {frame};
	bool v4 = addr_is_v4(&s->src.addr);
	size_t len = s->len + (s->flags & NET_SYN ? 32 : 20);
	size_t skip = v4 ? 12 : 0;
	uint8_t *tcp;
	uint32_t sum;

	assert(v4 == addr_is_v4(&s->dst.addr));
	assert(len + 60 < NET_FRAME_MAX);
	memset(frame, 0, ETHER_MIN);
	put_ether(&w, s, v4);
	if (v4)
		put_ip4(&w, s, len);
	else
		put_ip6(&w, s, len);
	tcp = w.at;
	put_tcp(&w, s);
	sum = add_up(TCP + (uint32_t)len, s->src.addr.b + skip, 16 - skip);
	sum = add_up(sum, s->dst.addr.b + skip, 16 - skip);
	set_checksum(tcp + 16, add_up(sum, tcp, len));
	len = (size_t)(w.at - frame);
	return len < ETHER_MIN ? ETHER_MIN : len;
}
