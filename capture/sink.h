/* SPDX-License-Identifier: Apache-2.0 */
/* Where records go: a unix socket with acknowledgement, frames on a file
 * descriptor, or JSON lines. Fills in seq and ts order. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/record.pb-c.h"
#include "capture/priv.h"

enum sink_kind { SINK_SOCKET, SINK_FRAMES, SINK_JSON };

struct sink_stats {
	uint64_t records, dropped, acked, queue_bytes;
	uint64_t spool_bytes, spool_dropped, spool_damaged;
};

/* Where records wait that memory has no room for. */
struct sink_spool {
	const char *dir; /* as people know it; borrowed */
	uint64_t limit_bytes;
};

struct sink;

/* target: socket path; "-" or a file name for the other two. NULL with err
 * set. queue_bytes bounds what is not acknowledged yet. */
struct sink *sink_new(uv_loop_t *loop, enum sink_kind kind, const char *target,
    const char *agent, uint64_t boot, uint64_t queue_bytes, char *err,
    size_t errsize);
/* The analyzer's socket is connected through p, borrowed, from now on. */
void sink_use_priv(struct sink *s, struct priv *p);
/* After sink_use_priv(), for a socket; before the first record. 0, or -1: no
 * memory. */
int sink_use_spool(struct sink *s, const struct sink_spool *setup);
/* At the end: what the analyzer has not committed goes to the spool. Returns
 * how many records had to be left. */
uint64_t sink_save(struct sink *s);
/* Takes a copy. When the queue is full: dropped and counted. */
void sink_put(struct sink *s, Sekisho__Record *r);
/* A file source asks before it reads on; a live one never does. */
bool sink_is_full(const struct sink *s);
/* All is written and, on a socket, acknowledged. */
bool sink_is_drained(const struct sink *s);
/* Called when sink_is_full() or sink_is_drained() may have changed. */
void sink_on_progress(struct sink *s, void (*cb)(void *arg), void *arg);
void sink_flush(struct sink *s);
void sink_stats(const struct sink *s, struct sink_stats *out);
/* Not zero: writing failed for good (EPIPE, ENOSPC on a file). */
int sink_error(const struct sink *s);
void sink_free(struct sink *s);
