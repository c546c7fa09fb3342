/* SPDX-License-Identifier: Apache-2.0 */
/* What the FlowSpec drivers share: a rule (RFC 8955, RFC 8956) for each
 * target, "source P, TCP, destination port 25", and for a shared address its
 * source ports; who holds which rule is kept in a file, for a rule cannot tell
 * it. */
#pragma once

#include <stdbool.h>

#include "analyzer/drivers/kit/ledger.h"
#include "analyzer/drivers/kit/order.h"
#include "analyzer/drivers/kit/replace.h"

struct flow;

/* A BGP speaker. All give 0, or -1 and why, of ORDER_ERROR_SIZE bytes. */
struct flow_speaker {
	/* Announces a rule or withdraws it; both again are of no harm.
	 * FLOW_UNREACHABLE: there is no use in further ones. */
	int (*set)(void *self, const struct target *t, bool on, char *why);
	/* Calls flow_found() for each rule of ours that it announces. */
	int (*read)(void *self, struct flow *f, char *why);
	/* It has a session, so that rules are in force. */
	int (*is_up)(void *self, char *why);
	void *self;
};
#define FLOW_UNREACHABLE (-2)

struct flow {
	const char *mod; /* for log lines */
	struct flow_speaker speaker;
	struct replace_conf state;
	long max;
	/* --- */
	struct ledger *ledger;
	bool fresh; /* what is placed was read just now */
};

#define FLOW_MAX_DEFAULT 2000
#define FLOW_MAX         1000000

/* Takes up the state and serves the dispatcher until the end of stdin. */
void flow_run(struct flow *f);
void flow_found(struct flow *f, const struct target *t);
