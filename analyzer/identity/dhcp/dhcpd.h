/* SPDX-License-Identifier: Apache-2.0 */
/* ISC dhcpd's lease files, dhcpd.leases(5): declarations in braces, of which
 * the last of an address holds. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/identity/dhcp/grant.h"

#define DHCPD_TOKENS_MAX  12
#define DHCPD_TOKEN_BYTES 300

struct dhcpd_token {
	uint8_t b[DHCPD_TOKEN_BYTES]; /* what a string means; NUL behind it */
	uint16_t len;
	bool quoted, too_long;
};
struct dhcpd_owner {
	/* Not 0: take no more of the line. */
	int (*grant)(void *arg, const struct grant *g);
	void (*bad)(void *arg); /* a statement, or a whole declaration */
	void *arg;
};
enum dhcpd_block {
	DHCPD_OUTSIDE,
	DHCPD_LEASE, /* lease ADDRESS { */
	DHCPD_IA,    /* ia-na STRING {, ia-pd */
	DHCPD_PART,  /* iaaddr ADDRESS { inside of it */
};
struct dhcpd {
	bool v6;
	const char *field; /* which is the customer */
	struct dhcpd_owner owner;
	enum dhcpd_block block;
	int skipped; /* braces that were opened and mean nothing to us */
	/* the statement that has not ended; more than fit are counted */
	struct dhcpd_token tokens[DHCPD_TOKENS_MAX];
	size_t n;
	/* the declaration */
	bool active, known_state, spoilt;
	bool by_end; /* not held: since it ended, else since it was heard of */
	int64_t starts_s, ends_s, cltt_s; /* INT64_MIN: not said */
	int64_t ia_cltt_s;
	struct prefix prefix;
	char customer[ROW_ID_LEN], ia_customer[ROW_ID_LEN];
};

/* field: base/lease_source.h; borrowed. */
void dhcpd_init(
    struct dhcpd *d, bool v6, const char *field, struct dhcpd_owner owner);
/* len: without the line's end. 0, or what grant() returned. */
int dhcpd_line(struct dhcpd *d, const char *line, size_t len);
/* Nothing is open: whoever begins behind this line misses nothing. */
bool dhcpd_is_between(const struct dhcpd *d);
