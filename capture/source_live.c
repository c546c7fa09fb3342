/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "capture/filter.h"
#include "capture/net/link.h"
#include "capture/source.h"

#define BATCH_PACKETS 256
#define SNAPLEN       262144
#define BUFFER_BYTES  (32 << 20)
#define READ_MS       100

struct live {
	struct source base;
	uv_loop_t *loop;
	struct source_events ev;
	struct counters *counters;
	pcap_t *pcap;
	int linktype;
	uv_poll_t poll;
	bool ended;
};

static void on_live_packet(
    u_char *user, const struct pcap_pkthdr *h, const u_char *data)
{
	struct live *s = (struct live *)user;

	(void)s->ev.packet(
	    s->ev.arg, s->linktype, data, h->caplen, source_packet_time(h));
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct live *s = poll->data;

	(void)events;
	if (status >= 0 && pcap_dispatch(s->pcap, BATCH_PACKETS, on_live_packet,
			       (u_char *)s) >= 0)
		return;
	log_error("source",
	    "the interface cannot be read any more: %s; is it "
	    "down or gone?",
	    status < 0 ? uv_strerror(status) : pcap_geterr(s->pcap));
	uv_poll_stop(&s->poll);
	s->ended = true;
	s->ev.end(s->ev.arg, false);
}

static int set_filter(pcap_t *p, const struct conf_ports *ports)
{
	char text[FILTER_BYTES];
	struct bpf_program program;
	int rc;

	/* Not every link has a place for VLAN tags. */
	if (pcap_compile(p, &program, filter_text(ports, true, text), 1,
		PCAP_NETMASK_UNKNOWN) != 0 &&
	    pcap_compile(p, &program, filter_text(ports, false, text), 1,
		PCAP_NETMASK_UNKNOWN) != 0)
		return -1;
	rc = pcap_setfilter(p, &program);
	pcap_freecode(&program);
	return rc;
}

static int activate(pcap_t *p, const char *name, char err[SOURCE_ERROR_BYTES])
{
	int rc;

	pcap_set_snaplen(p, SNAPLEN);
	pcap_set_promisc(p, 1);
	pcap_set_timeout(p, READ_MS);
	pcap_set_buffer_size(p, BUFFER_BYTES);
	rc = pcap_activate(p);
	if (rc == PCAP_ERROR_NO_SUCH_DEVICE)
		snprintf(err, SOURCE_ERROR_BYTES,
		    "%s: no such interface; ip link lists them", name);
	else if (rc == PCAP_ERROR_PERM_DENIED ||
		 rc == PCAP_ERROR_PROMISC_PERM_DENIED)
		snprintf(err, SOURCE_ERROR_BYTES,
		    "%s: not permitted; start as root or give the program "
		    "CAP_NET_RAW",
		    name);
	else if (rc < 0)
		snprintf(err, SOURCE_ERROR_BYTES, "%s: %s", name,
		    *pcap_geterr(p) != '\0' ? pcap_geterr(p)
					    : pcap_statustostr(rc));
	return rc < 0 ? -1 : 0;
}

static pcap_t *open_interface(const char *name, const struct conf_ports *ports,
    char err[SOURCE_ERROR_BYTES])
{
	char pcap_err[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_create(name, pcap_err);

	if (p == NULL) {
		snprintf(err, SOURCE_ERROR_BYTES, "%s: %s", name, pcap_err);
		return NULL;
	}
	if (activate(p, name, err) != 0)
		goto bad;
	if (!link_is_known(pcap_datalink(p))) {
		snprintf(err, SOURCE_ERROR_BYTES,
		    "%s: its link type %d is not known", name,
		    pcap_datalink(p));
		goto bad;
	}
	if (set_filter(p, ports) != 0) {
		snprintf(err, SOURCE_ERROR_BYTES, "%s: filter: %s", name,
		    pcap_geterr(p));
		goto bad;
	}
	if (pcap_setnonblock(p, 1, pcap_err) != 0) {
		snprintf(err, SOURCE_ERROR_BYTES, "%s: %s", name, pcap_err);
		goto bad;
	}
	return p;
bad:
	pcap_close(p);
	return NULL;
}

static void live_start(struct source *base)
{
	struct live *s = (struct live *)base;

	uv_poll_start(&s->poll, UV_READABLE, on_readable);
}

static void live_resume(struct source *base)
{
	(void)base;
}

static void live_stats(struct source *base)
{
	struct live *s = (struct live *)base;
	struct pcap_stat st;

	if (pcap_stats(s->pcap, &st) != 0)
		return;
	counter_set(s->counters, COUNTER_KERNEL_RECEIVED, st.ps_recv);
	counter_set(s->counters, COUNTER_KERNEL_DROPPED, st.ps_drop);
	counter_set(s->counters, COUNTER_INTERFACE_DROPPED, st.ps_ifdrop);
}

static void live_stop(struct source *base)
{
	struct live *s = (struct live *)base;

	uv_poll_stop(&s->poll);
}

static void on_closed(uv_handle_t *h)
{
	struct live *s = h->data;

	pcap_close(s->pcap);
	free(s);
}

static void live_free(struct source *base)
{
	struct live *s = (struct live *)base;

	live_stop(base);
	uv_close((uv_handle_t *)&s->poll, on_closed);
}

static const struct source_ops live_ops = {
    live_start, live_resume, live_stats, live_stop, live_free};

struct source *source_new_interface(uv_loop_t *loop, const char *name,
    const struct conf_ports *ports, struct counters *c,
    const struct source_events *ev, char err[SOURCE_ERROR_BYTES])
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
	s->pcap = open_interface(name, ports, err);
	if (s->pcap == NULL) {
		free(s);
		return NULL;
	}
	s->linktype = pcap_datalink(s->pcap);
	fd = pcap_get_selectable_fd(s->pcap);
	if (fd < 0 || uv_poll_init(loop, &s->poll, fd) != 0) {
		snprintf(err, SOURCE_ERROR_BYTES,
		    "%s: this kind of interface cannot be waited for", name);
		pcap_close(s->pcap);
		free(s);
		return NULL;
	}
	s->poll.data = s;
	return &s->base;
}
