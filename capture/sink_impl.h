/* SPDX-License-Identifier: Apache-2.0 */
/* Inside of the sink: sink.c is what all kinds share, with files and JSON;
 * sink_socket.c talks to the analyzer. */
#pragma once

#include "base/frame.h"
#include "base/jsonw.h"
#include "capture/backlog.h"
#include "capture/sink.h"
#include "capture/spool/spool.h"

#define SINK_AGENT_BYTES 64

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
	struct priv *priv;   /* NULL: connects itself */
	struct spool *spool; /* NULL: none */
	/* Whose records the backlog holds: ours, or those of an earlier start
	 * that were left in the spool. */
	uint64_t queue_boot;
	char queue_agent[SINK_AGENT_BYTES];
	uv_pipe_t pipe;
	uv_connect_t connect;
	uv_write_t write;
	uint8_t *writing; /* the frame under way, or NULL */
	uv_timer_t retry_timer;
	uint64_t backoff_ms;
	struct frame_reader reader;
	bool pipe_open, connected;
	bool hello_sent, greeted; /* greeted: it was acknowledged */
	uint8_t input[4096];
};

void sink_progress(struct sink *s);
/* A handle of the sink was closed. */
void sink_closed(uv_handle_t *h);
/* Into the backlog or behind it. 0; -1: dropped and counted. */
int sink_spool_put(struct sink *s, const Sekisho__Record *r);
/* From the spool into the backlog, some. */
void sink_spool_refill(struct sink *s);
/* Whose hello is next: an empty backlog may change its owner. */
void sink_spool_choose(struct sink *s);
void sink_spool_acked(struct sink *s);
void sink_socket_start(struct sink *s);
void sink_socket_send(struct sink *s);
void sink_socket_stop(struct sink *s);
