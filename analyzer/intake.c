/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/intake.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utlist.h>

#include "base/frame.h"
#include "base/log.h"

#define INTAKE_AGENTS_MAX 64
/* An agent that takes no acknowledgements is not reading: let it go. */
#define INTAKE_UNSENT_MAX 65536

struct agent {
	uv_pipe_t pipe;
	struct intake *in;
	struct frame_reader frames;
	bool closing;
	struct agent *prev, *next;
};

struct intake {
	uv_pipe_t listener;
	uv_loop_t *loop;
	char *path;
	intake_batch_cb cb;
	void *arg;
	bool paused, closing;
	struct agent *agents;
	int n_agents;
	char buf[65536];
};

struct ack {
	uv_write_t req;
	uint8_t *data;
};

static void on_agent_closed(uv_handle_t *h)
{
	struct agent *a = h->data;

	frame_reader_free(&a->frames);
	free(a);
}

static void drop(struct agent *a)
{
	if (a->closing)
		return;
	a->closing = true;
	DL_DELETE(a->in->agents, a);
	a->in->n_agents--;
	uv_close((uv_handle_t *)&a->pipe, on_agent_closed);
}

static void on_ack_written(uv_write_t *req, int status)
{
	struct ack *k = req->data;

	(void)status;
	free(k->data);
	free(k);
}

static int acknowledge(struct agent *a, uint64_t boot, uint64_t seq)
{
	struct ack *k = calloc(1, sizeof(*k));
	size_t len;
	uv_buf_t b;

	if (!k)
		return -1;
	k->data = frame_pack_ack(boot, seq, &len);
	k->req.data = k;
	if (!k->data || a->pipe.write_queue_size > INTAKE_UNSENT_MAX)
		goto fail;
	b = uv_buf_init((char *)k->data, (unsigned int)len);
	if (uv_write(&k->req, (uv_stream_t *)&a->pipe, &b, 1, on_ack_written) ==
	    0)
		return 0;
fail:
	free(k->data);
	free(k);
	return -1;
}

static int on_frame(void *arg, const uint8_t *body, size_t len)
{
	struct agent *a = arg;
	Sekisho__Batch *b = sekisho__batch__unpack(NULL, len, body);
	uint64_t committed;
	int rc = -1;

	if (!b) {
		log_warn("intake", "an agent sent a frame that is no batch; "
				   "is it of another version?");
		return -1;
	}
	if (a->in->cb(a->in->arg, b, &committed) == 0)
		rc = acknowledge(a, b->boot, committed);
	sekisho__batch__free_unpacked(b, NULL);
	return a->closing ? -1 : rc;
}

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *buf)
{
	struct agent *a = h->data;

	(void)suggested;
	*buf = uv_buf_init(a->in->buf, sizeof(a->in->buf));
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
	struct agent *a = s->data;

	if (n < 0 || (n > 0 && frame_feed(&a->frames, buf->base, (size_t)n,
				   on_frame, a)))
		drop(a);
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct intake *in = listener->data;
	struct agent *a;

	if (status < 0 || in->closing)
		return;
	a = calloc(1, sizeof(*a));
	if (!a)
		return;
	a->in = in;
	frame_reader_init(&a->frames);
	uv_pipe_init(in->loop, &a->pipe, 0);
	a->pipe.data = a;
	DL_APPEND(in->agents, a);
	in->n_agents++;
	if (uv_accept(listener, (uv_stream_t *)&a->pipe) != 0 ||
	    in->n_agents > INTAKE_AGENTS_MAX) {
		drop(a);
		return;
	}
	if (!in->paused)
		uv_read_start((uv_stream_t *)&a->pipe, on_alloc, on_read);
}

/* The apply lock is held, so that no other analyzer can be alive on a file
 * that is there: it is what a killed one left. */
static int unlink_stale(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	return unlink(path) == 0 ? 0 : -errno;
}

struct intake *intake_new(uv_loop_t *loop, const char *path, intake_batch_cb cb,
    void *arg, char *err, size_t errsize)
{
	struct intake *in = calloc(1, sizeof(*in));
	mode_t old;
	int rc;

	if (!in || !(in->path = strdup(path))) {
		free(in);
		snprintf(err, errsize, "out of memory");
		return NULL;
	}
	in->loop = loop;
	in->cb = cb;
	in->arg = arg;
	uv_pipe_init(loop, &in->listener, 0);
	in->listener.data = in;
	rc = unlink_stale(path);
	old = umask(0117);
	if (rc == 0)
		rc = uv_pipe_bind(&in->listener, path);
	umask(old);
	if (rc == 0)
		rc = uv_listen((uv_stream_t *)&in->listener, 16, on_connection);
	if (rc == 0)
		return in;
	snprintf(err, errsize,
	    "%s: %s; the directory must exist and be writable (key socket)",
	    path, uv_strerror(rc));
	free(in->path);
	in->path = NULL;
	intake_free(in);
	return NULL;
}

void intake_pause(struct intake *in)
{
	struct agent *a;

	if (in->paused)
		return;
	in->paused = true;
	DL_FOREACH(in->agents, a)
	uv_read_stop((uv_stream_t *)&a->pipe);
}

void intake_resume(struct intake *in)
{
	struct agent *a;

	if (!in->paused)
		return;
	in->paused = false;
	DL_FOREACH(in->agents, a)
	uv_read_start((uv_stream_t *)&a->pipe, on_alloc, on_read);
}

void intake_drop_all(struct intake *in)
{
	while (in->agents)
		drop(in->agents);
}

static void on_listener_closed(uv_handle_t *h)
{
	struct intake *in = h->data;

	free(in->path);
	free(in);
}

void intake_free(struct intake *in)
{
	if (!in)
		return;
	in->closing = true;
	intake_drop_all(in);
	if (in->path)
		unlink(in->path);
	uv_close((uv_handle_t *)&in->listener, on_listener_closed);
}
