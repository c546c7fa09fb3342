/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/trial_events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "base/clock.h"

/* The same thing, found at another time: an incident falls quiet in a day. */
#define PAIR_US US_PER_DAY

void trial_events_free(struct trial_events *e)
{
	free(e->v);
	free(e->incidents);
}

/* --- one engine ------------------------------------------------------------
 */

static struct trial_event *add_event(struct trial_events *e)
{
	if (!ROOM_FOR_ONE(e->v, e->n, e->cap))
		return NULL;
	memset(&e->v[e->n], 0, sizeof(*e->v));
	return &e->v[e->n++];
}

/* Ids are counted from 1. */
static struct trial_known *known_of(struct trial_events *e, int64_t id)
{
	size_t n = (size_t)id;

	if (n > e->cap_incidents) {
		size_t cap = e->cap_incidents == 0 ? 64 : e->cap_incidents;
		struct trial_known *v;

		while (cap < n)
			cap *= 2;
		v = realloc(e->incidents, cap * sizeof(*v));
		if (v == NULL)
			return NULL;
		e->incidents = v;
		e->cap_incidents = cap;
	}
	for (; e->n_incidents < n; e->n_incidents++)
		memset(&e->incidents[e->n_incidents], 0, sizeof(*e->incidents));
	return &e->incidents[n - 1];
}

static void fill(struct trial_event *v, const struct trial_known *k,
    const struct observation *o, int32_t other_milli)
{
	memcpy(v->customer, k->customer, sizeof(v->customer));
	memcpy(v->summary, k->summary, sizeof(v->summary));
	v->kind = k->kind;
	v->score_milli = o->score_milli;
	v->other_milli = other_milli;
}

static int take_incident(struct trial_events *e, const struct incident *i,
    const struct observation *o, int32_t other_milli, bool counted)
{
	bool fresh = (size_t)i->id > e->n_incidents;
	struct trial_known *k = known_of(e, i->id);
	struct trial_event *v;

	if (k == NULL)
		return -1;
	k->kind = i->kind;
	memcpy(k->customer, i->customer, sizeof(k->customer));
	memcpy(k->summary, i->summary, sizeof(k->summary));
	if (fresh && counted) {
		v = add_event(e);
		if (v == NULL)
			return -1;
		k->event = e->n;
		v->line_class = i->line_class;
		v->at_us = i->opened_us;
		fill(v, k, o, other_milli);
	} else if (k->event != 0) {
		memcpy(
		    e->v[k->event - 1].summary, k->summary, sizeof(k->summary));
	}
	return 0;
}

/* The first block stands in the place of its incident. A row that takes
 * another's place is no new block. */
static int take_decision(struct trial_events *e, const struct decision *d,
    const struct observation *o, int32_t other_milli, bool counted)
{
	struct trial_known *k;
	struct trial_event *v;

	if (d->cause != CAUSE_DETECTOR || d->action != ACTION_BLOCK ||
	    d->ends_seq != 0 || d->incident_id == 0 || !counted)
		return 0;
	k = known_of(e, d->incident_id);
	if (k == NULL)
		return -1;
	v = k->event != 0 ? &e->v[k->event - 1] : add_event(e);
	if (v == NULL)
		return -1;
	k->event = 0;
	fill(v, k, o, other_milli);
	v->line_class = d->line_class;
	v->at_us = d->since_us;
	v->until_us = d->until_us;
	v->decision_seq = d->seq;
	return 0;
}

int trial_events_take(struct trial_events *e, const struct effects *fx,
    const struct observation *o, int32_t other_milli, bool counted)
{
	int rc = 0;

	/* A decision names an incident that may come behind it. */
	for (size_t i = 0; i < fx->n && rc == 0; i++)
		if (fx->v[i].kind == EFFECT_INCIDENT)
			rc = take_incident(
			    e, &fx->v[i].u.incident, o, other_milli, counted);
	for (size_t i = 0; i < fx->n && rc == 0; i++)
		if (fx->v[i].kind == EFFECT_DECISION)
			rc = take_decision(
			    e, &fx->v[i].u.decision, o, other_milli, counted);
	return rc;
}

int64_t trial_events_twin(const struct trial_events *e, int64_t incident_id,
    const struct trial_events *other)
{
	const struct trial_known *k;

	if (incident_id <= 0 || (size_t)incident_id > e->n_incidents)
		return 0;
	k = &e->incidents[incident_id - 1];
	for (size_t n = other->n_incidents; n > 0; n--)
		if (other->incidents[n - 1].kind == k->kind &&
		    strcmp(other->incidents[n - 1].customer, k->customer) == 0)
			return (int64_t)n;
	return 0;
}

/* --- two engines ------------------------------------------------------------
 */

/* The order of pairing. */
static int by_place(const void *a, const void *b)
{
	const struct trial_event *x = a, *y = b;
	int order = strcmp(x->customer, y->customer);

	if (order == 0)
		order = (x->kind > y->kind) - (x->kind < y->kind);
	if (order == 0)
		order = (x->at_us > y->at_us) - (x->at_us < y->at_us);
	return order;
}

static void count_side(const struct trial_events *e, struct trial_side *s)
{
	const char *last = "";

	for (size_t i = 0; i < e->n; i++) {
		const struct trial_event *v = &e->v[i];

		if (v->until_us == 0) {
			s->incidents++;
			continue;
		}
		s->blocks++;
		s->customers += strcmp(v->customer, last) != 0;
		last = v->customer;
	}
}

static bool is_same_place(
    const struct trial_event *a, const struct trial_event *b)
{
	int64_t apart = a->at_us - b->at_us;

	return strcmp(a->customer, b->customer) == 0 && a->kind == b->kind &&
	       apart <= PAIR_US && apart >= -PAIR_US;
}

struct pairs {
	struct trial_difference *v;
	size_t n;
};

static void pair(struct pairs *p, const struct trial_events *old,
    const struct trial_events *new, struct trial_sum *sum)
{
	size_t i = 0, k = 0;

	while (i < old->n || k < new->n) {
		const struct trial_event *a = i < old->n ? &old->v[i] : NULL;
		const struct trial_event *b = k < new->n ? &new->v[k] : NULL;

		if (a && b && !is_same_place(a, b)) {
			if (by_place(a, b) < 0)
				b = NULL;
			else
				a = NULL;
		}
		i += a != NULL;
		k += b != NULL;
		if (a && b && a->at_us == b->at_us &&
		    a->until_us == b->until_us) {
			sum->same++;
			continue;
		}
		sum->lost += b == NULL;
		sum->gained += a == NULL;
		sum->changed += a != NULL && b != NULL;
		p->v[p->n++] = (struct trial_difference){a, b};
	}
}

static int64_t time_of(const struct trial_difference *d)
{
	return d->new ? d->new->at_us : d->old->at_us;
}

static int by_time(const void *a, const void *b)
{
	const struct trial_difference *x = a, *y = b;
	int64_t s = time_of(x), t = time_of(y);

	if (s != t)
		return s < t ? -1 : 1;
	return by_place(x->new ? x->new : x->old, y->new ? y->new : y->old);
}

int trial_events_compare(struct trial_events *old, struct trial_events *new,
    const struct trial_owner *owner, struct trial_sum *sum)
{
	struct pairs p = {
	    calloc(old->n + new->n + 1, sizeof(struct trial_difference)), 0};
	int rc = 0;

	if (p.v == NULL)
		return -1;
	if (old->n > 0)
		qsort(old->v, old->n, sizeof(*old->v), by_place);
	if (new->n > 0)
		qsort(new->v, new->n, sizeof(*new->v), by_place);
	count_side(old, &sum->old);
	count_side(new, &sum->new);
	pair(&p, old, new, sum);
	qsort(p.v, p.n, sizeof(*p.v), by_time);
	for (size_t i = 0; i < p.n && rc == 0; i++)
		rc = owner->difference(owner->arg, &p.v[i]);
	free(p.v);
	return rc;
}
