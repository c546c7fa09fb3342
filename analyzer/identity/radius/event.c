/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/radius/event.h"

#include <stdio.h>
#include <string.h>

_Static_assert(RADIUS_ID_LEN == ROW_ID_LEN, "ids fit");
_Static_assert(RADIUS_SESSION_LEN == ROW_SESSION_LEN, "sessions fit");
_Static_assert(RADIUS_TARGETS_MAX == LEASE_TARGETS_MAX, "targets fit");

static enum lease_verb verb_of(enum radius_verb v)
{
	switch (v) {
	case RADIUS_BEGIN:
		return LEASE_VERB_BEGIN;
	case RADIUS_REFRESH:
		return LEASE_VERB_REFRESH;
	case RADIUS_END:
		return LEASE_VERB_END;
	case RADIUS_RESET:
		break;
	}
	return LEASE_VERB_RESET;
}

void radius_event_set(
    struct lease_event *e, const struct radius_session *s, const char *source)
{
	e->verb = verb_of(s->verb);
	e->at_us = s->at_us;
	snprintf(e->source, sizeof(e->source), "%s", source);
	memcpy(e->nas, s->nas, sizeof(e->nas));
	memcpy(e->session, s->session, sizeof(e->session));
	memcpy(e->customer, s->customer, sizeof(e->customer));
	memcpy(e->line_class, s->line_class, sizeof(e->line_class));
	e->n_targets = s->n_targets;
	for (int i = 0; i < s->n_targets; i++)
		e->targets[i] = (struct target){s->targets[i].prefix,
		    s->targets[i].first_port, s->targets[i].last_port};
}
