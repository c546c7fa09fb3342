/* SPDX-License-Identifier: Apache-2.0 */
/* What a flow has once payload comes: both streams put together, the SMTP
 * session they feed, nDPI's opinion. */
#pragma once

#include <stdbool.h>

#include "capture/dpi.h"
#include "capture/emit.h"
#include "capture/net/flow.h"
#include "capture/net/reasm.h"

/* What an SMTP session may hold without asking. */
#define CONN_SMTP_BYTES 4096

/* What sessions hold in all beyond CONN_SMTP_BYTES each. */
struct conn_smtp_budget {
	size_t total_bytes, used;
};

/* What all connections of an agent share; borrowed. */
struct conn_env {
	struct emit *emit;
	struct reasm_budget *budget;
	struct conn_smtp_budget *smtp;
	struct dpi *dpi; /* NULL: not asked */
	bool dkim;       /* evidence is wanted */
	bool rcpts;      /* recipients are hashed */
};

/* NULL: no memory. */
struct conn *conn_new(
    const struct conn_env *env, struct flow *f, int64_t now_us);
/* Into the cache, without waiting: itself, or (deep) what it points to. */
void conn_fetch(const struct conn *c, bool deep, bool payload);
void conn_free(struct conn *c);
/* A segment of an established connection, with payload, FIN or only ACK. */
void conn_packet(struct conn *c, enum flow_side side, const struct packet *p,
    int64_t now_us);
/* FINs of both sides, or of the only one that is seen, were reached. */
bool conn_is_over(const struct conn *c);
/* Whether a RST of that side can belong to the connection. */
bool conn_accepts_rst(const struct conn *c, enum flow_side side, uint32_t seq);
/* The end: passes on what waits, reports the open transaction and Close. */
void conn_end(struct conn *c, Sekisho__CloseReason reason, int64_t now_us);
