/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions are sent before their rows are written. Which those may be is
 * written ahead, for many at once: so after a crash it is known of which
 * blocks the network may have heard although no row says so. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

struct ahead {
	int64_t until; /* sent without a row: at most this one */
	int64_t doubt_after, doubt_until; /* of the process before */
};

/* What the process before left. 0, or -1: the store does not work now. */
int ahead_load(struct ahead *a, struct db *db);
/* The process before may have sent it. */
bool ahead_is_doubtful(const struct ahead *a, int64_t seq);
/* The rows of all up to written are written, or are in the transaction that is
 * open. Before seq is sent; early, inside a transaction, it costs nothing.
 * 0, or -1: it must not be sent. */
int ahead_allow(struct ahead *a, struct db *db, int64_t written, int64_t seq);
/* The same, when it will be needed soon: inside a transaction. */
int ahead_extend(struct ahead *a, struct db *db, int64_t written, int64_t seq);
/* All rows up to seq are written, and nothing more will be sent. */
void ahead_end(struct ahead *a, struct db *db, int64_t seq);
