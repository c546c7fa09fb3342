/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/spool/spool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/log.h"
#include "capture/spool/segments.h"

#define SEGMENT_MAX_BYTES (16u << 20)
#define SEGMENT_MIN_BYTES (128u << 10)
#define BUFFER_MIN_BYTES  (32u << 10)
#define BUFFER_MAX_BYTES  (256u << 10)
#define RETRY_NS          UINT64_C(1000000000)

struct spool {
	struct segments files;
	struct spool_head own;
	uint64_t limit_bytes, segment_bytes;
	struct segment *reading; /* NULL: all of the files is taken */
	struct segment *writing; /* the last one, or NULL */
	uint64_t at;             /* in reading */
	struct spool_frame frame;
	int64_t span; /* of frame in the file; 0: not read yet */
	uint8_t *buf; /* frames that are not in a file yet */
	size_t buf_cap, buf_at, buf_len;
	uint64_t put_seq; /* the newest that was put */
	uint64_t retry_ns;
	uint64_t dropped, damaged;
};

uint64_t spool_buffer_bytes(uint64_t memory_bytes)
{
	uint64_t n = memory_bytes / 4;

	if (n > BUFFER_MAX_BYTES)
		return BUFFER_MAX_BYTES;
	return n < BUFFER_MIN_BYTES ? BUFFER_MIN_BYTES : n;
}

/* The next record put begins a new file. */
static void seal(struct spool *s)
{
	if (s->writing != NULL && s->writing != s->reading)
		segment_close(s->writing);
	s->writing = NULL;
}

void spool_forget(struct spool *s, uint64_t before_seq)
{
	const struct segment *g;

	while ((g = s->files.first) != NULL && g != s->reading &&
	       g != s->writing && g->taken_seq < before_seq)
		segments_remove_first(&s->files);
}

/* --- writing -------------------------------------------------------------- */

static uint64_t frame_seq(const uint8_t *p)
{
	uint64_t seq = 0;

	for (int i = 8; i < SPOOL_FRAME_BYTES; i++)
		seq = seq << 8 | p[i];
	return seq;
}

static int failed(struct spool *s, int rc)
{
	s->retry_ns = uv_hrtime() + RETRY_NS;
	if (!segments_may_say(&s->files, SEGMENTS_WRITE))
		return rc;
	if (rc == -EBUSY)
		log_warn("spool",
		    "%s: is in use by another agent; give each a spool_dir of "
		    "its own",
		    s->files.dir);
	else
		log_warn("spool",
		    "%s: cannot be written to: %s; records wait in memory and "
		    "are dropped when it is full; make the directory writable, "
		    "free space on its disk, or set another spool_dir",
		    s->files.dir, strerror(-rc));
	return rc;
}

/* One begins wherever another would have a hole. */
static int begin_segment(struct spool *s, uint64_t first_seq)
{
	struct spool_head head = s->own;
	int rc;

	head.first_seq = first_seq;
	rc = segments_begin(&s->files, &head);
	if (rc != 0)
		return rc;
	s->writing = s->files.last;
	if (s->reading == NULL) {
		s->reading = s->writing;
		s->at = s->reading->head_bytes;
		s->span = 0;
	}
	return 0;
}

int spool_flush(struct spool *s)
{
	size_t len = s->buf_len - s->buf_at;
	int rc;

	if (len == 0)
		return 0;
	/* A call of the parent for each record would hold up the packets. */
	if (s->retry_ns != 0 && uv_hrtime() < s->retry_ns)
		return -EAGAIN;
	s->retry_ns = 0;
	if (s->writing == NULL) {
		rc = begin_segment(s, frame_seq(s->buf + s->buf_at));
		if (rc != 0)
			return failed(s, rc);
	}
	rc = segment_write(s->writing, s->buf + s->buf_at, len);
	if (rc != 0) {
		if (ftruncate(s->writing->fd, (off_t)s->writing->bytes) != 0)
			seal(s);
		return failed(s, rc);
	}
	s->writing->bytes += len;
	s->files.bytes += len;
	s->buf_at = s->buf_len = 0;
	if (s->writing->bytes >= s->segment_bytes)
		seal(s);
	return 0;
}

void spool_sync(struct spool *s)
{
	if (spool_flush(s) == 0 && s->writing != NULL &&
	    fdatasync(s->writing->fd) != 0)
		(void)failed(s, -errno);
}

static bool has_budget(struct spool *s, size_t len)
{
	uint64_t used = s->files.bytes + (s->buf_len - s->buf_at);

	if (used + len + SPOOL_HEAD_BYTES <= s->limit_bytes &&
	    s->files.n < SEGMENTS_MAX)
		return true;
	if (segments_may_say(&s->files, SEGMENTS_FULL))
		log_warn("spool",
		    "%s: full with %" PRIu64 " bytes, new records are dropped; "
		    "start sekisho-analyzer, or raise spool_bytes",
		    s->files.dir, used);
	return false;
}

/* Room for a frame at the end of the buffer, or NULL. */
static uint8_t *reserve(struct spool *s, uint64_t seq, size_t len)
{
	size_t need = SPOOL_FRAME_BYTES + len;

	if (len == 0 || need > s->buf_cap || !has_budget(s, need))
		return NULL;
	if (s->put_seq != 0 && seq != s->put_seq + 1) {
		if (spool_flush(s) != 0)
			return NULL;
		seal(s);
	}
	if (s->buf_at == s->buf_len)
		s->buf_at = s->buf_len = 0;
	if (s->buf_len + need > s->buf_cap && spool_flush(s) != 0) {
		memmove(s->buf, s->buf + s->buf_at, s->buf_len - s->buf_at);
		s->buf_len -= s->buf_at;
		s->buf_at = 0;
	}
	return s->buf_len + need <= s->buf_cap ? s->buf + s->buf_len : NULL;
}

static void commit(struct spool *s, uint8_t *p, uint64_t seq, size_t len)
{
	spool_frame_pack(p, seq, len);
	s->buf_len += SPOOL_FRAME_BYTES + len;
	s->put_seq = seq;
}

int spool_put(struct spool *s, const Sekisho__Record *r)
{
	size_t len = sekisho__record__get_packed_size(r);
	uint8_t *p = reserve(s, r->seq, len);

	if (p == NULL) {
		s->dropped++;
		return -1;
	}
	sekisho__record__pack(r, p + SPOOL_FRAME_BYTES);
	commit(s, p, r->seq, len);
	return 0;
}

int spool_put_packed(
    struct spool *s, uint64_t seq, const uint8_t *data, size_t len)
{
	uint8_t *p = reserve(s, seq, len);

	if (p == NULL) {
		s->dropped++;
		return -1;
	}
	memcpy(p + SPOOL_FRAME_BYTES, data, len);
	commit(s, p, seq, len);
	return 0;
}

/* --- reading -------------------------------------------------------------- */

bool spool_is_waiting(const struct spool *s)
{
	return s->buf_at < s->buf_len ||
	       (s->reading != NULL &&
		   (s->at < s->reading->bytes || s->reading->next != NULL));
}

static void give_up_segment(struct spool *s, int rc)
{
	struct segment *g = s->reading;

	s->damaged++;
	s->dropped++;
	if (rc == -EBADMSG) {
		segments_say(&s->files, SEGMENTS_READ, g->number,
		    "its end is not intact",
		    "what is before it is delivered; look at the disk's "
		    "health unless the machine or the agent has crashed");
	} else {
		g->keep = true;
		segments_say(&s->files, SEGMENTS_READ, g->number, strerror(-rc),
		    "its records are not delivered; look at the disk, the "
		    "next start tries again");
	}
	if (s->writing == g)
		seal(s);
	s->at = g->bytes;
}

/* A bit error in a record leaves those after it. */
static void step_over(struct spool *s)
{
	struct segment *g = s->reading;
	uint64_t span = spool_frame_span(g->fd, s->at, g->bytes);

	if (span == 0 || span + s->at == g->bytes) {
		give_up_segment(s, -EBADMSG);
		return;
	}
	s->damaged++;
	s->dropped++;
	s->at += span;
	segments_say(&s->files, SEGMENTS_READ, g->number,
	    "a record in it is not intact",
	    "it is left out; look at the disk's health");
}

static bool read_frame(struct spool *s)
{
	struct segment *g = s->reading;

	if (g->fd < 0)
		g->fd = priv_spool_open(s->files.priv, g->number, false);
	if (g->fd < 0) {
		int rc = g->fd;

		g->fd = -1;
		give_up_segment(s, rc);
		return false;
	}
	s->span = spool_frame_read(g->fd, s->at, g->bytes, &s->frame);
	if (s->span > 0 && s->frame.seq > g->taken_seq)
		return true;
	if (s->span == -EBADMSG || s->span > 0)
		step_over(s);
	else
		give_up_segment(s, (int)s->span);
	s->span = 0;
	return false;
}

/* True: frame holds the next record of the files. */
static bool peek_file(struct spool *s)
{
	struct segment *g;

	while ((g = s->reading) != NULL) {
		if (s->at < g->bytes) {
			if (s->span > 0 || read_frame(s))
				return true;
			continue;
		}
		if (g == s->writing)
			seal(s);
		segment_close(g);
		s->reading = g->next;
		s->span = 0;
		if (s->reading != NULL)
			s->at = s->reading->head_bytes;
	}
	return false;
}

bool spool_peek(struct spool *s, struct spool_record *r)
{
	const uint8_t *p = s->buf + s->buf_at;

	if (peek_file(s)) {
		r->agent = s->reading->head.agent;
		r->boot = s->reading->head.boot;
		r->seq = s->frame.seq;
		r->data = s->frame.data;
		r->len = s->frame.len;
		r->on_disk = true;
		return true;
	}
	if (s->buf_at == s->buf_len)
		return false;
	r->agent = s->own.agent;
	r->boot = s->own.boot;
	r->seq = frame_seq(p);
	r->len =
	    (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	r->data = p + SPOOL_FRAME_BYTES;
	r->on_disk = false;
	return true;
}

void spool_take(struct spool *s)
{
	struct spool_record r;

	if (!spool_peek(s, &r))
		return;
	if (r.on_disk) {
		s->reading->taken_seq = r.seq;
		s->at += (uint64_t)s->span;
		s->span = 0;
	} else {
		s->buf_at += SPOOL_FRAME_BYTES + r.len;
	}
}

void spool_skip(struct spool *s)
{
	spool_take(s);
	s->dropped++;
}

static uint64_t segment_size(uint64_t limit_bytes)
{
	uint64_t n = limit_bytes / 8;

	if (n > SEGMENT_MAX_BYTES)
		n = SEGMENT_MAX_BYTES;
	if (n < SEGMENT_MIN_BYTES)
		n = SEGMENT_MIN_BYTES;
	if (n < limit_bytes / (SEGMENTS_MAX / 2))
		n = limit_bytes / (SEGMENTS_MAX / 2);
	return n;
}

static void look_around(struct spool *s)
{
	int rc = segments_load(&s->files);

	if (rc != 0)
		(void)failed(s, rc);
	s->reading = s->files.first;
	if (s->reading == NULL)
		return;
	s->at = s->reading->head_bytes;
	log_info("spool",
	    "%s: records of an earlier start are delivered first files=%zu "
	    "bytes=%" PRIu64,
	    s->files.dir, s->files.n, s->files.bytes);
}

struct spool *spool_new(const struct spool_setup *setup)
{
	struct spool *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->buf_cap = spool_buffer_bytes(setup->memory_bytes);
	s->buf = malloc(s->buf_cap);
	if (s->buf == NULL) {
		free(s);
		return NULL;
	}
	s->files.priv = setup->priv;
	s->files.dir = setup->dir;
	s->own.boot = setup->boot;
	snprintf(s->own.agent, sizeof(s->own.agent), "%s", setup->agent);
	s->limit_bytes = setup->limit_bytes;
	s->segment_bytes = segment_size(setup->limit_bytes);
	look_around(s);
	return s;
}

void spool_free(struct spool *s)
{
	if (s == NULL)
		return;
	spool_sync(s);
	segments_clear(&s->files);
	free(s->frame.data);
	free(s->buf);
	free(s);
}

void spool_stats(const struct spool *s, struct spool_stats *out)
{
	out->bytes = s->files.bytes;
	out->buffered = s->buf_len - s->buf_at;
	out->dropped = s->dropped;
	out->damaged = s->damaged + s->files.damaged;
}
