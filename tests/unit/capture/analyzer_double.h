/* SPDX-License-Identifier: Apache-2.0 */
/* The analyzer's side of the socket, for tests of the sink. */
#pragma once

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/frame.h"
#include "base/record.pb-c.h"

#define SERVER_BOOTS 8

/* The analyzer's side: counts, loses its temper every `drop_every` records,
 * acknowledges every `ack_every` frames. */
struct server {
	uv_loop_t *loop;
	uv_pipe_t listener, *conn;
	struct frame_reader reader;
	struct {
		uint64_t boot, next; /* every record below next has come */
	} boots[SERVER_BOOTS];
	bool holes; /* are no failure */
	uint64_t records, batches, hellos, drops;
	uint64_t drop_every, ack_every;
	uint8_t input[1000]; /* small, so that frames come in pieces */
};
struct ack {
	uv_write_t w;
	uint8_t *frame;
};

/* The next record of a boot that has not come. */
static uint64_t *server_next(struct server *v, uint64_t boot)
{
	int i = 0;

	while (i < SERVER_BOOTS && v->boots[i].next != 0 &&
	       v->boots[i].boot != boot)
		i++;
	assert_true(i < SERVER_BOOTS);
	if (v->boots[i].next == 0)
		v->boots[i].next = 1;
	v->boots[i].boot = boot;
	return &v->boots[i].next;
}

static void on_closed_free(uv_handle_t *h)
{
	free(h);
}

static void server_drop(struct server *v)
{
	uv_pipe_t *c = v->conn;

	v->conn = NULL;
	frame_reader_free(&v->reader);
	if (c != NULL)
		uv_close((uv_handle_t *)c, on_closed_free);
}

static void on_ack_written(uv_write_t *w, int status)
{
	struct ack *a = (struct ack *)w;

	(void)status;
	free(a->frame);
	free(a);
}

static void server_ack(struct server *v, uint64_t boot)
{
	struct ack *a = calloc(1, sizeof(*a));
	uv_buf_t buf;
	size_t len;

	assert_non_null(a);
	a->frame = frame_pack_ack(boot, *server_next(v, boot) - 1, &len);
	buf = uv_buf_init((char *)a->frame, (unsigned int)len);
	if (uv_write(&a->w, (uv_stream_t *)v->conn, &buf, 1, on_ack_written) !=
	    0)
		on_ack_written(&a->w, -1);
}

static int on_frame(void *arg, const uint8_t *body, size_t len)
{
	struct server *v = arg;
	Sekisho__Batch *b = sekisho__batch__unpack(NULL, len, body);
	uint64_t *next, before, boot;

	assert_non_null(b);
	assert_string_equal(b->agent, "tap");
	boot = b->boot;
	next = server_next(v, boot);
	before = *next;
	assert_true(b->n_records <= 256);
	for (size_t i = 0; i < b->n_records; i++) {
		uint64_t seq = b->records[i]->seq;

		/* Again what is known, or the next: never a hole. */
		if (!v->holes && seq > *next)
			fail_msg("%llu came, %llu was next",
			    (unsigned long long)seq, (unsigned long long)*next);
		if (!v->holes && i > 0)
			assert_int_equal(seq, b->records[i - 1]->seq + 1);
		if (seq >= *next)
			*next = seq + 1;
		v->records++;
	}
	if (b->n_records == 0)
		v->hellos++;
	else
		v->batches++;
	len = b->n_records;
	sekisho__batch__free_unpacked(b, NULL);
	if (v->drop_every > 0 && len > 0 && v->batches % v->drop_every == 0) {
		/* Now with the batch committed, now without. */
		if (v->drops % 2 == 0)
			*next = before;
		return 1;
	}
	if (len == 0 || v->batches % v->ack_every == 0)
		server_ack(v, boot);
	return 0;
}

static void on_alloc(uv_handle_t *h, size_t n, uv_buf_t *buf)
{
	struct server *v = h->data;

	(void)n;
	*buf = uv_buf_init((char *)v->input, sizeof(v->input));
}

static void on_read(uv_stream_t *st, ssize_t n, const uv_buf_t *buf)
{
	struct server *v = st->data;

	if (v->conn != (uv_pipe_t *)st || n == 0)
		return;
	if (n < 0 ||
	    frame_feed(&v->reader, buf->base, (size_t)n, on_frame, v) != 0) {
		v->drops += n >= 0;
		server_drop(v);
	}
}

static void on_connection(uv_stream_t *l, int status)
{
	struct server *v = l->data;
	uv_pipe_t *c = malloc(sizeof(*c));

	assert_int_equal(status, 0);
	server_drop(v);
	uv_pipe_init(v->loop, c, 0);
	c->data = v;
	assert_int_equal(uv_accept(l, (uv_stream_t *)c), 0);
	v->conn = c;
	frame_reader_init(&v->reader);
	uv_read_start((uv_stream_t *)c, on_alloc, on_read);
}

/* All zero at first; what it knows outlives a stop. */
static void server_start(struct server *v, uv_loop_t *loop, const char *path)
{
	v->loop = loop;
	v->ack_every = 1;
	unlink(path);
	uv_pipe_init(loop, &v->listener, 0);
	v->listener.data = v;
	assert_int_equal(uv_pipe_bind(&v->listener, path), 0);
	assert_int_equal(
	    uv_listen((uv_stream_t *)&v->listener, 4, on_connection), 0);
}

static void server_stop(struct server *v)
{
	server_drop(v);
	uv_close((uv_handle_t *)&v->listener, NULL);
	uv_run(v->loop, UV_RUN_NOWAIT);
	uv_run(v->loop, UV_RUN_NOWAIT);
}
