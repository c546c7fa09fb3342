/* SPDX-License-Identifier: Apache-2.0 */
/* Incidents in numbers: for quick filters, and over time. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "reports/api/incidents.h"
#include "reports/api/routes.h"
#include "store/desk.h"

/* --- counts ----------------------------------------------------------------
 */

struct counts {
	int64_t total, state[INCIDENT_STATE_COUNT], kind[INCIDENT_KIND_COUNT];
	int64_t class[CLASS_COUNT];
};

static int tally(void *arg, enum incident_state state, enum incident_kind kind,
    enum line_class line_class, int64_t n)
{
	struct counts *s = arg;

	s->total += n;
	s->state[state] += n;
	s->kind[kind] += n;
	s->class[line_class] += n;
	return 0;
}

static int tally_one(void *arg, const struct incident *i)
{
	return tally(arg, i->state, i->kind, i->line_class, 1);
}

static void put_counts(struct call *c, const struct counts *s, bool partial)
{
	struct jsonw *j = call_json(c, 200);

	jsonw_object_begin(j);
	jsonw_kint(j, "total", s->total);
	jsonw_key(j, "state");
	jsonw_object_begin(j);
	for (int i = 0; i < INCIDENT_STATE_COUNT; i++)
		jsonw_kint(j, incident_state_name((enum incident_state)i),
		    s->state[i]);
	jsonw_object_end(j);
	jsonw_key(j, "kind");
	jsonw_object_begin(j);
	for (int i = 0; i < INCIDENT_KIND_COUNT; i++)
		if (s->kind[i] > 0)
			jsonw_kint(j, incident_kind_name((enum incident_kind)i),
			    s->kind[i]);
	jsonw_object_end(j);
	jsonw_key(j, "class");
	jsonw_object_begin(j);
	for (int i = 0; i < CLASS_COUNT; i++)
		if (s->class[i] > 0)
			jsonw_kint(j, line_class_name((enum line_class)i),
			    s->class[i]);
	jsonw_object_end(j);
	jsonw_kbool(j, "partial", partial);
	jsonw_object_end(j);
}

void counts_get(struct call *c)
{
	struct incidents *w = incidents_new(c, false);
	struct counts *s = calloc(1, sizeof(*s));
	int rc;

	if (!w || !s)
		goto out;
	if (w->plain && w->page.range.since_us == 0 &&
	    w->page.range.until_us == 0)
		rc = read_incident_tally(c->db, false, tally, s);
	else
		rc = incidents_walk(w, c->db, tally_one, s);
	if (rc < 0)
		call_db_failed(c);
	else
		put_counts(c, s, w->cut);
out:
	if (w && !s)
		call_problem(c, 503, "unavailable", "out of memory");
	free(s);
	free(w);
}

/* --- over time -------------------------------------------------------------
 */

#define BUCKETS_MAX 200
#define BUCKETS     48

struct histogram {
	int64_t since_us, until_us, bucket_us, n;
	int64_t count[BUCKETS_MAX + 1][INCIDENT_KIND_COUNT];
};

static int add_bucket(
    void *arg, int64_t bucket, enum incident_kind kind, int64_t n)
{
	struct histogram *h = arg;

	if (bucket >= 0 && bucket < h->n)
		h->count[bucket][kind] += n;
	return 0;
}

static int add_one(void *arg, const struct incident *i)
{
	struct histogram *h = arg;

	if (i->opened_us < h->since_us || i->opened_us >= h->until_us)
		return 0;
	return add_bucket(
	    h, (i->opened_us - h->since_us) / h->bucket_us, i->kind, 1);
}

static void put_histogram(struct call *c, const struct histogram *h)
{
	struct jsonw *j = call_json(c, 200);

	jsonw_object_begin(j);
	jsonw_ktime(j, "since", h->since_us);
	jsonw_ktime(j, "until", h->until_us);
	jsonw_kint(j, "bucket_seconds", h->bucket_us / US_PER_S);
	jsonw_key(j, "buckets");
	jsonw_array_begin(j);
	for (int64_t b = 0; b < h->n; b++) {
		int64_t total = 0;

		for (int k = 0; k < INCIDENT_KIND_COUNT; k++)
			total += h->count[b][k];
		jsonw_object_begin(j);
		jsonw_ktime(j, "from", h->since_us + b * h->bucket_us);
		jsonw_kint(j, "total", total);
		jsonw_key(j, "kind");
		jsonw_object_begin(j);
		for (int k = 0; k < INCIDENT_KIND_COUNT; k++)
			if (h->count[b][k] > 0)
				jsonw_kint(j,
				    incident_kind_name((enum incident_kind)k),
				    h->count[b][k]);
		jsonw_object_end(j);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
	jsonw_object_end(j);
}

/* Whole seconds; the last bucket may be cut by until. */
static bool set_buckets(
    struct call *c, struct histogram *h, const struct read_range *r)
{
	int64_t n = BUCKETS;

	if (!call_number(c, "buckets", 1, BUCKETS_MAX, &n))
		return false;
	h->until_us = r->until_us != 0 ? r->until_us : c->now_us;
	h->since_us = r->since_us != 0 ? r->since_us : h->until_us - US_PER_DAY;
	if (h->since_us >= h->until_us) {
		call_problem(
		    c, 400, "bad_value", "until is not after since: swap them");
		return false;
	}
	h->bucket_us = (h->until_us - h->since_us + n - 1) / n;
	h->bucket_us = (h->bucket_us + US_PER_S - 1) / US_PER_S * US_PER_S;
	h->n = (h->until_us - h->since_us + h->bucket_us - 1) / h->bucket_us;
	return true;
}

void histogram_get(struct call *c)
{
	struct incidents *w = incidents_new(c, false);
	struct histogram *h = calloc(1, sizeof(*h));
	int rc;

	if (!w || !h) {
		if (w)
			call_problem(c, 503, "unavailable", "out of memory");
		goto out;
	}
	if (!set_buckets(c, h, &w->page.range))
		goto out;
	/* What was opened then has its evidence then or later. */
	w->page.range.since_us = h->since_us;
	w->page.range.until_us = h->until_us;
	rc = w->plain ? read_incident_buckets(c->db, h->since_us, h->until_us,
			    h->bucket_us, add_bucket, h)
		      : incidents_walk(w, c->db, add_one, h);
	if (rc < 0)
		call_db_failed(c);
	else
		put_histogram(c, h);
out:
	free(h);
	free(w);
}
