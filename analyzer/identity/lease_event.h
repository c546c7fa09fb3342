/* SPDX-License-Identifier: Apache-2.0 */
/* What a source of leases says: RADIUS accounting, a lease file, a CGN's log,
 * the desk. The book of leases (lease_book.h) turns it into who held what. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/rows.h"

#define LEASE_TARGETS_MAX 16

enum lease_verb {
	LEASE_VERB_BEGIN,   /* the session holds these targets from at_us on */
	LEASE_VERB_REFRESH, /* it holds them still; n_targets 0: not said */
	LEASE_VERB_END,     /* it holds nothing any more */
	LEASE_VERB_RESET,   /* all sessions of the NAS have ended */
};

struct lease_event {
	enum lease_verb verb;
	int64_t at_us;        /* when it happened, not when it came */
	char source[16];      /* radius; later dhcp, cgn, desk */
	char nas[ROW_ID_LEN]; /* who told it; "" where there is one only */
	char session[ROW_SESSION_LEN]; /* unique within nas */
	char customer[ROW_ID_LEN];
	char line_class[ROW_ID_LEN]; /* "": as configured */
	struct target targets[LEASE_TARGETS_MAX];
	int n_targets;
};
