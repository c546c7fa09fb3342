/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/spool/file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/cursor.h"
#include "base/record.pb-c.h"

/* magic[8] version[4] boot[8] first_seq[8] agent_len[4] agent[] crc[4] */
#define HEAD_FIXED 32
#define VERSION    1

static const char magic[8] = {'S', 'K', 'S', 'P', 'O', 'O', 'L', '\n'};

static uint8_t *put(uint8_t *p, uint64_t v, unsigned int bytes)
{
	for (unsigned int i = bytes; i-- > 0;)
		*p++ = (uint8_t)(v >> (8 * i));
	return p;
}

static uint32_t checksum(const uint8_t *p, size_t len)
{
	return (uint32_t)crc32(0, p, (uInt)len);
}

size_t spool_head_pack(
    const struct spool_head *h, uint8_t out[static SPOOL_HEAD_BYTES])
{
	size_t len = strnlen(h->agent, SPOOL_AGENT_BYTES - 1);
	uint8_t *p = out;

	memcpy(p, magic, sizeof(magic));
	p = put(p + sizeof(magic), VERSION, 4);
	p = put(p, h->boot, 8);
	p = put(p, h->first_seq, 8);
	p = put(p, len, 4);
	memcpy(p, h->agent, len);
	p += len;
	p = put(p, checksum(out, (size_t)(p - out)), 4);
	return (size_t)(p - out);
}

/* How many bytes there were, at most len; or -errno. */
static ssize_t read_at(int fd, uint64_t at, void *data, size_t len)
{
	size_t have = 0;
	ssize_t n;

	while (have < len) {
		n = pread(
		    fd, (char *)data + have, len - have, (off_t)(at + have));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

static uint64_t be64(struct cursor *c)
{
	uint64_t high = cursor_be32(c);

	return high << 32 | cursor_be32(c);
}

int spool_head_read(int fd, struct spool_head *h)
{
	uint8_t raw[SPOOL_HEAD_BYTES];
	ssize_t n = read_at(fd, 0, raw, sizeof(raw));
	const uint8_t *agent;
	struct cursor c;
	uint32_t version, len;

	if (n < 0)
		return (int)n;
	memset(h, 0, sizeof(*h));
	if (memcmp(raw, magic,
		(size_t)n < sizeof(magic) ? (size_t)n : sizeof(magic)) != 0)
		return -EBADMSG;
	cursor_init(&c, raw, (size_t)n);
	cursor_skip(&c, sizeof(magic));
	version = cursor_be32(&c);
	h->boot = be64(&c);
	h->first_seq = be64(&c);
	len = cursor_be32(&c);
	if (c.error)
		return -ENODATA;
	if (version != VERSION || len >= SPOOL_AGENT_BYTES)
		return -EBADMSG;
	agent = cursor_bytes(&c, len);
	if (cursor_be32(&c) != checksum(raw, HEAD_FIXED + len))
		return c.error ? -ENODATA : -EBADMSG;
	if (memchr(agent, '\0', len) != NULL)
		return -EBADMSG;
	memcpy(h->agent, agent, len);
	return HEAD_FIXED + (int)len + 4;
}

static uint32_t frame_checksum(
    const uint8_t *frame, const uint8_t *data, size_t len)
{
	uLong crc = crc32(0, frame, 4);

	crc = crc32(crc, frame + 8, 8);
	return (uint32_t)crc32(crc, data, (uInt)len);
}

void spool_frame_pack(uint8_t *p, uint64_t seq, size_t len)
{
	put(p, len, 4);
	put(p + 8, seq, 8);
	put(p + 4, frame_checksum(p, p + SPOOL_FRAME_BYTES, len), 4);
}

static int grow(struct spool_frame *f, size_t len)
{
	uint8_t *data;

	if (len <= f->cap)
		return 0;
	data = realloc(f->data, len);
	if (data == NULL)
		return -ENOMEM;
	f->data = data;
	f->cap = len;
	return 0;
}

/* What the checksum does not tell: an analyzer would refuse the whole batch
 * for one record that is none, again and again. */
static bool is_record(const struct spool_frame *f)
{
	Sekisho__Record *r = sekisho__record__unpack(NULL, f->len, f->data);
	bool good = r != NULL && r->seq == f->seq && f->seq != 0;

	if (r != NULL)
		sekisho__record__free_unpacked(r, NULL);
	return good;
}

/* The length of the record, or -errno. */
static int64_t read_start(
    int fd, uint64_t at, uint64_t end, uint8_t raw[static SPOOL_FRAME_BYTES])
{
	struct cursor c;
	ssize_t n;
	uint32_t len;

	if (at > end || end - at < SPOOL_FRAME_BYTES)
		return -EBADMSG;
	n = read_at(fd, at, raw, SPOOL_FRAME_BYTES);
	if (n < 0)
		return n;
	cursor_init(&c, raw, (size_t)n);
	len = cursor_be32(&c);
	if (n < SPOOL_FRAME_BYTES || len == 0 || len > SPOOL_RECORD_BYTES ||
	    len > end - at - SPOOL_FRAME_BYTES)
		return -EBADMSG;
	return len;
}

uint64_t spool_frame_span(int fd, uint64_t at, uint64_t end)
{
	uint8_t raw[SPOOL_FRAME_BYTES];
	int64_t len = read_start(fd, at, end, raw);

	return len > 0 ? SPOOL_FRAME_BYTES + (uint64_t)len : 0;
}

int64_t spool_frame_read(
    int fd, uint64_t at, uint64_t end, struct spool_frame *f)
{
	uint8_t raw[SPOOL_FRAME_BYTES];
	int64_t len = read_start(fd, at, end, raw);
	struct cursor c;
	uint32_t crc;
	ssize_t n;

	if (len < 0)
		return len;
	if (grow(f, (size_t)len) != 0)
		return -ENOMEM;
	n = read_at(fd, at + SPOOL_FRAME_BYTES, f->data, (size_t)len);
	if (n < 0)
		return n;
	cursor_init(&c, raw + 4, sizeof(raw) - 4);
	crc = cursor_be32(&c);
	f->seq = be64(&c);
	f->len = (size_t)len;
	if (n != len || crc != frame_checksum(raw, f->data, f->len) ||
	    !is_record(f))
		return -EBADMSG;
	return SPOOL_FRAME_BYTES + len;
}
