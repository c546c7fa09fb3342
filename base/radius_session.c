/* SPDX-License-Identifier: Apache-2.0 */
#include "base/radius_session.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/radius_target.h"
#include "base/radius_text.h"

#define AGE_MAX_US (7 * US_PER_DAY)

/* Acct-Status-Type, RFC 2866 section 5.1. */
enum status {
	STATUS_START = 1,
	STATUS_STOP = 2,
	STATUS_INTERIM = 3,
	STATUS_ON = 7,
	STATUS_OFF = 8
};

struct said {
	const struct radius_map *map;
	struct radius_session *s;
	/* value NULL: not there */
	struct radius_attr session, nas_id, nas_ip, nas_ip6, user, class;
	uint32_t status, delay, event;
	bool has_status, has_delay, has_event;
	struct radius_targets targets;
	bool broken;
};

const char *radius_says_name(enum radius_says says)
{
	static const char *const names[] = {"session", "other", "no_session",
	    "no_customer", "no_target", "too_old", "broken"};

	return names[says];
}

static void once(struct said *w, struct radius_attr *at,
    const struct radius_attr *a, uint8_t len)
{
	if (at->value != NULL || (len != 0 && a->len != len))
		w->broken = true;
	*at = *a;
}

static void integer(
    struct said *w, uint32_t *v, bool *has, const struct radius_attr *a)
{
	if (*has || !radius_u32(a, v))
		w->broken = true;
	*has = true;
}

/* The first that begins as configured: Class comes several times. */
static void note_name(
    struct radius_attr *at, const struct radius_attr *a, const char *prefix)
{
	size_t n = strlen(prefix);

	if (at->value != NULL || a->len < n || memcmp(a->value, prefix, n) != 0)
		return;
	*at = *a;
	at->value += n;
	at->len = (uint8_t)(a->len - n);
}

static void take_standard(struct said *w, const struct radius_attr *a)
{
	switch (a->type) {
	case RADIUS_ACCT_STATUS_TYPE:
		integer(w, &w->status, &w->has_status, a);
		break;
	case RADIUS_ACCT_DELAY_TIME:
		integer(w, &w->delay, &w->has_delay, a);
		break;
	case RADIUS_EVENT_TIMESTAMP:
		integer(w, &w->event, &w->has_event, a);
		break;
	case RADIUS_ACCT_SESSION_ID:
		once(w, &w->session, a, 0);
		break;
	case RADIUS_NAS_IDENTIFIER:
		once(w, &w->nas_id, a, 0);
		break;
	case RADIUS_NAS_IP_ADDRESS:
		once(w, &w->nas_ip, a, 4);
		break;
	case RADIUS_NAS_IPV6_ADDRESS:
		once(w, &w->nas_ip6, a, 16);
		break;
	default:
		break;
	}
}

static void take(struct said *w, const struct radius_attr *a)
{
	if (radius_ref_is(&w->map->customer, a))
		note_name(&w->user, a, w->map->customer_prefix);
	if (radius_ref_is(&w->map->line_class, a))
		note_name(&w->class, a, w->map->class_prefix);
	if (a->vendor == 0)
		take_standard(w, a);
	if (!radius_targets_take(&w->targets, w->map, a))
		w->broken = true;
}

static bool is_nobody(const struct addr *a)
{
	static const uint8_t all[4] = {255, 255, 255, 255};

	return addr_is_null(a) || memcmp(a->b + 12, all, 4) == 0;
}

static void name_nas(struct said *w, const struct addr *from)
{
	struct radius_session *s = w->s;
	char text[ADDR_STRLEN];
	struct addr a;

	if (w->nas_ip.value != NULL) {
		a = addr_from_v4(w->nas_ip.value);
		if (!is_nobody(&a)) {
			(void)snprintf(s->nas, sizeof(s->nas), "%s",
			    addr_format(&a, text));
			return;
		}
	}
	if (w->nas_ip6.value != NULL) {
		a = addr_from_v6(w->nas_ip6.value);
		if (!addr_is_null(&a)) {
			(void)snprintf(s->nas, sizeof(s->nas), "%s",
			    addr_format(&a, text));
			return;
		}
	}
	if (w->nas_id.value == NULL ||
	    !radius_text_id(s->nas, w->nas_id.value, w->nas_id.len))
		(void)snprintf(
		    s->nas, sizeof(s->nas), "%s", addr_format(from, text));
}

static bool set_verb(struct said *w)
{
	switch (w->status) {
	case STATUS_START:
		w->s->verb = RADIUS_BEGIN;
		return true;
	case STATUS_STOP:
		w->s->verb = RADIUS_END;
		return true;
	case STATUS_INTERIM:
		w->s->verb = RADIUS_REFRESH;
		return true;
	case STATUS_ON:
	case STATUS_OFF:
		w->s->verb = RADIUS_RESET;
		return true;
	default:
		return false;
	}
}

static bool set_time(
    struct said *w, struct radius_clock *clock, int64_t received_us)
{
	struct radius_moment m = {.received_us = received_us,
	    .delay_us = (int64_t)w->delay * US_PER_S,
	    .event_us = (int64_t)w->event * US_PER_S};

	w->s->at_us = radius_clock_at(clock, w->s->nas, &m);
	return w->s->at_us >= received_us - AGE_MAX_US;
}

/* Names, by what the verb needs. */
static enum radius_says set_names(struct said *w)
{
	struct radius_session *s = w->s;
	bool holds = s->verb == RADIUS_BEGIN || s->verb == RADIUS_REFRESH;

	s->session[0] = s->customer[0] = s->line_class[0] = '\0';
	if (s->verb == RADIUS_RESET)
		return RADIUS_SAYS_SESSION;
	if (w->session.value == NULL ||
	    !radius_text_session(s->session, w->session.value, w->session.len))
		return RADIUS_SAYS_NO_SESSION;
	if ((w->user.value == NULL ||
		!radius_text_customer(s->customer, w->user.value, w->user.len,
		    w->map->strip_realms)) &&
	    holds)
		return RADIUS_SAYS_NO_CUSTOMER;
	if (w->class.value != NULL)
		(void)radius_text_word(
		    s->line_class, w->class.value, w->class.len);
	return RADIUS_SAYS_SESSION;
}

enum radius_says radius_session_read(struct radius_session *s,
    const struct radius_packet *p, const struct radius_map *map,
    struct radius_clock *clock, int64_t received_us, const struct addr *from)
{
	struct said w = {.map = map, .s = s};
	struct radius_walk walk;
	struct radius_attr a;
	enum radius_says says;

	radius_walk_init(&walk, p);
	while (radius_walk_next(&walk, &a))
		take(&w, &a);
	if (w.broken || !w.has_status)
		return RADIUS_SAYS_BROKEN;
	if (!set_verb(&w))
		return RADIUS_SAYS_OTHER;
	name_nas(&w, from);
	s->n_targets = s->refused = 0;
	if (s->verb != RADIUS_RESET && !radius_targets_set(&w.targets, map, s))
		return RADIUS_SAYS_BROKEN;
	says = set_names(&w);
	if (says != RADIUS_SAYS_SESSION)
		return says;
	if (!set_time(&w, clock, received_us))
		return RADIUS_SAYS_TOO_OLD;
	if (s->verb == RADIUS_BEGIN && s->n_targets == 0)
		return RADIUS_SAYS_NO_TARGET;
	return RADIUS_SAYS_SESSION;
}
