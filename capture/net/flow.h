/* SPDX-License-Identifier: Apache-2.0 */
/* Table of TCP connections by 5-tuple, with a cap. What a packet touches of
 * a flow stands in its first cache lines; time-outs are due in a timer wheel
 * that no packet touches (expiry.h). What a connection with payload needs
 * more is its conn. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "capture/net/packet.h"

enum flow_side { FLOW_CLIENT, FLOW_SERVER };
enum flow_list { FLOW_SYN, FLOW_OPEN, FLOW_CLOSED, FLOW_LISTS };
enum flow_attempt {
	FLOW_ATTEMPT_NONE, /* the SYN was not seen */
	FLOW_ATTEMPT_PENDING,
	FLOW_ATTEMPT_DONE
};

struct conn;

/* 200 bytes; 216 with its share of the hash table. */
struct flow {
	struct flow *hash_next;
	uint32_t hash;
	uint16_t port[2]; /* by side */
	struct addr addr[2];
	int64_t last_us;
	struct conn *conn; /* NULL until payload comes */
	uint8_t list;      /* enum flow_list */
	uint8_t attempt;   /* enum flow_attempt */
	bool synack_seen, established, midstream, ignored;
	bool has_other_isn, has_early_ack, simultaneous;
	bool fin[2];
	bool due; /* taken out of its wheel, in the list of due ones */
	uint16_t slot;
	uint16_t syn_count;
	uint32_t packets[2];
	uint32_t isn[2];
	uint32_t other_isn;  /* of a SYN while the connection was alive */
	uint32_t early_ack;  /* client's, before the SYN-ACK was seen */
	uint32_t fin_seq[2]; /* of a FIN before there was a conn */
	int64_t start_us;
	uint64_t id;
	struct flow *prev, *next; /* in a slot of a wheel */
	struct outer outer;       /* tunnel_addr: the client's end */
};

struct flow_table;

/* seed: 16 secret bytes, so that nobody can choose colliding tuples.
 * timeout_us: after the last packet, by list. NULL: no memory. */
struct flow_table *flow_table_new(
    size_t max, const uint8_t seed[16], const int64_t timeout_us[FLOW_LISTS]);
void flow_table_free(struct flow_table *t);
/* Of both directions of a packet's connection. */
uint32_t flow_hash(const struct flow_table *t, const struct packet *p);
/* NULL: none. *side: who sent a packet from src to dst. */
struct flow *flow_find(struct flow_table *t, const struct packet *p,
    uint32_t hash, enum flow_side *side);
/* Into the cache, without waiting: the bucket; then, of what it holds, the
 * first flow, which flow_peek() then looks at. NULL: another one, or none. */
void flow_fetch_bucket(const struct flow_table *t, uint32_t hash);
void flow_fetch(const struct flow_table *t, uint32_t hash);
const struct flow *flow_peek(const struct flow_table *t, uint32_t hash);
bool flow_table_is_full(const struct flow_table *t);
size_t flow_table_count(const struct flow_table *t);
/* Of a full table, the one to give up: closed ones first, then the oldest
 * attempt when attempts fill a quarter, then the idlest (as far as a few
 * looks tell). */
struct flow *flow_victim(struct flow_table *t);
/* All zero but for id, addresses, ports, times and list, which is FLOW_SYN.
 * The client is who sent p, or who gets it. NULL: full, or no memory. */
struct flow *flow_add(struct flow_table *t, const struct packet *p,
    uint32_t hash, bool client_is_src, int64_t now_us);
/* It lives: its time-out begins anew, as one of that list. */
void flow_touch(
    struct flow_table *t, struct flow *f, enum flow_list list, int64_t now_us);
void flow_remove(struct flow_table *t, struct flow *f);
/* When it is over if no packet comes. */
int64_t flow_due_us(const struct flow_table *t, const struct flow *f);
/* The next one that was due before the second of now_us, in the order of
 * the times at which they were due; it stays in the table until
 * flow_remove(). NULL: none. */
struct flow *flow_next_due(struct flow_table *t, int64_t now_us);
/* Any one, those that are due first at first. NULL: the table is empty. */
struct flow *flow_next(struct flow_table *t);
