/* SPDX-License-Identifier: Apache-2.0 */
/* Packets made by hand, for the tests of capture/. */
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "capture/net/packet.h"

struct pkt {
	uint8_t b[4096];
	size_t n;
};

static inline void pkt_bytes(struct pkt *k, const void *p, size_t n)
{
	if (n > 0)
		memcpy(k->b + k->n, p, n);
	k->n += n;
}

static inline void pkt_u8(struct pkt *k, unsigned int v)
{
	k->b[k->n++] = (uint8_t)v;
}

static inline void pkt_be16(struct pkt *k, unsigned int v)
{
	pkt_u8(k, v >> 8);
	pkt_u8(k, v);
}

static inline void pkt_be32(struct pkt *k, uint32_t v)
{
	pkt_be16(k, v >> 16);
	pkt_be16(k, v & 0xffff);
}

static inline void pkt_ether(struct pkt *k, unsigned int type)
{
	static const uint8_t mac[12] = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2};

	pkt_bytes(k, mac, 12);
	pkt_be16(k, type);
}

/* 192.0.2.1 -> 198.51.100.1 */
static inline void pkt_ipv4(
    struct pkt *k, unsigned int proto, size_t payload, unsigned int frag)
{
	static const uint8_t addr[8] = {192, 0, 2, 1, 198, 51, 100, 1};

	pkt_be16(k, 0x4500);
	pkt_be16(k, (unsigned int)(20 + payload));
	pkt_be16(k, 1);
	pkt_be16(k, frag);
	pkt_u8(k, 64);
	pkt_u8(k, proto);
	pkt_be16(k, 0);
	pkt_bytes(k, addr, 8);
}

/* 2001:db8::1 -> 2001:db8::2 */
static inline void pkt_ipv6(struct pkt *k, unsigned int next, size_t payload)
{
	uint8_t a[16] = {0x20, 1, 0x0d, 0xb8, [15] = 1};

	pkt_be32(k, 0x60000000);
	pkt_be16(k, (unsigned int)payload);
	pkt_u8(k, next);
	pkt_u8(k, 64);
	pkt_bytes(k, a, 16);
	a[15] = 2;
	pkt_bytes(k, a, 16);
}

static inline void pkt_tcp(struct pkt *k, unsigned int sport,
    unsigned int dport, uint32_t seq, uint32_t ack, unsigned int flags,
    const char *payload)
{
	pkt_be16(k, sport);
	pkt_be16(k, dport);
	pkt_be32(k, seq);
	pkt_be32(k, ack);
	pkt_u8(k, 0x50);
	pkt_u8(k, flags);
	pkt_be16(k, 0xffff);
	pkt_be32(k, 0);
	pkt_bytes(k, payload, strlen(payload));
}

/* A 64-bit generator with a seed (splitmix64): the same bytes each run. */
static inline uint64_t pkt_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}
