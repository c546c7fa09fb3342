/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/dpi.h"

#include <malloc.h>
#include <ndpi_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct dpi {
	struct ndpi_detection_module_struct *module;
};

struct dpi_flow {
	struct ndpi_flow_struct flow;
	unsigned int packets;
};

/* What nDPI copies out of packets does not stay in freed memory. */
static void wiping_free(void *p)
{
	if (p != NULL)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

static void *plain_malloc(size_t n)
{
	return malloc(n);
}

struct dpi *dpi_new(void)
{
	struct dpi *d = calloc(1, sizeof(*d));
	NDPI_PROTOCOL_BITMASK all;

	if (d == NULL)
		return NULL;
	set_ndpi_malloc(plain_malloc);
	set_ndpi_free(wiping_free);
	set_ndpi_flow_malloc(plain_malloc);
	set_ndpi_flow_free(wiping_free);
	d->module = ndpi_init_detection_module(ndpi_no_prefs);
	if (d->module == NULL) {
		free(d);
		return NULL;
	}
	NDPI_BITMASK_SET_ALL(all);
	ndpi_set_protocol_detection_bitmask2(d->module, &all);
	ndpi_finalize_initialization(d->module);
	return d;
}

void dpi_free(struct dpi *d)
{
	if (d == NULL)
		return;
	ndpi_exit_detection_module(d->module);
	free(d);
}

struct dpi_flow *dpi_flow_new(void)
{
	return calloc(1, sizeof(struct dpi_flow));
}

void dpi_flow_free(struct dpi_flow *f)
{
	if (f == NULL)
		return;
	ndpi_free_flow_data(&f->flow);
	explicit_bzero(f, sizeof(*f));
	free(f);
}

/* The carrier (TLS), not what a server name in it suggests: a host's name
 * must not come out through the name of a protocol. */
static void set_name(
    struct dpi *d, ndpi_protocol p, char name[static DPI_NAME_BYTES])
{
	uint16_t id = p.master_protocol != NDPI_PROTOCOL_UNKNOWN
			  ? p.master_protocol
			  : p.app_protocol;

	snprintf(
	    name, DPI_NAME_BYTES, "%s", ndpi_get_proto_name(d->module, id));
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

bool dpi_packet(struct dpi *d, struct dpi_flow *f, const uint8_t *ip,
    size_t len, int64_t ts_us, char name[static DPI_NAME_BYTES])
{
	ndpi_protocol p;

	if (len > UINT16_MAX)
		len = UINT16_MAX;
	p = ndpi_detection_process_packet(d->module, &f->flow, ip,
	    (unsigned short)len, (uint64_t)ts_us / 1000);
	wipe_credentials(&f->flow);
	if (is_known(p)) {
		set_name(d, p, name);
		return true;
	}
	if (++f->packets < DPI_PACKETS_MAX)
		return false;
	dpi_give_up(d, f, name);
	return true;
}

void dpi_give_up(
    struct dpi *d, struct dpi_flow *f, char name[static DPI_NAME_BYTES])
{
	uint8_t guessed = 0;
	/* No guess from the port: the port is known anyway. */
	ndpi_protocol p =
	    ndpi_detection_giveup(d->module, &f->flow, 0, &guessed);

	wipe_credentials(&f->flow);
	set_name(d, p, name);
}
