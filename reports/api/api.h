/* SPDX-License-Identifier: Apache-2.0 */
/* The server's state: requests go to worker threads, each with a handle of
 * the store; what waits for a change, and streams, stay on the loop. */
#pragma once

#include <pthread.h>
#include <stdint.h>
#include <uv.h>

#include "base/conf.h"
#include "reports/api/call.h"
#include "reports/api/limiter.h"
#include "store/db.h"

#define API_HANDLES 8

struct http;
struct stream;

struct api {
	uv_loop_t *loop;
	const struct conf *conf;
	const char *config, *db_path; /* borrowed; config may be NULL */
	struct http *http;
	int64_t started_us;
	/* shared by workers */
	pthread_mutex_t lock;
	struct db *idle[API_HANDLES];
	size_t n_idle;
	struct limiter limiter;
	uint64_t answers[6]; /* by hundreds of the status */
	/* one change at a time: what is read for it holds until it is made */
	pthread_mutex_t change;
	/* the loop's own */
	struct db *watch_db;
	uv_timer_t watch, beat;
	int64_t version, seq, incident;
	struct call *waiting; /* long polls */
	struct stream *streams;
	size_t n_streams, n_working;
	bool stopping;
	void (*on_idle)(void *arg);
	void *on_idle_arg;
};

/* Borrows all. 0, or -1 with why. */
int api_open(struct api *a, uv_loop_t *loop, const struct conf *conf,
    const char *config, const char *db_path, char *why, size_t size);
/* No new requests; on_idle when those there are have ended: maybe from inside
 * of the HTTP library, so api_close() is for later. */
void api_stop(struct api *a, void (*on_idle)(void *arg), void *arg);
void api_close(struct api *a);

/* For workers. NULL after a problem. */
struct db *api_take_db(struct api *a, struct call *c);
void api_give_db(struct api *a, struct db *db);

/* events.c, on the loop's thread */
struct stream *events_open(struct call *c);
/* The stream of a request that is over; nothing when it has none. */
void events_close(struct api *a, struct call *c);
void events_tell(struct api *a);
void events_beat(struct api *a);
