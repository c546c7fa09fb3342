/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "capture/record_json.h"
#include "capture/sink_impl.h"

#define BATCH_MS        20
#define TEXT_BYTES      (64u << 10)
#define OWN_LIMIT_BYTES (4u << 20) /* frames for a file are written on */

void sink_progress(struct sink *s)
{
	if (s->progress != NULL && !s->freed)
		s->progress(s->progress_arg);
}

static void release(struct sink *s)
{
	free(s->writing);
	free(s->agent);
	free(s->target);
	free(s->text);
	spool_free(s->spool);
	free(s);
}

void sink_closed(uv_handle_t *h)
{
	struct sink *s = h->data;

	if (--s->open_handles == 0 && s->freed)
		release(s);
}

/* All of it, in order, whether or not the descriptor blocks. */
static void write_all(struct sink *s, const void *data, size_t len)
{
	const char *p = data;
	struct pollfd pfd = {.fd = s->fd, .events = POLLOUT};

	while (len > 0 && s->error == 0) {
		ssize_t n = write(s->fd, p, len);

		if (n >= 0) {
			p += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			(void)poll(&pfd, 1, -1);
		} else if (errno != EINTR) {
			s->error = errno;
		}
	}
}

static void flush_frames(struct sink *s)
{
	uint8_t *frame;
	size_t len, n;

	while (s->backlog.n_unsent > 0 && s->error == 0) {
		n = s->backlog.n_unsent;
		frame = backlog_frame(&s->backlog, s->agent, s->boot,
		    BACKLOG_BATCH_RECORDS, &len);
		if (frame == NULL) {
			s->error = ENOMEM;
			return;
		}
		write_all(s, frame, len);
		free(frame);
		n -= s->backlog.n_unsent;
		if (backlog_ack(&s->backlog, s->backlog.sent_seq) != n)
			s->error = EIO;
		if (s->error == 0)
			s->stats.acked += n;
	}
}

static void flush_text(struct sink *s)
{
	if (s->text_len == 0)
		return;
	write_all(s, s->text, s->text_len);
	if (s->error == 0)
		s->stats.acked = s->stats.records;
	s->text_len = 0;
}

void sink_flush(struct sink *s)
{
	switch (s->kind) {
	case SINK_SOCKET:
		sink_socket_send(s);
		break;
	case SINK_FRAMES:
		flush_frames(s);
		break;
	case SINK_JSON:
		flush_text(s);
		break;
	}
}

static void on_batch_timer(uv_timer_t *t)
{
	struct sink *s = t->data;

	if (s->spool != NULL)
		(void)spool_flush(s->spool);
	sink_flush(s);
	sink_progress(s);
}

static int put_text(struct sink *s, const Sekisho__Record *r)
{
	const char *line;
	size_t len, cap;
	char *text;

	record_json(&s->json, r, s->agent, s->boot);
	line = jsonw_take(&s->json);
	if (line == NULL)
		return -1;
	len = strlen(line);
	if (s->text_len + len > TEXT_BYTES)
		flush_text(s);
	cap = s->text_len + len;
	if (cap > s->text_cap) {
		text = realloc(s->text, cap < TEXT_BYTES ? TEXT_BYTES : cap);
		if (text == NULL)
			return -1;
		s->text = text;
		s->text_cap = cap < TEXT_BYTES ? TEXT_BYTES : cap;
	}
	memcpy(s->text + s->text_len, line, len);
	s->text_len += len;
	return 0;
}

static int put_record(struct sink *s, const Sekisho__Record *r)
{
	int rc = -1;

	if (s->error == 0 && s->kind == SINK_JSON)
		rc = put_text(s, r);
	else if (s->error == 0 && s->spool != NULL)
		return sink_spool_put(s, r);
	else if (s->error == 0)
		rc = backlog_add(&s->backlog, r);
	if (rc != 0)
		s->stats.dropped++;
	return rc;
}

void sink_put(struct sink *s, Sekisho__Record *r)
{
	if (r->ts_us < s->last_ts_us)
		r->ts_us = s->last_ts_us;
	s->last_ts_us = r->ts_us;
	r->seq = s->seq + 1;
	/* A dropped record takes no number: the sequence has no holes. */
	if (put_record(s, r) != 0)
		return;
	s->seq++;
	s->stats.records++;
	if (s->kind != SINK_JSON &&
	    s->backlog.n_unsent >= BACKLOG_BATCH_RECORDS)
		sink_flush(s);
	if (!uv_is_active((uv_handle_t *)&s->batch_timer))
		uv_timer_start(&s->batch_timer, on_batch_timer, BATCH_MS, 0);
}

bool sink_is_full(const struct sink *s)
{
	/* Room is left for what one more step of the source sets free. */
	return s->kind == SINK_SOCKET && s->spool == NULL &&
	       s->backlog.bytes > s->backlog.limit_bytes / 2;
}

bool sink_is_drained(const struct sink *s)
{
	return s->error != 0 ||
	       (s->backlog.head == NULL && s->text_len == 0 &&
		   (s->spool == NULL || !spool_is_waiting(s->spool)));
}

void sink_use_priv(struct sink *s, struct priv *p)
{
	s->priv = p;
}

void sink_on_progress(struct sink *s, void (*cb)(void *arg), void *arg)
{
	s->progress = cb;
	s->progress_arg = arg;
}

void sink_stats(const struct sink *s, struct sink_stats *out)
{
	struct spool_stats spool = {0};

	if (s->spool != NULL)
		spool_stats(s->spool, &spool);
	*out = s->stats;
	out->queue_bytes = s->backlog.bytes + s->text_len + spool.buffered;
	out->spool_bytes = spool.bytes;
	out->spool_dropped = spool.dropped;
	out->spool_damaged = spool.damaged;
}

int sink_error(const struct sink *s)
{
	return s->error;
}

static int open_file(
    struct sink *s, const char *target, char *err, size_t errsize)
{
	if (strcmp(target, "-") == 0) {
		s->fd = STDOUT_FILENO;
		return 0;
	}
	s->fd = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
	if (s->fd >= 0)
		return 0;
	snprintf(err, errsize,
	    "cannot write records to %s: %s; name a file in a directory that "
	    "exists and that this user may write to, or - for stdout",
	    target, strerror(errno));
	return -1;
}

static int check_socket_path(const char *target, char *err, size_t errsize)
{
	size_t max = sizeof(((struct sockaddr_un *)0)->sun_path) - 1;

	if (target[0] != '\0' && strlen(target) <= max)
		return 0;
	snprintf(err, errsize,
	    "the socket path %s is empty or longer than %zu bytes; set a "
	    "shorter one with socket = \"...\"",
	    target, max);
	return -1;
}

struct sink *sink_new(uv_loop_t *loop, enum sink_kind kind, const char *target,
    const char *agent, uint64_t boot, uint64_t queue_bytes, char *err,
    size_t errsize)
{
	struct sink *s = calloc(1, sizeof(*s));
	int rc;

	/* A reader that goes away is an error of write(), not our end. */
	(void)signal(SIGPIPE, SIG_IGN);
	if (s == NULL || (s->agent = strdup(agent)) == NULL ||
	    (s->target = strdup(target)) == NULL) {
		snprintf(err, errsize, "no memory for the record sink");
		goto fail;
	}
	s->loop = loop;
	s->kind = kind;
	s->boot = s->queue_boot = boot;
	snprintf(s->queue_agent, sizeof(s->queue_agent), "%s", agent);
	s->fd = -1;
	jsonw_init(&s->json, NULL);
	backlog_init(
	    &s->backlog, kind == SINK_SOCKET ? queue_bytes : OWN_LIMIT_BYTES);
	rc = kind == SINK_SOCKET ? check_socket_path(target, err, errsize)
				 : open_file(s, target, err, errsize);
	if (rc != 0)
		goto fail;
	uv_timer_init(loop, &s->batch_timer);
	s->batch_timer.data = s;
	s->open_handles = 1;
	if (kind == SINK_SOCKET)
		sink_socket_start(s);
	return s;
fail:
	if (s != NULL)
		release(s);
	return NULL;
}

/* The loop must run once more: handles close there. */
void sink_free(struct sink *s)
{
	if (s == NULL)
		return;
	if (s->kind != SINK_SOCKET)
		sink_flush(s);
	s->freed = true;
	backlog_clear(&s->backlog);
	jsonw_free(&s->json);
	if (s->fd > STDERR_FILENO)
		close(s->fd);
	if (s->kind == SINK_SOCKET)
		sink_socket_stop(s);
	uv_close((uv_handle_t *)&s->batch_timer, sink_closed);
}
