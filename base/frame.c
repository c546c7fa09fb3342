/* SPDX-License-Identifier: Apache-2.0 */
#include "base/frame.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES 4

static uint8_t *frame_pack(const ProtobufCMessage *m, size_t *len)
{
	size_t body = protobuf_c_message_get_packed_size(m);
	uint8_t *buf;

	if (body > FRAME_MAX_BYTES)
		return NULL;
	buf = malloc(HEADER_BYTES + body);
	if (buf == NULL)
		return NULL;
	buf[0] = (uint8_t)(body >> 24);
	buf[1] = (uint8_t)(body >> 16);
	buf[2] = (uint8_t)(body >> 8);
	buf[3] = (uint8_t)body;
	protobuf_c_message_pack(m, buf + HEADER_BYTES);
	*len = HEADER_BYTES + body;
	return buf;
}

uint8_t *frame_pack_batch(const Sekisho__Batch *b, size_t *len)
{
	return frame_pack(&b->base, len);
}

uint8_t *frame_pack_ack(uint64_t boot, uint64_t seq, size_t *len)
{
	Sekisho__Ack ack = SEKISHO__ACK__INIT;

	ack.boot = boot;
	ack.seq = seq;
	return frame_pack(&ack.base, len);
}

void frame_reader_init(struct frame_reader *r)
{
	memset(r, 0, sizeof(*r));
}

void frame_reader_free(struct frame_reader *r)
{
	free(r->buf);
	memset(r, 0, sizeof(*r));
}

static uint32_t body_length(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* Grows by what has arrived, never by what a header promises. */
static int append(struct frame_reader *r, const uint8_t *p, size_t n)
{
	size_t cap = r->cap != 0 ? r->cap : 512;
	uint8_t *buf;

	while (cap < r->len + n)
		cap *= 2;
	if (cap != r->cap) {
		buf = realloc(r->buf, cap);
		if (buf == NULL)
			return -1;
		r->buf = buf;
		r->cap = cap;
	}
	memcpy(r->buf + r->len, p, n);
	r->len += n;
	return 0;
}

/* How many bytes the frame that r holds the beginning of still lacks. */
static size_t bytes_wanted(const struct frame_reader *r)
{
	if (r->len < HEADER_BYTES)
		return HEADER_BYTES - r->len;
	return HEADER_BYTES + body_length(r->buf) - r->len;
}

int frame_feed(struct frame_reader *r, const void *data, size_t len,
    frame_cb cb, void *arg)
{
	const uint8_t *p = data;
	int rc;

	while (len > 0) {
		size_t n = bytes_wanted(r);

		if (n > len)
			n = len;
		if (append(r, p, n) != 0)
			return -1;
		p += n;
		len -= n;
		if (r->len < HEADER_BYTES)
			continue;
		if (body_length(r->buf) > FRAME_MAX_BYTES)
			return -1;
		if (bytes_wanted(r) > 0)
			continue;
		n = r->len - HEADER_BYTES;
		r->len = 0;
		rc = cb(arg, r->buf + HEADER_BYTES, n);
		if (rc != 0)
			return rc;
	}
	return 0;
}
