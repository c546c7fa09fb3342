/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/agent.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>

#include "base/log.h"
#include "capture/feed.h"
#include "capture/privacy_start.h"
#include "capture/sink.h"
#include "capture/source.h"
#include "capture/summary.h"

#define TICK_MS 1000
/* After a signal, what the analyzer does not take by then goes to the spool,
 * or is lost. */
#define LAST_WORDS_MS 3000

struct agent {
	const struct conf *conf;
	const struct options *options;
	const struct post *post;
	uv_loop_t loop;
	uv_signal_t sigint, sigterm;
	uv_timer_t tick, last_words;
	uv_idle_t ending; /* ends what is left, a few at a time */
	struct counters counters;
	struct privacy *privacy;
	struct feed *feed;
	struct sink *sink;
	struct source *source;
	uint64_t start_ns;
	bool stopped;      /* by a signal */
	bool ending_begun; /* no more packets */
	bool ended;        /* and all that was left is in the sink */
	bool finished;
	int code;
};

static bool is_live(const struct agent *a)
{
	return a->post->device != NULL;
}

static void finish(struct agent *a, int code)
{
	if (a->finished)
		return;
	a->finished = true;
	if (code != 0)
		a->code = code;
	uv_stop(&a->loop);
}

/* True: writing failed, and that was said. */
static bool sink_failed(struct agent *a)
{
	int rc = sink_error(a->sink);

	if (rc == 0 || a->finished)
		return a->finished;
	log_error("capture",
	    "records cannot be written: %s; is the reader "
	    "gone or the disk full?",
	    strerror(rc < 0 ? -rc : rc));
	finish(a, 1);
	return true;
}

static void put(void *arg, Sekisho__Record *r)
{
	struct agent *a = arg;

	sink_put(a->sink, r);
}

static void refresh(void *arg)
{
	struct agent *a = arg;
	struct sink_stats st;

	sink_stats(a->sink, &st);
	counter_set(&a->counters, COUNTER_RECORDS, st.records);
	counter_set(&a->counters, COUNTER_RECORDS_DROPPED, st.dropped);
	counter_set(&a->counters, COUNTER_RECORDS_ACKED, st.acked);
	counter_set(&a->counters, COUNTER_QUEUE_BYTES, st.queue_bytes);
	counter_set(&a->counters, COUNTER_SPOOL_BYTES, st.spool_bytes);
	counter_set(&a->counters, COUNTER_SPOOL_DROPPED, st.spool_dropped);
	counter_set(&a->counters, COUNTER_SPOOL_DAMAGED, st.spool_damaged);
	source_stats(a->source);
	if (is_live(a)) {
		counter_set(&a->counters, COUNTER_INTERFACE_DROPPED,
		    a->post->ledger->interface_dropped);
		a->post->ledger->counters = a->counters;
	}
}

/* False: the sink is full; the packet comes again. */
static bool on_packet(
    void *arg, int linktype, const uint8_t *data, size_t len, int64_t ts_us)
{
	const struct agent *a = arg;

	return feed_packet(a->feed, linktype, data, len, ts_us);
}

static void on_pause(void *arg)
{
	const struct agent *a = arg;

	feed_pause(a->feed);
}

static bool is_full(void *arg)
{
	const struct agent *a = arg;

	return sink_is_full(a->sink);
}

/* --- the end -------------------------------------------------------------- */

static void wait_for_drain(struct agent *a)
{
	if (!sink_failed(a) && sink_is_drained(a->sink))
		finish(a, 0);
}

static void on_ending(uv_idle_t *idle)
{
	struct agent *a = idle->data;

	if (sink_failed(a))
		return;
	switch (feed_end_some(a->feed)) {
	case FEED_MORE:
		break;
	case FEED_FULL:
		uv_idle_stop(&a->ending);
		break;
	case FEED_ENDED:
		uv_idle_stop(&a->ending);
		a->ended = true;
		sink_flush(a->sink);
		wait_for_drain(a);
	}
}

static void begin_ending(struct agent *a)
{
	a->ending_begun = true;
	uv_idle_start(&a->ending, on_ending);
}

static void leave(struct agent *a)
{
	uint64_t lost = 0;

	if (!sink_is_drained(a->sink))
		lost = sink_save(a->sink);
	if (lost > 0)
		log_warn("capture",
		    "records that the analyzer did not take are lost "
		    "records=%" PRIu64 "; is spool_dir set and its disk full?",
		    lost);
	else if (!sink_is_drained(a->sink))
		log_info("capture",
		    "records that the analyzer did not take are in %s for the "
		    "next start",
		    a->conf->spool_dir);
	finish(a, 0);
}

static void on_last_words(uv_timer_t *t)
{
	leave(t->data);
}

static void on_source_end(void *arg, bool read_any)
{
	struct agent *a = arg;

	if (!read_any)
		a->code = is_live(a) ? POST_INTERFACE_LOST : 2;
	if (!read_any && !is_live(a)) {
		log_error("capture", "nothing could be read; give pcap or "
				     "pcapng files");
		/* Without an analyzer the last counters would wait for one. */
		if (a->post->target == NULL) {
			finish(a, 2);
			return;
		}
	}
	if (is_live(a))
		uv_timer_start(&a->last_words, on_last_words, LAST_WORDS_MS, 0);
	begin_ending(a);
}

static void on_progress(void *arg)
{
	struct agent *a = arg;

	if (a->finished || sink_failed(a))
		return;
	if (a->ended) {
		wait_for_drain(a);
	} else if (!sink_is_full(a->sink)) {
		source_resume(a->source);
		if (a->ending_begun)
			uv_idle_start(&a->ending, on_ending);
	}
}

static void on_signal(uv_signal_t *h, int signum)
{
	struct agent *a = h->data;

	(void)signum;
	if (uv_is_active((uv_handle_t *)&a->last_words)) {
		leave(a); /* asked twice */
		return;
	}
	a->stopped = !a->ending_begun;
	source_stop(a->source);
	uv_timer_start(&a->last_words, on_last_words, LAST_WORDS_MS, 0);
	begin_ending(a);
}

static void on_tick(uv_timer_t *t)
{
	struct agent *a = t->data;

	if (is_live(a) && !a->ending_begun)
		feed_tick(a->feed);
	(void)sink_failed(a);
}

/* --- the start ------------------------------------------------------------ */

static int start_sink(struct agent *a)
{
	enum sink_kind kind = SINK_SOCKET;
	const char *target = a->post->target;
	char err[CONF_ERROR_BYTES];
	uint64_t boot = 0;

	if (target != NULL)
		kind = a->options->json ? SINK_JSON : SINK_FRAMES;
	else
		target = a->conf->socket;
	if (getrandom(&boot, sizeof(boot), 0) != sizeof(boot)) {
		log_error("capture", "no random numbers from the kernel");
		return 1;
	}
	a->sink = sink_new(&a->loop, kind, target, a->conf->agent, boot,
	    (uint64_t)a->conf->queue_bytes, err, sizeof(err));
	if (a->sink == NULL) {
		log_error("capture", "%s", err);
		return 1;
	}
	sink_use_priv(a->sink, a->post->priv);
	sink_on_progress(a->sink, on_progress, a);
	return 0;
}

/* Files wait for the analyzer instead. What lies in the spool was written by
 * somebody else: it is read when all rights are gone. */
static int start_spool(struct agent *a)
{
	struct sink_spool spool = {.dir = a->conf->spool_dir};

	if (!is_live(a) || a->post->target != NULL || spool.dir == NULL)
		return 0;
	spool.limit_bytes = (uint64_t)a->conf->spool_bytes;
	if (a->post->workers > 1)
		spool.limit_bytes /= a->post->workers;
	if (sink_use_spool(a->sink, &spool) == 0)
		return 0;
	log_error("capture", "out of memory for the spool");
	return 1;
}

static int start_feed(struct agent *a)
{
	struct feed_setup setup = {.conf = a->conf,
	    .privacy = a->privacy,
	    .counters = &a->counters,
	    .put = put,
	    .refresh = refresh,
	    .is_full = is_live(a) ? NULL : is_full,
	    .arg = a};

	a->feed = feed_new(&setup);
	return a->feed != NULL ? 0 : 1;
}

static int start_source(struct agent *a)
{
	struct source_events ev = {on_packet, on_pause, on_source_end, a};
	const struct options *o = a->options;
	struct source_files files = {o->files, o->n_files, o->speed, !o->quiet};
	char err[SOURCE_ERROR_BYTES] = "out of memory";

	if (is_live(a))
		a->source = source_new_device(
		    &a->loop, a->post->device, &a->counters, &ev, err);
	else
		a->source =
		    source_new_files(&a->loop, &files, &a->counters, &ev);
	if (a->source == NULL) {
		log_error("capture", "%s", err);
		return is_live(a) ? 2 : 1;
	}
	return is_live(a) && a->post->lock_up(a->post, a->conf) != 0 ? 1 : 0;
}

static void start_handles(struct agent *a)
{
	uv_signal_init(&a->loop, &a->sigint);
	uv_signal_init(&a->loop, &a->sigterm);
	uv_timer_init(&a->loop, &a->tick);
	uv_timer_init(&a->loop, &a->last_words);
	uv_idle_init(&a->loop, &a->ending);
	a->sigint.data = a->sigterm.data = a->tick.data = a;
	a->last_words.data = a->ending.data = a;
	uv_signal_start(&a->sigint, on_signal, SIGINT);
	uv_signal_start(&a->sigterm, on_signal, SIGTERM);
	uv_timer_start(&a->tick, on_tick, TICK_MS, TICK_MS);
}

static void stop(struct agent *a)
{
	sigset_t ours;

	/* Without its handler the next one would kill what is nearly done;
	 * timeout(1) sends two. */
	sigemptyset(&ours);
	sigaddset(&ours, SIGINT);
	sigaddset(&ours, SIGTERM);
	sigprocmask(SIG_BLOCK, &ours, NULL);
	uv_close((uv_handle_t *)&a->sigint, NULL);
	uv_close((uv_handle_t *)&a->sigterm, NULL);
	uv_close((uv_handle_t *)&a->tick, NULL);
	uv_close((uv_handle_t *)&a->last_words, NULL);
	uv_close((uv_handle_t *)&a->ending, NULL);
	source_free(a->source);
	feed_free(a->feed);
	sink_free(a->sink);
	privacy_free(a->privacy);
	uv_run(&a->loop, UV_RUN_DEFAULT);
}

static void summary(const struct agent *a)
{
	struct summary_frame f = {.ports = &a->conf->ports,
	    .full = a->options->summary_full,
	    .stopped = a->stopped,
	    .to_analyzer = a->post->target == NULL,
	    .workers = 1,
	    .took_s = (double)(uv_hrtime() - a->start_ns) / 1e9};

	feed_times(a->feed, &f.first_us, &f.last_us);
	summary_measure(&f, RUSAGE_SELF);
	summary_print(stderr, &a->counters, &f);
}

int agent_run(
    const struct conf *c, const struct options *o, const struct post *post)
{
	struct agent a = {.conf = c, .options = o, .post = post};

	a.start_ns = uv_hrtime();
	if (uv_loop_init(&a.loop) != 0)
		log_fatal("capture", "no event loop: out of descriptors?");
	counter_add(&a.counters, COUNTER_INTERFACE_LOST, post->interfaces_lost);
	start_handles(&a);
	a.code = privacy_start(c, &a.privacy);
	if (a.code == 0)
		a.code = start_sink(&a);
	if (a.code == 0)
		a.code = start_feed(&a);
	if (a.code == 0)
		a.code = start_source(&a);
	if (a.code == 0)
		a.code = start_spool(&a);
	if (a.code == 0) {
		source_start(a.source);
		uv_run(&a.loop, UV_RUN_DEFAULT);
		refresh(&a);
		if (o->summary && !is_live(&a))
			summary(&a);
	}
	stop(&a);
	if (uv_loop_close(&a.loop) != 0)
		log_debug("capture", "handles were left open at the end");
	return a.code;
}
