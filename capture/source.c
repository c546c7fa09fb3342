/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/source.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "capture/net/link.h"

#define BATCH_PACKETS 256
#define SNAPLEN       262144
#define BUFFER_BYTES  (32 << 20)
#define READ_MS       100
/* A pause in the traffic that is longer is not waited for. */
#define PAUSE_MAX_US (3600 * US_PER_S)

struct source {
	uv_loop_t *loop;
	struct source_events ev;
	struct counters *counters;
	pcap_t *pcap;
	int linktype;
	bool paused, stopped;
	/* interface */
	bool live;
	uv_poll_t poll;
	/* files */
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

/* --- filter --------------------------------------------------------------- */

static size_t append(char *buf, size_t n, const char *text)
{
	size_t len = strlen(text);

	if (n + len + 1 > SOURCE_FILTER_BYTES)
		return n;
	memcpy(buf + n, text, len + 1);
	return n + len;
}

/* Ports, later fragments, IPv6 extension headers, ICMP errors. */
static size_t append_wanted(char *buf, size_t n, const struct conf_ports *ports)
{
	char term[32];

	n = append(buf, n, "(tcp and (");
	for (size_t i = 0; i < ports->n; i++) {
		snprintf(term, sizeof(term), "%sport %u", i == 0 ? "" : " or ",
		    ports->v[i]);
		n = append(buf, n, term);
	}
	n = append(buf, n, ")) or (ip and ip[6:2] & 0x3fff != 0)");
	n = append(buf, n,
	    " or (ip6 and (ip6[6] == 0 or ip6[6] == 43 or ip6[6] == 44"
	    " or ip6[6] == 51 or ip6[6] == 60))");
	return append(buf, n,
	    " or (icmp and icmp[0] == 3)"
	    " or (icmp6 and ip6[40] == 1)");
}

const char *source_filter(const struct conf_ports *ports, bool vlan,
    char buf[static SOURCE_FILTER_BYTES])
{
	size_t n = append_wanted(buf, 0, ports);

	if (!vlan)
		return buf;
	/* The word vlan shifts all offsets behind it by one tag. */
	n = append(buf, n, " or (vlan and (");
	n = append_wanted(buf, n, ports);
	n = append(buf, n, " or (vlan and (");
	n = append_wanted(buf, n, ports);
	(void)append(buf, n, "))))");
	return buf;
}

/* --- what both share ------------------------------------------------------ */

/* A value that no clock gave stays recognisable as such. */
static int64_t packet_time(const struct pcap_pkthdr *h)
{
	if (h->ts.tv_sec < 0 || h->ts.tv_sec > INT32_MAX * INT64_C(4) ||
	    h->ts.tv_usec < 0 || h->ts.tv_usec >= US_PER_S)
		return -1;
	return (int64_t)h->ts.tv_sec * US_PER_S + h->ts.tv_usec;
}

static bool offer(
    struct source *s, const struct pcap_pkthdr *h, const u_char *data)
{
	return s->ev.packet(
	    s->ev.arg, s->linktype, data, h->caplen, packet_time(h));
}

static struct source *source_new(
    uv_loop_t *loop, struct counters *c, const struct source_events *ev)
{
	struct source *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->loop = loop;
	s->ev = *ev;
	s->counters = c;
	return s;
}

/* --- files ---------------------------------------------------------------- */

static void broken(struct source *s, const char *why)
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

static void close_file(struct source *s)
{
	if (s->pcap != NULL)
		pcap_close(s->pcap);
	s->pcap = NULL;
	s->held = NULL;
	s->packets = 0;
	s->at++;
}

/* The next file that opens; false: there is none. */
static bool open_file(struct source *s)
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

static void end_of_file(struct source *s, int rc)
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
static void check_order(struct source *s)
{
	int64_t ts_us = packet_time(s->held);

	if (s->packets == 1 && ts_us >= 0 && ts_us < s->latest_us)
		log_warn("source",
		    "%s: begins before the end of the file before it; give "
		    "the files in the order of time",
		    s->paths[s->at]);
	if (ts_us > s->latest_us)
		s->latest_us = ts_us;
}

/* How long to wait for the held packet; 0: it is time. */
static uint64_t wait_ms(struct source *s)
{
	int64_t ts_us = packet_time(s->held), ahead_us;
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
static bool read_one(struct source *s)
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
	if (!offer(s, s->held, s->held_data)) {
		s->paused = true;
		uv_idle_stop(&s->idle);
		return false;
	}
	s->held = NULL;
	return true;
}

static void on_idle(uv_idle_t *idle)
{
	struct source *s = idle->data;

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
	struct source *s = timer->data;

	if (!s->stopped)
		uv_idle_start(&s->idle, on_idle);
}

struct source *source_new_files(uv_loop_t *loop, char **paths, size_t n,
    double speed, struct counters *c, const struct source_events *ev)
{
	struct source *s = source_new(loop, c, ev);

	if (s == NULL)
		return NULL;
	s->paths = paths;
	s->n_paths = n;
	s->speed = speed;
	uv_idle_init(loop, &s->idle);
	uv_timer_init(loop, &s->timer);
	s->idle.data = s->timer.data = s;
	return s;
}

/* --- interface ------------------------------------------------------------ */

static void on_live_packet(
    u_char *user, const struct pcap_pkthdr *h, const u_char *data)
{
	struct source *s = (struct source *)user;

	(void)offer(s, h, data);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
	struct source *s = poll->data;

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
	char text[SOURCE_FILTER_BYTES];
	struct bpf_program program;
	int rc;

	/* Not every link has a place for VLAN tags. */
	if (pcap_compile(p, &program, source_filter(ports, true, text), 1,
		PCAP_NETMASK_UNKNOWN) != 0 &&
	    pcap_compile(p, &program, source_filter(ports, false, text), 1,
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

struct source *source_new_interface(uv_loop_t *loop, const char *name,
    const struct conf_ports *ports, struct counters *c,
    const struct source_events *ev, char err[SOURCE_ERROR_BYTES])
{
	struct source *s = source_new(loop, c, ev);
	int fd;

	if (s == NULL) {
		snprintf(err, SOURCE_ERROR_BYTES, "out of memory");
		return NULL;
	}
	s->live = true;
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
	return s;
}

/* --- control -------------------------------------------------------------- */

void source_start(struct source *s)
{
	if (s->live)
		uv_poll_start(&s->poll, UV_READABLE, on_readable);
	else
		uv_idle_start(&s->idle, on_idle);
}

void source_resume(struct source *s)
{
	if (!s->paused || s->stopped)
		return;
	s->paused = false;
	uv_idle_start(&s->idle, on_idle);
}

void source_stats(struct source *s)
{
	struct pcap_stat st;

	if (!s->live || pcap_stats(s->pcap, &st) != 0)
		return;
	counter_set(s->counters, COUNTER_KERNEL_RECEIVED, st.ps_recv);
	counter_set(s->counters, COUNTER_KERNEL_DROPPED, st.ps_drop);
	counter_set(s->counters, COUNTER_INTERFACE_DROPPED, st.ps_ifdrop);
}

void source_stop(struct source *s)
{
	s->stopped = true;
	if (s->live) {
		uv_poll_stop(&s->poll);
		return;
	}
	uv_idle_stop(&s->idle);
	uv_timer_stop(&s->timer);
}

/* The last of the handles' callbacks releases the whole. */
static void on_closed(uv_handle_t *h)
{
	struct source *s = h->data;

	if (!s->live && !uv_is_closing((uv_handle_t *)&s->timer)) {
		uv_close((uv_handle_t *)&s->timer, on_closed);
		return;
	}
	if (s->pcap != NULL)
		pcap_close(s->pcap);
	free(s);
}

void source_free(struct source *s)
{
	if (s == NULL)
		return;
	source_stop(s);
	if (s->live)
		uv_close((uv_handle_t *)&s->poll, on_closed);
	else
		uv_close((uv_handle_t *)&s->idle, on_closed);
}
