/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/replay.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "analyzer/pipeline.h"
#include "base/frame.h"
#include "base/log.h"

struct replay {
	uv_loop_t *loop;
	struct pipeline *pipeline;
	struct frame_reader frames;
	uv_fs_t req;
	bool reading, ended, done;
	int code;
	char buf[65536];
};

static void read_more(struct replay *r);

static void finish(struct replay *r, int code)
{
	if (r->done)
		return;
	r->done = true;
	r->code = code;
	if (pipeline_error(r->pipeline)) {
		log_error("replay", "%s", pipeline_error(r->pipeline));
		r->code = 1;
	}
	uv_stop(r->loop);
}

static int on_frame(void *arg, const uint8_t *body, size_t len)
{
	struct replay *r = arg;
	Sekisho__Batch *b = sekisho__batch__unpack(NULL, len, body);
	int rc;

	if (!b) {
		log_error("replay", "the input holds a frame that is no "
				    "batch; is it of another version?");
		return -1;
	}
	rc = pipeline_batch(r->pipeline, b, INT64_MAX);
	sekisho__batch__free_unpacked(b, NULL);
	return rc;
}

static void on_input_end(struct replay *r)
{
	r->ended = true;
	if (r->frames.len > 0) {
		log_error("replay", "the input ends inside a frame");
		finish(r, 1);
	}
}

static void go_on(struct replay *r)
{
	if (r->done)
		return;
	if (pipeline_error(r->pipeline)) {
		finish(r, 1);
		return;
	}
	if (!r->ended) {
		if (!r->reading && !pipeline_is_full(r->pipeline))
			read_more(r);
		return;
	}
	if (pipeline_is_idle(r->pipeline))
		finish(r, pipeline_finish(r->pipeline) == 0 ? 0 : 1);
}

static void on_read(uv_fs_t *req)
{
	struct replay *r = req->data;
	ssize_t n = req->result;

	uv_fs_req_cleanup(req);
	r->reading = false;
	if (n < 0) {
		log_error("replay", "standard input: %s", uv_strerror((int)n));
		finish(r, 1);
		return;
	}
	if (n == 0)
		on_input_end(r);
	else if (frame_feed(&r->frames, r->buf, (size_t)n, on_frame, r) != 0)
		finish(r, 1);
	go_on(r);
}

static void read_more(struct replay *r)
{
	uv_buf_t b = uv_buf_init(r->buf, sizeof(r->buf));
	int rc = uv_fs_read(r->loop, &r->req, STDIN_FILENO, &b, 1, -1, on_read);

	if (rc == 0) {
		r->reading = true;
		return;
	}
	log_error("replay", "standard input: %s", uv_strerror(rc));
	finish(r, 1);
}

static void on_progress(void *arg)
{
	go_on(arg);
}

static int on_logins(void *arg, const struct login_batch *b)
{
	return pipeline_logins(arg, b);
}

static int on_position(
    void *arg, const char *path, struct file_position *position)
{
	(void)arg;
	(void)path;
	(void)position;
	return 0;
}

static int read_logins(
    struct pipeline *p, const struct conf *c, const char *path)
{
	struct logins_owner owner = {on_logins, on_position, p};
	char err[512] = "";
	struct logins *l;
	int rc = -1;

	if (!c->hash_key_file) {
		log_error("replay", "--logins needs hash_key_file");
		return -1;
	}
	l = logins_new(c, owner, err, sizeof(err));
	if (l)
		rc = logins_read_file(l, path, err, sizeof(err));
	if (rc != 0)
		log_error("replay", "%s", err);
	logins_free(l);
	return rc;
}

int replay_run(uv_loop_t *loop, const struct conf *c, const char *logins)
{
	struct replay r = {.loop = loop};
	char err[512];

	/* What a name resolves to now says nothing about then, and tomorrow
	 * something else: the same file gives the same result. */
	if (c->own_server_names.n > 0)
		log_warn("replay",
		    "network.own_server_names are not resolved in a replay: "
		    "their servers count as foreign; give the addresses of "
		    "then in own_servers");
	r.pipeline = pipeline_new(loop, c, PIPELINE_REPLAY, err, sizeof(err));
	if (!r.pipeline) {
		log_error("replay", "%s", err);
		uv_run(loop, UV_RUN_DEFAULT);
		return 1;
	}
	frame_reader_init(&r.frames);
	r.req.data = &r;
	pipeline_on_progress(r.pipeline, on_progress, &r);
	if (logins && read_logins(r.pipeline, c, logins) != 0)
		finish(&r, 1);
	else
		read_more(&r);
	if (!r.done)
		uv_run(loop, UV_RUN_DEFAULT);
	pipeline_free(r.pipeline);
	frame_reader_free(&r.frames);
	uv_run(loop, UV_RUN_DEFAULT);
	return r.code;
}
