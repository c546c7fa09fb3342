/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the sink: sink.c is what all kinds share, with files and JSON;
 * sink_socket.c talks to the analyzer. */
#pragma once

#include "base/frame.h"
#include "base/jsonw.h"
#include "capture/backlog.h"
#include "capture/sink.h"

struct sink {
	uv_loop_t *loop;
	enum sink_kind kind;
	char *agent, *target;
	uint64_t boot, seq;
	int64_t last_ts_us;
	struct sink_stats stats;
	struct backlog backlog;
	void (*progress)(void *arg);
	void *progress_arg;
	int error;
	uv_timer_t batch_timer; /* nothing waits longer than a batch time */
	bool freed;
	unsigned int open_handles; /* memory goes with the last of them */
	/* SINK_FRAMES, SINK_JSON */
	int fd;
	struct jsonw json;
	char *text; /* JSON lines not written yet */
	size_t text_len, text_cap;
	/* SINK_SOCKET */
	struct priv *priv; /* NULL: connects itself */
	uv_pipe_t pipe;
	uv_connect_t connect;
	uv_write_t write;
	uint8_t *writing; /* the frame under way, or NULL */
	uv_timer_t retry_timer;
	uint64_t backoff_ms;
	struct frame_reader reader;
	bool pipe_open, connected, greeted; /* greeted: hello acknowledged */
	uint8_t input[4096];
};

void sink_progress(struct sink *s);
/* A handle of the sink was closed. */
void sink_closed(uv_handle_t *h);
void sink_socket_start(struct sink *s);
void sink_socket_send(struct sink *s);
void sink_socket_stop(struct sink *s);
