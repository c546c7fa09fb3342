/* SPDX-License-Identifier: Apache-2.0 */
/* Timer wheels for flows (Varghese and Lauck 1987): one for each list of
 * flow.h, with slots of a second. A flow that gets packets is not moved; when
 * its slot comes it is looked at and put where it belongs by then. So a
 * packet touches no neighbour in memory. */
#pragma once

#include "capture/net/flow.h"

#define EXPIRY_SLOTS 512

struct expiry_slot {
	struct flow *first, *last;
};
struct expiry_wheel {
	struct expiry_slot slot[EXPIRY_SLOTS];
	uint64_t used[EXPIRY_SLOTS / 64]; /* one bit a slot */
	size_t n;
};
struct expiry {
	struct expiry_wheel wheel[FLOW_LISTS];
	int64_t timeout_us[FLOW_LISTS];
	int64_t second;     /* all slots before it are done */
	struct flow *ready; /* due, in order; by next and prev */
};

int64_t expiry_due_us(const struct expiry *e, const struct flow *f);
/* f->list and f->last_us say where. */
void expiry_add(struct expiry *e, struct flow *f);
void expiry_remove(struct expiry *e, struct flow *f);
/* As flow_next_due() and flow_next(). */
struct flow *expiry_next_due(struct expiry *e, int64_t now_us);
struct flow *expiry_next(struct expiry *e);
/* The one of a list that was idle for the longest time. NULL: none. */
struct flow *expiry_idlest(struct expiry *e, enum flow_list list);
