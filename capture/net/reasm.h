/* SPDX-License-Identifier: Apache-2.0 */
/* One direction of a TCP connection as a byte stream: sequence numbers wrap,
 * segments come twice, late, overlapping or never. The bytes that came first
 * win; where different ones came for the same place, and the first still
 * wait, that is counted. What waits for a hole is bounded; a hole that will
 * not be filled is an event. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/counters.h"

/* No segment this far from where the stream is belongs to it, unless more
 * evidence comes (a successor, the peer's acknowledgement). */
#define REASM_WINDOW (4u << 20)

struct reasm_segment;

/* Shared by all streams of an agent. */
struct reasm_budget {
	size_t stream_bytes, total_bytes; /* limits */
	size_t used;
	struct counters *counters;
};

/* Data is borrowed for the call; len of a gap is never 0. */
struct reasm_out {
	void (*data)(void *arg, const uint8_t *data, size_t len);
	void (*gap)(void *arg, uint64_t len);
	void *arg;
};

struct reasm {
	struct reasm_segment *head, *tail;
	uint32_t buffered;
	uint32_t next;     /* sequence number of the next byte */
	uint32_t fin_seq;  /* where the stream ends */
	uint32_t far_next; /* behind the last segment out of the window */
	bool started, fin, far;
};

/* All zero is a stream that has not started. */
void reasm_start(struct reasm *r, uint32_t seq);
/* len bytes of data are there of the wire_len that were sent. */
void reasm_segment(struct reasm *r, struct reasm_budget *b, uint32_t seq,
    const uint8_t *data, uint32_t len, uint32_t wire_len,
    const struct reasm_out *out);
/* The other side has all bytes before ack: holes there stay. */
void reasm_acked(struct reasm *r, struct reasm_budget *b, uint32_t ack,
    const struct reasm_out *out);
/* A FIN whose own sequence number is seq. */
void reasm_fin(struct reasm *r, uint32_t seq);
/* Every byte up to the FIN was passed on. */
bool reasm_is_complete(const struct reasm *r);
/* The end: what waits is passed on with its holes. */
void reasm_flush(
    struct reasm *r, struct reasm_budget *b, const struct reasm_out *out);
/* Drops what waits. */
void reasm_reset(struct reasm *r, struct reasm_budget *b);
