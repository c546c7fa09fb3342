/* SPDX-License-Identifier: Apache-2.0 */
/* What an Accounting-Request says about a session: who holds what since when.
 * The receiver of the analyzer and the agent at the mirror both read it so. */
#pragma once

#include "base/addr.h"
#include "base/radius.h"
#include "base/radius_clock.h"
#include "base/radius_map.h"

#define RADIUS_TARGETS_MAX 16
#define RADIUS_ID_LEN      64
#define RADIUS_SESSION_LEN 256

enum radius_verb {
	RADIUS_BEGIN,   /* Start */
	RADIUS_REFRESH, /* Interim-Update */
	RADIUS_END,     /* Stop */
	RADIUS_RESET,   /* Accounting-On, Accounting-Off */
};

struct radius_target {
	struct prefix prefix;
	uint16_t first_port, last_port; /* both 0: all */
};

struct radius_session {
	enum radius_verb verb;
	int64_t at_us;
	/* NAS-IP-Address, else NAS-IPv6-Address, else NAS-Identifier, else
	 * who sent the packet: one NAS keeps to one name, and so do its
	 * Accounting-On. */
	char nas[RADIUS_ID_LEN];
	char session[RADIUS_SESSION_LEN]; /* Acct-Session-Id; "": a reset */
	char customer[RADIUS_ID_LEN];     /* "": END or RESET without one */
	char line_class[RADIUS_ID_LEN];   /* "": not said */
	struct radius_target targets[RADIUS_TARGETS_MAX];
	int n_targets; /* REFRESH: 0, not said */
	int refused;   /* addresses that no line can hold, or too many */
};

enum radius_says {
	RADIUS_SAYS_SESSION,
	RADIUS_SAYS_OTHER,       /* Acct-Status-Type of no interest */
	RADIUS_SAYS_NO_SESSION,  /* without a usable Acct-Session-Id */
	RADIUS_SAYS_NO_CUSTOMER, /* without a name that can be an id */
	RADIUS_SAYS_NO_TARGET,   /* a Start without an address */
	RADIUS_SAYS_TOO_OLD,     /* more than a week ago */
	RADIUS_SAYS_BROKEN,      /* a known attribute of a wrong length, one
				  * twice that can be there once, none of
				  * Acct-Status-Type, half a port block */
};
#define RADIUS_SAYS_COUNT (RADIUS_SAYS_BROKEN + 1)

/* A word for counters: "session", "no_customer". */
const char *radius_says_name(enum radius_says says);
/* received_us: by our clock. from: who sent the packet. Only for
 * RADIUS_SAYS_SESSION is all of s set. */
enum radius_says radius_session_read(struct radius_session *s,
    const struct radius_packet *p, const struct radius_map *map,
    struct radius_clock *clock, int64_t received_us, const struct addr *from);
