/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "capture/net/link.h"
#include "capture/source.h"

#define BATCH_PACKETS 256
/* A pause in the traffic that is longer is not waited for. */
#define PAUSE_MAX_US (3600 * US_PER_S)

struct files {
	struct source base;
	uv_loop_t *loop;
	struct source_events ev;
	struct counters *counters;
	pcap_t *pcap;
	int linktype;
	bool paused, stopped;
	uv_idle_t idle;
	uv_timer_t timer;
	char **paths;
	size_t n_paths, at;
	double speed;
	int64_t base_us, last_us; /* packet time */
	int64_t latest_us;        /* of all files so far */
	uint64_t base_ms;         /* loop time of base_us */
	bool has_base, read_any, ended;
	unsigned long long packets; /* of this file */
	struct pcap_pkthdr *held;   /* not taken yet */
	const u_char *held_data;
};

static void broken(struct files *s, const char *why)
{
	counter_add(s->counters, COUNTER_FILES_BROKEN, 1);
	if (s->packets > 0)
		log_warn("source",
		    "%s: %s; the %llu packets before that were read",
		    s->paths[s->at], why, s->packets);
	else
		log_error("source", "%s: no packet can be read: %s",
		    s->paths[s->at], why);
}

static void close_file(struct files *s)
{
	if (s->pcap != NULL)
		pcap_close(s->pcap);
	s->pcap = NULL;
	s->held = NULL;
	s->packets = 0;
	s->at++;
}

/* The next file that opens; false: there is none. */
static bool open_file(struct files *s)
{
	char err[PCAP_ERRBUF_SIZE];

	for (; s->at < s->n_paths; close_file(s)) {
		s->pcap = pcap_open_offline(s->paths[s->at], err);
		if (s->pcap == NULL) {
			const char *why = err;
			size_t n = strlen(s->paths[s->at]);

			/* libpcap names the file in some messages. */
			if (strncmp(err, s->paths[s->at], n) == 0 &&
			    strncmp(err + n, ": ", 2) == 0)
				why += n + 2;
			broken(s, why);
			continue;
		}
		s->linktype = pcap_datalink(s->pcap);
		if (!link_is_known(s->linktype))
			log_warn("source",
			    "%s: link type %d is not known; "
			    "its packets are only counted",
			    s->paths[s->at], s->linktype);
		return true;
	}
	return false;
}

static void end_of_file(struct files *s, int rc)
{
	if (rc == PCAP_ERROR)
		broken(s, pcap_geterr(s->pcap));
	if (rc != PCAP_ERROR || s->packets > 0) {
		s->read_any = true;
		counter_add(s->counters, COUNTER_FILES_READ, 1);
	}
	close_file(s);
}

/* Packet time does not go back: all of a file that is out of order would
 * happen at one moment. */
static void check_order(struct files *s)
{
	int64_t ts_us = source_packet_time(s->held);

	if (s->packets == 1 && ts_us >= 0 && ts_us < s->latest_us)
		log_warn("source",
		    "%s: begins before the end of the file before it; give "
		    "the files in the order of time",
		    s->paths[s->at]);
	if (ts_us > s->latest_us)
		s->latest_us = ts_us;
}

/* How long to wait for the held packet; 0: it is time. */
static uint64_t wait_ms(struct files *s)
{
	int64_t ts_us = source_packet_time(s->held), ahead_us;
	uint64_t due_ms, now_ms = uv_now(s->loop);

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

static void on_timer(uv_timer_t *timer);
static void on_idle(uv_idle_t *idle);

/* False: the file, or for now the time, is over. */
static bool read_one(struct files *s)
{
	uint64_t ms;
	int rc;

	if (s->held == NULL) {
		rc = pcap_next_ex(s->pcap, &s->held, &s->held_data);
		if (rc != 1) {
			s->held = NULL;
			end_of_file(s, rc);
			return false;
		}
		s->packets++;
		check_order(s);
	}
	ms = wait_ms(s);
	if (ms > 0) {
		uv_idle_stop(&s->idle);
		uv_timer_start(&s->timer, on_timer, ms, 0);
		return false;
	}
	if (!s->ev.packet(s->ev.arg, s->linktype, s->held_data, s->held->caplen,
		source_packet_time(s->held))) {
		s->paused = true;
		uv_idle_stop(&s->idle);
		return false;
	}
	s->held = NULL;
	return true;
}

static void on_idle(uv_idle_t *idle)
{
	struct files *s = idle->data;

	if (s->pcap == NULL && !open_file(s)) {
		uv_idle_stop(&s->idle);
		s->ended = true;
		s->ev.end(s->ev.arg, s->read_any);
		return;
	}
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
}

/* The last of the handles' callbacks releases the whole. */
static void on_closed(uv_handle_t *h)
{
	struct files *s = h->data;

	if (!uv_is_closing((uv_handle_t *)&s->timer)) {
		uv_close((uv_handle_t *)&s->timer, on_closed);
		return;
	}
	if (s->pcap != NULL)
		pcap_close(s->pcap);
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

struct source *source_new_files(uv_loop_t *loop, char **paths, size_t n,
    double speed, struct counters *c, const struct source_events *ev)
{
	struct files *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->base.ops = &files_ops;
	s->loop = loop;
	s->ev = *ev;
	s->counters = c;
	s->paths = paths;
	s->n_paths = n;
	s->speed = speed;
	uv_idle_init(loop, &s->idle);
	uv_timer_init(loop, &s->timer);
	s->idle.data = s->timer.data = s;
	return &s->base;
}
