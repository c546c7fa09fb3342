/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/net/packet.h"

#include <string.h>

#include "base/cursor.h"
#include "capture/net/ip.h"
#include "capture/net/link.h"

int packet_parse(struct packet *p, int linktype, const uint8_t *data,
    size_t len, int64_t ts_us, struct counters *c)
{
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
