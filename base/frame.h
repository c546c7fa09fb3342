/* SPDX-License-Identifier: Apache-2.0 */
/* Framing of record.proto on a byte stream: u32 length (network order) and
 * that many bytes of one packed message. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/record.pb-c.h"

#define FRAME_MAX_BYTES (1u << 20)

/* A whole frame in malloc'd memory; the caller frees. NULL: no memory or
 * larger than FRAME_MAX_BYTES. */
uint8_t *frame_pack_batch(const Sekisho__Batch *b, size_t *len);
uint8_t *frame_pack_ack(uint64_t boot, uint64_t seq, size_t *len);

/* Resumable reader; any split of the stream gives the same frames. */
struct frame_reader {
	uint8_t *buf;
	size_t len, cap;
};

void frame_reader_init(struct frame_reader *r);
void frame_reader_free(struct frame_reader *r);
/* Body bytes of one frame, borrowed for the call. Non-zero stops feeding
 * and is returned by frame_feed(). */
typedef int (*frame_cb)(void *arg, const uint8_t *body, size_t len);
/* 0; -1 when the stream is broken (length over the maximum, no memory). */
int frame_feed(struct frame_reader *r, const void *data, size_t len,
    frame_cb cb, void *arg);
