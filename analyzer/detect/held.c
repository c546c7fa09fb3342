/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/held.h"

#include <stddef.h>

#include "analyzer/decide/brake.h"
#include "analyzer/detect/rules.h"

void held_begin(struct customer *c, struct ruling *r)
{
	const struct wish *w = customer_cases(c)->standing.wish;

	incident_hold(&c->cases->incidents, r, w->incident_id, w->brake_id);
}

int64_t held_next_due(const struct customer *c)
{
	const struct wish *w = customer_cases(c)->standing.wish;

	return w == NULL || w->due_us == 0 ? INT64_MAX : w->due_us;
}

void held_let_go(struct customer *c, struct ruling *r)
{
	if (c->cases == NULL || c->cases->standing.wish == NULL)
		return;
	incident_hold(
	    &c->cases->incidents, r, c->cases->standing.wish->incident_id, 0);
	brake_forget(r->brake, &c->cases->standing.wish);
}

/* The brake is on, and the block had begun before it was. */
static void lift(struct customer *c, struct ruling *r, int64_t at_us)
{
	struct wish *w = c->cases->standing.wish;

	if (w->began)
		decision_lift(&c->cases->standing, r, w->brake_id, at_us);
	w->began = false;
}

void held_settle(struct customer *c, struct ruling *r, int64_t at_us)
{
	struct wish *w = c->cases->standing.wish;
	int64_t incident_id = w->incident_id, brake_id = w->brake_id;
	enum wish_end end = w->end;
	const struct incident *i;

	w->due_us = 0;
	if (end != WISH_BLOCKED)
		lift(c, r, at_us);
	if (end == WISH_WAITS) {
		held_begin(c, r);
		return;
	}
	held_let_go(c, r);
	switch (end) {
	case WISH_WAITS:
		break;
	case WISH_BLOCKED:
		i = incident_find(&c->cases->incidents, incident_id);
		if (i != NULL)
			decision_block_held(
			    &c->cases->standing, r, i, brake_id, at_us);
		break;
	case WISH_PROBATION:
		rules_begin_probation(c, r->policy);
		break;
	case WISH_FORGOTTEN:
		customer_clear_windows(c);
		score_restart(&c->score, 0);
		break;
	}
}
