/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/dpi.h"

#include <malloc.h>
#include <ndpi_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Time is measured on one call of so many. */
#define SAMPLE 64

struct dpi {
	struct ndpi_detection_module_struct *module;
	struct counters *counters;
	size_t flow_bytes, base_bytes;
	unsigned int calls;
	/* By protocol id: the library writes names into a buffer of ours or
	 * of its own, this is neither. */
	char (*names)[24];
};

struct dpi_flow {
	struct ndpi_flow_struct flow;
	unsigned int packets;
};

/* The library's allocation functions have no argument of ours. */
static size_t used_bytes;

static void *counting_malloc(size_t n)
{
	void *p = malloc(n);

	if (p != NULL)
		used_bytes += malloc_usable_size(p);
	return p;
}

/* What nDPI copies out of packets does not stay in freed memory. */
static void wiping_free(void *p)
{
	size_t n;

	if (p == NULL)
		return;
	n = malloc_usable_size(p);
	explicit_bzero(p, n);
	used_bytes -= n;
	free(p);
}

static int keep_names(struct dpi *d)
{
	size_t n = ndpi_get_num_supported_protocols(d->module);

	d->names = calloc(n, sizeof(d->names[0]));
	if (d->names == NULL)
		return -1;
	for (size_t i = 0; i < n; i++)
		snprintf(d->names[i], sizeof(d->names[i]), "%s",
		    ndpi_get_proto_name(d->module, (uint16_t)i));
	return 0;
}

struct dpi *dpi_new(size_t flow_bytes, struct counters *c)
{
	struct dpi *d = calloc(1, sizeof(*d));
	NDPI_PROTOCOL_BITMASK all;

	if (d == NULL)
		return NULL;
	set_ndpi_malloc(counting_malloc);
	set_ndpi_free(wiping_free);
	set_ndpi_flow_malloc(counting_malloc);
	set_ndpi_flow_free(wiping_free);
	d->counters = c;
	d->flow_bytes = flow_bytes;
	d->module = ndpi_init_detection_module(ndpi_no_prefs);
	if (d->module == NULL) {
		free(d);
		return NULL;
	}
	NDPI_BITMASK_SET_ALL(all);
	ndpi_set_protocol_detection_bitmask2(d->module, &all);
	ndpi_finalize_initialization(d->module);
	if (keep_names(d) != 0) {
		dpi_free(d);
		return NULL;
	}
	d->base_bytes = used_bytes;
	return d;
}

void dpi_free(struct dpi *d)
{
	if (d == NULL)
		return;
	ndpi_exit_detection_module(d->module);
	free(d->names);
	free(d);
}

struct dpi_flow *dpi_flow_new(struct dpi *d)
{
	struct dpi_flow *f;

	if (used_bytes - d->base_bytes + sizeof(*f) > d->flow_bytes) {
		counter_add(d->counters, COUNTER_DPI_OVER_BUDGET, 1);
		return NULL;
	}
	f = counting_malloc(sizeof(*f));
	if (f == NULL) {
		counter_add(d->counters, COUNTER_NO_MEMORY, 1);
		return NULL;
	}
	memset(f, 0, sizeof(*f));
	counter_add(d->counters, COUNTER_DPI_ASKED, 1);
	counter_add(d->counters, COUNTER_DPI_FLOWS_OPEN, 1);
	return f;
}

void dpi_flow_free(struct dpi *d, struct dpi_flow *f)
{
	if (f == NULL)
		return;
	ndpi_free_flow_data(&f->flow);
	wiping_free(f);
	counter_set(d->counters, COUNTER_DPI_FLOWS_OPEN,
	    d->counters->v[COUNTER_DPI_FLOWS_OPEN] - 1);
}

/* The carrier (TLS), not what a server name in it suggests: a host's name
 * must not come out through the name of a protocol. */
static void set_answer(struct dpi *d, const struct dpi_flow *f, ndpi_protocol p,
    struct dpi_answer *a)
{
	uint16_t id = p.master_protocol != NDPI_PROTOCOL_UNKNOWN
			  ? p.master_protocol
			  : p.app_protocol;

	if (id >= ndpi_get_num_supported_protocols(d->module))
		id = NDPI_PROTOCOL_UNKNOWN;
	if (id == NDPI_PROTOCOL_UNKNOWN)
		counter_add(d->counters, COUNTER_DPI_UNKNOWN, 1);
	a->name = d->names[id];
	a->risks = f->flow.risk;
}

static bool is_known(ndpi_protocol p)
{
	return p.master_protocol != NDPI_PROTOCOL_UNKNOWN ||
	       p.app_protocol != NDPI_PROTOCOL_UNKNOWN;
}

/* In 4.2 the mail dissectors share these. */
static void wipe_credentials(struct ndpi_flow_struct *f)
{
	explicit_bzero(f->l4.tcp.ftp_imap_pop_smtp.username,
	    sizeof(f->l4.tcp.ftp_imap_pop_smtp.username));
	explicit_bzero(f->l4.tcp.ftp_imap_pop_smtp.password,
	    sizeof(f->l4.tcp.ftp_imap_pop_smtp.password));
}

/* The clock of CPU time costs more than what is measured. */
static int64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static ndpi_protocol ask(struct dpi *d, struct dpi_flow *f, const uint8_t *ip,
    size_t len, int64_t ts_us)
{
	bool sampled = d->calls++ % SAMPLE == 0;
	int64_t from_ns = sampled ? clock_ns() : 0;
	ndpi_protocol p = ndpi_detection_process_packet(d->module, &f->flow, ip,
	    (unsigned short)len, (uint64_t)ts_us / 1000);

	if (sampled)
		counter_add(d->counters, COUNTER_DPI_CPU_US,
		    (uint64_t)(clock_ns() - from_ns) * SAMPLE / 1000);
	return p;
}

bool dpi_packet(struct dpi *d, struct dpi_flow *f, const uint8_t *ip,
    size_t len, int64_t ts_us, struct dpi_answer *a)
{
	ndpi_protocol p;

	if (len > UINT16_MAX)
		len = UINT16_MAX;
	counter_add(d->counters, COUNTER_DPI_PACKETS, 1);
	p = ask(d, f, ip, len, ts_us);
	wipe_credentials(&f->flow);
	if (is_known(p)) {
		set_answer(d, f, p, a);
		return true;
	}
	if (++f->packets < DPI_PACKETS_MAX)
		return false;
	dpi_give_up(d, f, a);
	return true;
}

void dpi_give_up(struct dpi *d, struct dpi_flow *f, struct dpi_answer *a)
{
	uint8_t guessed = 0;
	/* No guess from the port: the port is known anyway. */
	ndpi_protocol p =
	    ndpi_detection_giveup(d->module, &f->flow, 0, &guessed);

	wipe_credentials(&f->flow);
	set_answer(d, f, p, a);
}

const char *dpi_risk_name(unsigned int bit)
{
	return bit > 0 && bit < NDPI_MAX_RISK
		   ? ndpi_risk2str((ndpi_risk_enum)bit)
		   : NULL;
}
