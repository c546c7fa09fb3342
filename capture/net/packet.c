/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/net/packet.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "capture/net/walk.h"

struct packet_parser {
	struct counters *counters;
	const uint8_t *ports;
	const uint8_t *radius; /* NULL: none */
	struct frag_table *frags;
	bool checksums;
};

struct packet_parser *packet_parser_new(struct counters *c, bool checksums,
    size_t fragment_bytes, const uint8_t ports[8192])
{
	struct packet_parser *pp = calloc(1, sizeof(*pp));
	uint8_t seed[16];

	if (pp == NULL)
		return NULL;
	if (getrandom(seed, sizeof(seed), 0) == sizeof(seed))
		pp->frags = frag_table_new(c, fragment_bytes, seed);
	if (pp->frags == NULL) {
		free(pp);
		return NULL;
	}
	pp->counters = c;
	pp->checksums = checksums;
	pp->ports = ports;
	return pp;
}

void packet_parser_radius(struct packet_parser *pp, const uint8_t *ports)
{
	pp->radius = ports;
}

void packet_parser_free(struct packet_parser *pp)
{
	if (pp == NULL)
		return;
	frag_table_free(pp->frags);
	free(pp);
}

int packet_parse(struct packet_parser *pp, struct packet *p, int linktype,
    const uint8_t *data, size_t len, int64_t ts_us)
{
	struct walk w = {.p = p,
	    .counters = pp->counters,
	    .frags = pp->frags,
	    .ports = pp->ports,
	    .radius = pp->radius,
	    .checksums = pp->checksums};

	/* The rest is set by whoever returns 0: most packets are for others. */
	memset(&p->outer, 0, sizeof(p->outer));
	p->ts_us = ts_us;
	counter_add(pp->counters, COUNTER_PACKETS, 1);
	counter_add(pp->counters, COUNTER_BYTES, len);
	cursor_init(&w.cur, data, len);
	return link_parse(&w, linktype);
}
