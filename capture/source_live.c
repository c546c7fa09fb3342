/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "capture/device.h"
#include "capture/source.h"

#define BATCH_PACKETS 256
/* An interface that is down and then goes away gives no sign of it; and one
 * that is down is not asked more often. */
#define CHECK_MS 200

struct live {
	struct source base;
	uv_loop_t *loop;
	struct source_events ev;
	struct counters *counters;
	pcap_t *pcap;
	int linktype;
	uv_poll_t poll;
	uv_timer_t check;
	unsigned int open_handles;
	bool stopped;
	uint32_t seen_received, seen_dropped;
};

static void on_readable(uv_poll_t *poll, int status, int events);

static void on_live_packet(
    u_char *user, const struct pcap_pkthdr *h, const u_char *data)
{
	struct live *s = (struct live *)user;

	(void)s->ev.packet(
	    s->ev.arg, s->linktype, data, h->caplen, source_packet_time(h));
}

static bool is_gone(struct live *s)
{
	if (device_index(s->pcap) >= 0)
		return false;
	s->stopped = true;
	uv_poll_stop(&s->poll);
	uv_timer_stop(&s->check);
	s->ev.end(s->ev.arg, false);
	return true;
}

static void on_check(uv_timer_t *t)
{
	struct live *s = t->data;

	if (!s->stopped && !is_gone(s) &&
	    !uv_is_active((uv_handle_t *)&s->poll))
		uv_poll_start(&s->poll, UV_READABLE, on_readable);
}

/* Down is no end: the ring stays, and fills again when it comes up. */
static void failed(struct live *s, const char *why)
{
	static struct log_limit limit;
	unsigned int suppressed;

	uv_poll_stop(&s->poll);
	if (!is_gone(s) && log_allow(&limit, 1, &suppressed))
		log_debug("source", "the interface gives nothing: %s", why);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct live *s = poll->data;
	int n;

	(void)events;
	n = pcap_dispatch(s->pcap, BATCH_PACKETS, on_live_packet, (u_char *)s);
	if (s->stopped)
		return;
	s->ev.pause(s->ev.arg);
	if (n < 0)
		failed(s, pcap_geterr(s->pcap));
	else if (status < 0)
		failed(s, uv_strerror(status));
}

static void live_start(struct source *base)
{
	struct live *s = (struct live *)base;

	uv_poll_start(&s->poll, UV_READABLE, on_readable);
	uv_timer_start(&s->check, on_check, CHECK_MS, CHECK_MS);
}

static void live_resume(struct source *base)
{
	(void)base;
}

/* libpcap counts in 32 bits. */
static void live_stats(struct source *base)
{
	struct live *s = (struct live *)base;
	struct pcap_stat st;

	if (pcap_stats(s->pcap, &st) != 0)
		return;
	counter_add(s->counters, COUNTER_KERNEL_RECEIVED,
	    (uint32_t)(st.ps_recv - s->seen_received));
	counter_add(s->counters, COUNTER_KERNEL_DROPPED,
	    (uint32_t)(st.ps_drop - s->seen_dropped));
	s->seen_received = st.ps_recv;
	s->seen_dropped = st.ps_drop;
}

/* What came before now is in the ring, or in a block that is handed over
 * after DEVICE_BLOCK_MS. */
static void drain(struct live *s)
{
	int n;

	device_deafen(s->pcap);
	for (int round = 0; round < 2; round++) {
		do {
			n = pcap_dispatch(s->pcap, BATCH_PACKETS,
			    on_live_packet, (u_char *)s);
		} while (n > 0);
		if (n < 0)
			return;
		if (round == 0)
			uv_sleep(2 * DEVICE_BLOCK_MS);
	}
}

static void live_stop(struct source *base)
{
	struct live *s = (struct live *)base;

	uv_poll_stop(&s->poll);
	uv_timer_stop(&s->check);
	if (s->stopped)
		return;
	s->stopped = true;
	drain(s);
}

static void on_closed(uv_handle_t *h)
{
	struct live *s = h->data;

	if (--s->open_handles == 0)
		free(s);
}

static void live_free(struct source *base)
{
	struct live *s = (struct live *)base;

	s->stopped = true;
	uv_close((uv_handle_t *)&s->poll, on_closed);
	uv_close((uv_handle_t *)&s->check, on_closed);
}

static const struct source_ops live_ops = {
    live_start, live_resume, live_stats, live_stop, live_free};

struct source *source_new_device(uv_loop_t *loop, pcap_t *device,
    struct counters *c, const struct source_events *ev,
    char err[SOURCE_ERROR_BYTES])
{
	struct live *s = calloc(1, sizeof(*s));
	int fd;

	if (s == NULL) {
		snprintf(err, SOURCE_ERROR_BYTES, "out of memory");
		return NULL;
	}
	s->base.ops = &live_ops;
	s->loop = loop;
	s->ev = *ev;
	s->counters = c;
	s->pcap = device;
	s->linktype = pcap_datalink(device);
	fd = pcap_get_selectable_fd(device);
	if (fd < 0 || uv_poll_init(loop, &s->poll, fd) != 0) {
		snprintf(err, SOURCE_ERROR_BYTES,
		    "this kind of interface cannot be waited for");
		free(s);
		return NULL;
	}
	uv_timer_init(loop, &s->check);
	s->open_handles = 2;
	s->poll.data = s->check.data = s;
	return &s->base;
}
