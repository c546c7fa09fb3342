/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/lease_record.h"

#include <stdio.h>
#include <string.h>

/* A name that is cut would be another's. */
static bool copy(char *dst, size_t size, const char *src)
{
	return (size_t)snprintf(dst, size, "%s", src ? src : "") < size;
}

static bool take_target(struct target *t, const Sekisho__LeaseTarget *from)
{
	if (from->addr.len != sizeof(t->prefix.addr.b) || from->length > 128 ||
	    from->first_port > from->last_port || from->last_port > UINT16_MAX)
		return false;
	memcpy(t->prefix.addr.b, from->addr.data, sizeof(t->prefix.addr.b));
	t->prefix.len = (uint8_t)from->length;
	t->first_port = (uint16_t)from->first_port;
	t->last_port = (uint16_t)from->last_port;
	return true;
}

bool lease_event_of_record(struct lease_event *e, const Sekisho__Lease *l)
{
	memset(e, 0, sizeof(*e));
	switch (l->verb) {
	case SEKISHO__LEASE_VERB__LEASE_BEGIN:
		e->verb = LEASE_VERB_BEGIN;
		break;
	case SEKISHO__LEASE_VERB__LEASE_REFRESH:
		e->verb = LEASE_VERB_REFRESH;
		break;
	case SEKISHO__LEASE_VERB__LEASE_END:
		e->verb = LEASE_VERB_END;
		break;
	case SEKISHO__LEASE_VERB__LEASE_RESET:
		e->verb = LEASE_VERB_RESET;
		break;
	case SEKISHO__LEASE_VERB__LEASE_NONE:
	case _SEKISHO__LEASE_VERB_IS_INT_SIZE:
	default: /* from a newer agent */
		return false;
	}
	e->at_us = l->at_us;
	if (!copy(e->nas, sizeof(e->nas), l->nas) ||
	    !copy(e->session, sizeof(e->session), l->session) ||
	    !copy(e->customer, sizeof(e->customer), l->customer) ||
	    !copy(e->line_class, sizeof(e->line_class), l->line_class) ||
	    l->n_targets > LEASE_TARGETS_MAX)
		return false;
	/* As the receiver says: both may tell of one session. */
	snprintf(e->source, sizeof(e->source), "radius");
	for (size_t i = 0; i < l->n_targets; i++)
		if (!take_target(&e->targets[e->n_targets++], l->targets[i]))
			return false;
	return true;
}
