/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/device.h"

#include <linux/if_packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "capture/filter.h"
#include "capture/net/link.h"

static int set_filter(pcap_t *p, const struct conf *c)
{
	struct bpf_program program;
	int rc;

	if (filter_compile(p, &c->ports, &c->radius_ports, &program) != 0)
		return -1;
	rc = pcap_setfilter(p, &program);
	filter_free(&program);
	return rc;
}

static enum device_status status_of(
    pcap_t *p, int rc, const char *name, char err[DEVICE_ERROR_BYTES])
{
	switch (rc) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		snprintf(err, DEVICE_ERROR_BYTES,
		    "%s: no such interface; ip link lists them", name);
		return DEVICE_MISSING;
	case PCAP_ERROR_IFACE_NOT_UP:
		snprintf(err, DEVICE_ERROR_BYTES,
		    "%s: the interface is down; ip link set %s up", name, name);
		return DEVICE_DOWN;
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		snprintf(err, DEVICE_ERROR_BYTES,
		    "%s: not permitted; start as root or give the program "
		    "CAP_NET_RAW",
		    name);
		return DEVICE_REFUSED;
	default:
		snprintf(err, DEVICE_ERROR_BYTES, "%s: %s", name,
		    *pcap_geterr(p) != '\0' ? pcap_geterr(p)
					    : pcap_statustostr(rc));
		return DEVICE_REFUSED;
	}
}

static enum device_status activate(
    pcap_t *p, const struct conf *c, char err[DEVICE_ERROR_BYTES])
{
	int rc;

	pcap_set_snaplen(p, (int)c->snap_bytes);
	pcap_set_promisc(p, 1);
	pcap_set_timeout(p, DEVICE_BLOCK_MS);
	/* libpcap counts in int. */
	pcap_set_buffer_size(
	    p, c->ring_bytes > INT32_MAX ? INT32_MAX : (int)c->ring_bytes);
	rc = pcap_activate(p);
	return rc < 0 ? status_of(p, rc, c->interface, err) : DEVICE_OPEN;
}

static bool is_usable(pcap_t *p, const char *name, char err[DEVICE_ERROR_BYTES])
{
	char pcap_err[PCAP_ERRBUF_SIZE];

	if (!link_is_known(pcap_datalink(p))) {
		snprintf(err, DEVICE_ERROR_BYTES,
		    "%s: its link type %d is not known", name,
		    pcap_datalink(p));
		return false;
	}
	if (pcap_setnonblock(p, 1, pcap_err) == 0)
		return true;
	snprintf(err, DEVICE_ERROR_BYTES, "%s: %s", name, pcap_err);
	return false;
}

enum device_status device_open(
    const struct conf *c, pcap_t **out, char err[DEVICE_ERROR_BYTES])
{
	char pcap_err[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_create(c->interface, pcap_err);
	enum device_status status;

	if (p == NULL) {
		snprintf(
		    err, DEVICE_ERROR_BYTES, "%s: %s", c->interface, pcap_err);
		return DEVICE_REFUSED;
	}
	status = activate(p, c, err);
	if (status == DEVICE_OPEN) {
		device_deafen(p);
		if (!is_usable(p, c->interface, err))
			status = DEVICE_REFUSED;
	}
	if (status == DEVICE_OPEN)
		*out = p;
	else
		pcap_close(p);
	return status;
}

static void throw_away(
    u_char *user, const struct pcap_pkthdr *h, const u_char *data)
{
	(void)user;
	(void)h;
	(void)data;
}

static void forget_stats(pcap_t *p)
{
	struct tpacket_stats_v3 st;
	socklen_t len = sizeof(st);

	/* Reading them sets them to 0. */
	(void)getsockopt(
	    pcap_fileno(p), SOL_PACKET, PACKET_STATISTICS, &st, &len);
}

int device_begin(pcap_t *p, const struct conf *c, struct fanout *share,
    char err[DEVICE_ERROR_BYTES])
{
	int rc = 0;

	while (pcap_dispatch(p, -1, throw_away, NULL) > 0)
		;
	forget_stats(p);
	if (share != NULL)
		rc = fanout_join(share, pcap_fileno(p));
	if (rc != 0) {
		snprintf(err, DEVICE_ERROR_BYTES,
		    "%s: cannot be shared by workers (PACKET_FANOUT): %s; use "
		    "--workers 1",
		    c->interface, strerror(-rc));
		return -1;
	}
	if (set_filter(p, c) == 0)
		return 0;
	snprintf(err, DEVICE_ERROR_BYTES, "%s: filter: %s", c->interface,
	    pcap_geterr(p));
	return -1;
}

int device_index(pcap_t *p)
{
	struct sockaddr_ll at;
	socklen_t len = sizeof(at);

	memset(&at, 0, sizeof(at));
	if (getsockname(pcap_fileno(p), (struct sockaddr *)&at, &len) != 0)
		return 0;
	return at.sll_ifindex;
}

void device_deafen(pcap_t *p)
{
	struct sock_filter nothing = {.code = BPF_RET | BPF_K, .k = 0};
	struct sock_fprog program = {1, &nothing};

	(void)setsockopt(pcap_fileno(p), SOL_SOCKET, SO_ATTACH_FILTER, &program,
	    sizeof(program));
}
