/* SPDX-License-Identifier: Apache-2.0 */
/* One TCP connection as a mirror port near the client sees it. The two sides
 * speak in turns; the clock runs with what they say. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/gen/net.h"
#include "tests/gen/pcapout.h"
#include "tests/gen/prng.h"

enum side { CLIENT, SERVER };

/* What may happen to a data segment, in 1/1000. */
struct path {
	uint32_t rtt_us;
	uint32_t lost;    /* behind the mirror: seen twice */
	uint32_t late;    /* before the mirror: seen once, after a hole */
	uint32_t swapped; /* overtaken by the next one */
	uint32_t twice;   /* the mirror doubles it */
	uint32_t unseen;  /* the mirror loses it */
};
struct conn {
	struct pcapout *out;
	struct prng *rng;
	struct net_peer peer[2];
	int vlan;
	struct path path;
	uint32_t mss;
	bool hidden[2]; /* what this side sends is not on the mirror */
	/* private */
	int64_t now_us;
	int64_t floor_us; /* nobody speaks in turn before */
	enum side last;
	uint32_t next[2]; /* sequence number of the next byte */
	uint16_t ip_id[2];
};

/* out, rng, peer, vlan, path are set; begins at now_us. */
void conn_init(struct conn *c, int64_t now_us);
void conn_open(struct conn *c);
/* The client's SYN and, each after twice the time, its repetitions. */
void conn_unanswered(struct conn *c, int syns);
/* SYN, RST */
void conn_refused(struct conn *c);
/* SYN, SYN-ACK, and the client's RST (it never asked) or nothing. */
void conn_half_open(struct conn *c, bool rst);
void conn_say(struct conn *c, enum side from, const void *data, size_t len);
void conn_wait(struct conn *c, int64_t us);
/* FIN from this side, then from the other. */
void conn_close(struct conn *c, enum side from);
void conn_reset(struct conn *c, enum side from);
