/* SPDX-License-Identifier: Apache-2.0 */
/* Table of TCP connections by 5-tuple, with a cap. Three lists in order of
 * the last packet make expiry and eviction O(1). About 230 bytes a
 * connection; what one with payload needs more is its conn. */
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

struct flow {
	struct flow *hash_next, *prev, *next;
	uint64_t id;
	struct addr addr[2]; /* by side */
	uint16_t port[2];
	struct outer outer; /* tunnel_addr: the client's end */
	enum flow_list list;
	enum flow_attempt attempt;
	int64_t start_us, last_us;
	uint32_t isn[2];
	uint32_t other_isn; /* of a SYN while the connection was alive */
	uint32_t syn_count;
	uint32_t early_ack; /* client's, before the SYN-ACK was seen */
	uint32_t packets[2];
	bool synack_seen, established, midstream, ignored;
	bool has_other_isn, has_early_ack;
	bool fin[2];
	uint32_t fin_seq[2]; /* of a FIN before there was a conn */
	struct conn *conn;   /* NULL until payload comes */
};

struct flow_table;

/* seed: 16 secret bytes, so that nobody can choose colliding tuples. NULL:
 * no memory. */
struct flow_table *flow_table_new(size_t max, const uint8_t seed[16]);
void flow_table_free(struct flow_table *t);
/* NULL: none. *side: who sent a packet from src to dst. */
struct flow *flow_find(
    struct flow_table *t, const struct packet *p, enum flow_side *side);
bool flow_table_is_full(const struct flow_table *t);
size_t flow_table_count(const struct flow_table *t);
/* Of a full table, the one to give up: closed ones first, then the oldest
 * attempt when attempts fill a quarter, then the idlest. */
struct flow *flow_victim(const struct flow_table *t);
/* All zero but for id, addresses, ports, times and list. NULL: full, or no
 * memory. */
struct flow *flow_add(struct flow_table *t, const struct addr *client,
    uint16_t client_port, const struct addr *server, uint16_t server_port,
    int64_t now_us);
/* To the end of that list. */
void flow_touch(
    struct flow_table *t, struct flow *f, enum flow_list list, int64_t now_us);
void flow_remove(struct flow_table *t, struct flow *f);
struct flow *flow_oldest(const struct flow_table *t, enum flow_list list);
