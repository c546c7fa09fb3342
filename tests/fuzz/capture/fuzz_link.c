/* SPDX-License-Identifier: Apache-2.0 */
/* Packets as u8 link type, u16 length, bytes: taken apart and followed. */
#include <stdlib.h>
#include <string.h>

#include <pcap/dlt.h>

#include "base/cursor.h"
#include "capture/track.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static volatile uint8_t sink;

static void put(void *arg, Sekisho__Record *r)
{
	int64_t *last_us = arg;

	if (r->ts_us < *last_us)
		abort();
	*last_us = r->ts_us;
}

static void one_packet(
    struct track *t, struct packet_parser *pp, struct cursor *c, int64_t ts_us)
{
	static const int links[] = {DLT_EN10MB, DLT_RAW, DLT_NULL, DLT_LOOP,
	    DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_PPP, DLT_PPP_ETHER, DLT_C_HDLC,
	    DLT_MPLS};
	int link = links[cursor_u8(c) % 10];
	size_t size = cursor_be16(c), left = cursor_left(c);
	uint8_t *copy;
	struct packet p;

	if (size > left)
		size = left;
	copy = malloc(size > 0 ? size : 1);
	if (copy == NULL)
		return;
	if (size > 0)
		memcpy(copy, cursor_bytes(c, size), size);
	if (packet_parse(pp, &p, link, copy, size, ts_us) == 0) {
		/* In the packet, or in a datagram put together: a read of
		 * both ends lets the sanitizer see. */
		if (p.len > 0)
			sink ^= p.payload[0] ^ p.payload[p.len - 1];
		track_packet(t, &p);
	}
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct counters n = {{0}};
	struct track_setup setup = {.counters = &n, .put = put};
	char err[CONF_ERROR_BYTES];
	int64_t last_us = 0, ts_us = 1;
	struct cursor c;
	struct conf conf;
	struct packet_parser *pp;
	struct track *t;

	if (conf_load(&conf, NULL, err) != 0)
		abort();
	conf.max_flows = 16;
	setup.conf = &conf;
	setup.arg = &last_us;
	setup.privacy = privacy_new(PRIVACY_FLOW, NULL, 0);
	t = track_new(&setup);
	if (t == NULL || setup.privacy == NULL)
		abort();
	pp = packet_parser_new(&n, false, 65536, track_ports(t));
	if (pp == NULL)
		abort();
	cursor_init(&c, data, len);
	while (cursor_left(&c) > 3)
		one_packet(t, pp, &c, ts_us += 300000);
	while (track_end_one(t))
		;
	packet_parser_free(pp);
	track_free(t);
	privacy_free(setup.privacy);
	conf_free(&conf);
	return 0;
}
