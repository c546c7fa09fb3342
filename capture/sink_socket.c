/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "capture/sink_impl.h"

#define BACKOFF_MIN_MS 50
#define BACKOFF_MAX_MS 2000

static void try_connect(uv_timer_t *t);

static void on_pipe_closed(uv_handle_t *h)
{
	struct sink *s = h->data;

	s->pipe_open = false;
	if (!s->freed) {
		uv_timer_start(&s->retry_timer, try_connect, s->backoff_ms, 0);
		s->backoff_ms *= 2;
		if (s->backoff_ms > BACKOFF_MAX_MS)
			s->backoff_ms = BACKOFF_MAX_MS;
	}
	sink_closed(h);
}

/* Whatever broke: close, wait, connect again and send all that is not
 * acknowledged. */
static void hang_up(struct sink *s)
{
	static struct log_limit limit;
	unsigned int suppressed;

	if (!s->pipe_open || uv_is_closing((uv_handle_t *)&s->pipe))
		return;
	if (s->connected && log_allow(&limit, 5, &suppressed))
		log_warn("sink",
		    "connection lost, records wait until it is back "
		    "socket=%s records=%llu",
		    s->target,
		    (unsigned long long)(s->stats.records - s->stats.acked));
	s->connected = s->greeted = s->hello_sent = false;
	frame_reader_free(&s->reader);
	frame_reader_init(&s->reader);
	uv_close((uv_handle_t *)&s->pipe, on_pipe_closed);
}

static int on_ack(void *arg, const uint8_t *body, size_t len)
{
	struct sink *s = arg;
	Sekisho__Ack *ack = sekisho__ack__unpack(NULL, len, body);

	if (ack == NULL)
		return -1;
	if (ack->boot == s->queue_boot && s->hello_sent) {
		uint64_t n = backlog_ack(&s->backlog, ack->seq);

		if (s->queue_boot == s->boot)
			s->stats.acked += n;
		sink_spool_acked(s);
		if (!s->greeted) {
			s->greeted = true;
			s->backoff_ms = BACKOFF_MIN_MS;
			backlog_rewind(&s->backlog);
		}
	}
	sekisho__ack__free_unpacked(ack, NULL);
	return 0;
}

static void on_read(uv_stream_t *st, ssize_t n, const uv_buf_t *buf)
{
	struct sink *s = st->data;

	if (n == 0)
		return;
	if (n < 0 ||
	    frame_feed(&s->reader, buf->base, (size_t)n, on_ack, s) != 0) {
		hang_up(s);
		return;
	}
	sink_socket_send(s);
	sink_progress(s);
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
	struct sink *s = h->data;

	(void)suggested;
	*buf = uv_buf_init((char *)s->input, sizeof(s->input));
}

static void on_written(uv_write_t *w, int status)
{
	struct sink *s = w->data;

	free(s->writing);
	s->writing = NULL;
	if (status != 0)
		hang_up(s);
	else
		sink_socket_send(s);
}

/* One frame is under way at a time: the queue is ours, not libuv's. */
static void write_frame(struct sink *s, size_t max_records)
{
	uv_buf_t buf;
	size_t len;

	s->writing = backlog_frame(
	    &s->backlog, s->queue_agent, s->queue_boot, max_records, &len);
	if (s->writing == NULL)
		return;
	buf = uv_buf_init((char *)s->writing, (unsigned int)len);
	s->write.data = s;
	if (uv_write(&s->write, (uv_stream_t *)&s->pipe, &buf, 1, on_written) !=
	    0) {
		free(s->writing);
		s->writing = NULL;
		hang_up(s);
	}
}

void sink_socket_send(struct sink *s)
{
	if (!s->connected || s->writing != NULL)
		return;
	sink_spool_choose(s);
	if (!s->hello_sent) {
		write_frame(s, 0);
		s->hello_sent = s->writing != NULL;
		return;
	}
	if (!s->greeted)
		return;
	sink_spool_refill(s);
	if (s->backlog.n_unsent > 0)
		write_frame(s, BACKLOG_BATCH_RECORDS);
}

/* Once in ten seconds: who looks at a waiting agent wants to know why. */
static void say_nobody_there(const struct sink *s, int status)
{
	static struct log_limit limit;
	unsigned int suppressed;

	if (log_allow(&limit, 1, &suppressed))
		log_warn("sink",
		    "no analyzer answers: %s; records wait; start "
		    "sekisho-analyzer, or write elsewhere with -o socket=%s",
		    status < 0 ? uv_strerror(status) : "no connection",
		    s->target);
}

static void on_connected(uv_connect_t *c, int status)
{
	struct sink *s = c->data;

	if (s->freed || uv_is_closing((uv_handle_t *)&s->pipe))
		return;
	if (status != 0 ||
	    uv_read_start((uv_stream_t *)&s->pipe, on_alloc, on_read) != 0) {
		say_nobody_there(s, status);
		hang_up(s);
		return;
	}
	s->connected = true;
	sink_socket_send(s);
}

/* 0 or a libuv error, which is -errno. */
static int connect_by_priv(struct sink *s)
{
	int rc, fd = priv_connect(s->priv);

	if (fd < 0)
		return fd;
	rc = uv_pipe_open(&s->pipe, fd);
	if (rc != 0)
		close(fd);
	return rc;
}

static void try_connect(uv_timer_t *t)
{
	struct sink *s = t->data;

	if (uv_pipe_init(s->loop, &s->pipe, 0) != 0)
		return;
	s->pipe.data = s;
	s->pipe_open = true;
	s->open_handles++;
	s->connect.data = s;
	if (s->priv == NULL)
		uv_pipe_connect(&s->connect, &s->pipe, s->target, on_connected);
	else
		on_connected(&s->connect, connect_by_priv(s));
}

void sink_socket_start(struct sink *s)
{
	s->backoff_ms = BACKOFF_MIN_MS;
	frame_reader_init(&s->reader);
	uv_timer_init(s->loop, &s->retry_timer);
	s->retry_timer.data = s;
	s->open_handles++;
	uv_timer_start(&s->retry_timer, try_connect, 0, 0);
}

void sink_socket_stop(struct sink *s)
{
	uv_close((uv_handle_t *)&s->retry_timer, sink_closed);
	s->connected = s->greeted = false;
	frame_reader_free(&s->reader);
	if (s->pipe_open && !uv_is_closing((uv_handle_t *)&s->pipe))
		uv_close((uv_handle_t *)&s->pipe, on_pipe_closed);
}
