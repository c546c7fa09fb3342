/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/clock.h"
#include "capture/files/merge.h"
#include "capture/files/progress.h"
#include "capture/source.h"

#define BATCH_PACKETS 256
/* A pause in the traffic that is longer is not waited for. */
#define PAUSE_MAX_US (3600 * US_PER_S)

struct files {
	struct source base;
	uv_loop_t *loop;
	struct source_events ev;
	struct merge *merge;
	struct progress *progress; /* NULL: not shown */
	uint64_t packets;
	bool paused, stopped;
	uv_idle_t idle;
	uv_timer_t timer;
	double speed;
	int64_t base_us, last_us; /* packet time */
	uint64_t base_ms;         /* loop time of base_us */
	bool has_base;
};

/* How long to wait for a packet of that time; 0: it is time. */
static uint64_t wait_ms(struct files *s, int64_t ts_us)
{
	uint64_t due_ms, now_ms = uv_now(s->loop);
	int64_t ahead_us;

	if (s->speed <= 0 || ts_us < 0)
		return 0;
	if (!s->has_base || ts_us < s->last_us ||
	    ts_us - s->last_us > PAUSE_MAX_US) {
		s->has_base = true;
		s->base_us = ts_us;
		s->base_ms = now_ms;
	}
	s->last_us = ts_us;
	ahead_us = ts_us - s->base_us;
	due_ms = s->base_ms + (uint64_t)((double)ahead_us / 1000.0 / s->speed);
	return due_ms > now_ms ? due_ms - now_ms : 0;
}

static void show(struct files *s)
{
	struct merge_status st;

	if (s->progress == NULL || !progress_is_due(s->progress))
		return;
	merge_status(s->merge, &st);
	progress_show(s->progress, &st, s->packets);
}

static void on_timer(uv_timer_t *timer);
static void on_idle(uv_idle_t *idle);

static void end(struct files *s)
{
	struct merge_status st;

	uv_idle_stop(&s->idle);
	progress_erase(s->progress);
	merge_status(s->merge, &st);
	s->ev.end(s->ev.arg, st.read_any);
}

/* False: it is over, or for now. */
static bool read_one(struct files *s)
{
	struct merge_packet p;
	uint64_t ms;

	if (!merge_next(s->merge, &p)) {
		end(s);
		return false;
	}
	ms = wait_ms(s, p.ts_us);
	if (ms > 0) {
		uv_idle_stop(&s->idle);
		uv_timer_start(&s->timer, on_timer, ms, 0);
		s->ev.pause(s->ev.arg);
		return false;
	}
	if (!s->ev.packet(s->ev.arg, p.linktype, p.data, p.len, p.ts_us)) {
		s->paused = true;
		uv_idle_stop(&s->idle);
		return false;
	}
	s->packets++;
	merge_drop(s->merge);
	return true;
}

static void on_idle(uv_idle_t *idle)
{
	struct files *s = idle->data;

	show(s);
	if (merge_look(s->merge))
		return;
	for (int i = 0; i < BATCH_PACKETS && !s->stopped; i++)
		if (!read_one(s))
			return;
}

static void on_timer(uv_timer_t *timer)
{
	struct files *s = timer->data;

	if (!s->stopped)
		uv_idle_start(&s->idle, on_idle);
}

static void files_start(struct source *base)
{
	struct files *s = (struct files *)base;

	uv_idle_start(&s->idle, on_idle);
}

static void files_resume(struct source *base)
{
	struct files *s = (struct files *)base;

	if (!s->paused || s->stopped)
		return;
	s->paused = false;
	uv_idle_start(&s->idle, on_idle);
}

static void files_stats(struct source *base)
{
	(void)base;
}

static void files_stop(struct source *base)
{
	struct files *s = (struct files *)base;

	s->stopped = true;
	uv_idle_stop(&s->idle);
	uv_timer_stop(&s->timer);
	progress_erase(s->progress);
}

/* The last of the handles' callbacks releases the whole. */
static void on_closed(uv_handle_t *h)
{
	struct files *s = h->data;

	if (!uv_is_closing((uv_handle_t *)&s->timer)) {
		uv_close((uv_handle_t *)&s->timer, on_closed);
		return;
	}
	merge_free(s->merge);
	progress_free(s->progress);
	free(s);
}

static void files_free(struct source *base)
{
	struct files *s = (struct files *)base;

	files_stop(base);
	uv_close((uv_handle_t *)&s->idle, on_closed);
}

static const struct source_ops files_ops = {
    files_start, files_resume, files_stats, files_stop, files_free};

struct source *source_new_files(uv_loop_t *loop, const struct source_files *f,
    struct counters *c, const struct source_events *ev)
{
	struct files *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->merge = merge_new(f->paths, f->n, c);
	if (s->merge == NULL) {
		free(s);
		return NULL;
	}
	if (f->progress)
		s->progress = progress_new();
	s->base.ops = &files_ops;
	s->loop = loop;
	s->ev = *ev;
	s->speed = f->speed;
	uv_idle_init(loop, &s->idle);
	uv_timer_init(loop, &s->timer);
	s->idle.data = s->timer.data = s;
	return &s->base;
}
