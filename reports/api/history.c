/* SPDX-License-Identifier: Apache-2.0 */
/* What a driver held beside what was decided, over a time. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "reports/api/routes.h"
#include "store/sample.h"

#define DAYS_MAX   400
#define POINTS     400
#define POINTS_MAX 2000

/* Samples whose first lists fall into the same part of the time are one. */
struct history {
	int64_t since_us, until_us, parts;
	int64_t n, part; /* of v; the part of the last one */
	struct enforcer_sample v[POINTS_MAX];
};

static int64_t part_of(const struct history *h, const struct enforcer_sample *s)
{
	int64_t at_us = s->first_us - h->since_us;

	/* What held when it began has a part for itself. */
	if (at_us < 0)
		return -1;
	return at_us * h->parts / (h->until_us - h->since_us);
}

/* The numbers are those of the later one; the worst of both stays. */
static void merge(struct enforcer_sample *v, const struct enforcer_sample *s)
{
	int64_t first_us = v->first_us, lists = v->lists, worst = v->worst;
	bool after_hole = v->after_hole;

	*v = *s;
	v->first_us = first_us;
	v->lists += lists;
	v->after_hole |= after_hole;
	if (v->worst < worst)
		v->worst = worst;
}

static int take(void *arg, const struct enforcer_sample *s)
{
	struct history *h = arg;
	int64_t part = part_of(h, s);

	if (h->n > 0 && (part == h->part || h->n == POINTS_MAX))
		merge(&h->v[h->n - 1], s);
	else
		h->v[h->n++] = *s;
	h->part = part;
	return 0;
}

static void put_sample(struct jsonw *j, const struct enforcer_sample *s)
{
	jsonw_object_begin(j);
	jsonw_ktime(j, "since", s->first_us);
	jsonw_ktime(j, "until", s->last_us);
	jsonw_kint(j, "lists", s->lists);
	jsonw_kint(j, "desired", s->wanted);
	jsonw_kint(j, "actual", s->held);
	jsonw_kint(j, "missing", s->missing);
	jsonw_kint(j, "extra", s->extra);
	jsonw_kint(j, "worst", s->worst);
	jsonw_kbool(j, "after_hole", s->after_hole);
	jsonw_object_end(j);
}

static void put(struct call *c, const struct history *h)
{
	struct jsonw *j = call_json(c, 200);

	jsonw_object_begin(j);
	jsonw_kstring(j, "name", c->part);
	jsonw_ktime(j, "since", h->since_us);
	jsonw_ktime(j, "until", h->until_us);
	jsonw_key(j, "items");
	jsonw_array_begin(j);
	for (int64_t i = 0; i < h->n; i++)
		put_sample(j, &h->v[i]);
	jsonw_array_end(j);
	jsonw_object_end(j);
}

/* Configured, or it was: 1, 0, -1. */
static int is_driver(struct call *c)
{
	struct enforcer_sample last;

	for (size_t i = 0; i < c->conf->n_drivers; i++)
		if (strcmp(c->conf->drivers[i].name, c->part) == 0)
			return 1;
	return read_last_sample(c->db, c->part, &last);
}

static void answer(struct call *c, struct history *h)
{
	int known = is_driver(c);

	if (known == 0)
		call_problem(
		    c, 404, "not_found", "there is no driver of this name");
	else if (known < 0 || read_samples(c->db, c->part, h->since_us,
				  h->until_us, take, h) != 0)
		call_db_failed(c);
	else
		put(c, h);
}

void history_get(struct call *c)
{
	int64_t since_us, until_us = c->now_us, points = POINTS;
	struct history *h;

	if (!call_time(c, "until", &until_us))
		return;
	since_us = until_us - US_PER_DAY;
	if (!call_time(c, "since", &since_us) ||
	    !call_number(c, "points", 1, POINTS_MAX - 1, &points))
		return;
	if (since_us >= until_us ||
	    until_us - since_us > DAYS_MAX * US_PER_DAY) {
		call_problem(c, 400, "bad_value",
		    "since, until: give a time of %d days at most", DAYS_MAX);
		return;
	}
	h = malloc(sizeof(*h));
	if (!h) {
		call_problem(c, 503, "unavailable", "out of memory");
		return;
	}
	h->since_us = since_us;
	h->until_us = until_us;
	h->parts = points;
	h->n = 0;
	answer(c, h);
	free(h);
}
