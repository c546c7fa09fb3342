/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/net/packet.h"

#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "capture/net/ip.h"
#include "capture/net/link.h"

struct packet_parser {
	struct counters *counters;
	const uint8_t *ports;
	size_t fragment_bytes;
	bool checksums;
};

struct packet_parser *packet_parser_new(struct counters *c, bool checksums,
    size_t fragment_bytes, const uint8_t ports[8192])
{
	struct packet_parser *pp = calloc(1, sizeof(*pp));

	if (pp == NULL)
		return NULL;
	pp->counters = c;
	pp->checksums = checksums;
	pp->fragment_bytes = fragment_bytes;
	pp->ports = ports;
	return pp;
}

void packet_parser_free(struct packet_parser *pp)
{
	free(pp);
}

int packet_parse(struct packet_parser *pp, struct packet *p, int linktype,
    const uint8_t *data, size_t len, int64_t ts_us)
{
	struct counters *c = pp->counters;
	struct cursor cur;

	memset(p, 0, sizeof(*p));
	p->ts_us = ts_us;
	counter_add(c, COUNTER_PACKETS, 1);
	counter_add(c, COUNTER_BYTES, len);
	cursor_init(&cur, data, len);
	if (link_parse(p, linktype, &cur, c) != 0)
		return -1;
	return ip_parse(p, &cur, c);
}
