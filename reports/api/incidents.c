/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/incidents.h"

#include <stdlib.h>
#include <string.h>

#define INCIDENTS_LIVE_FEW 20000
#define LIVE                                                                   \
	(UINT32_C(1) << INCIDENT_OPEN | UINT32_C(1) << INCIDENT_ACKNOWLEDGED)

/* Each word of a list by commas; false after a problem. */
static bool each_word(struct call *c, const char *name,
    bool (*take)(struct incidents *w, const char *word), struct incidents *w)
{
	const char *text = uri_get(&c->uri, name);
	char word[64];

	while (text && *text != '\0') {
		size_t n = strcspn(text, ",");

		snprintf(word, sizeof(word), "%.*s", (int)n, text);
		if (n >= sizeof(word) || !take(w, word)) {
			call_problem(c, 400, "bad_value",
			    "%s: there is no \"%.40s\"", name, word);
			return false;
		}
		text += n;
		text += *text == ',';
	}
	return true;
}

static bool take_state(struct incidents *w, const char *word)
{
	int v = incident_state_parse(word);

	if (v >= 0)
		w->states |= UINT32_C(1) << v;
	return v >= 0;
}

static bool take_kind(struct incidents *w, const char *word)
{
	int v = incident_kind_parse(word);

	if (v >= 0)
		w->kinds |= UINT32_C(1) << v;
	return v >= 0;
}

static bool take_class(struct incidents *w, const char *word)
{
	int v = line_class_parse(word);

	if (v >= 0 && v < 128)
		w->classes[v / 64] |= UINT64_C(1) << v % 64;
	w->some_classes = true;
	return v >= 0 || line_class_is_name(word);
}

/* What the store can leave out by itself. */
static void narrow(struct incidents *w, bool live_only)
{
	struct read_range *r = &w->page.range;

	if (w->states == 0 && live_only && r->state < 0)
		w->states = LIVE;
	if (r->state >= 0 && w->states == 0)
		w->states = UINT32_C(1) << r->state;
	r->state = -1;
	if (w->states == UINT32_C(1) << INCIDENT_CLOSED)
		r->state = INCIDENT_CLOSED;
	if (w->kinds != 0 && (w->kinds & (w->kinds - 1)) == 0)
		for (int i = 0; i < INCIDENT_KIND_COUNT; i++)
			if (w->kinds == UINT32_C(1) << i)
				r->kind = i;
}

/* all: the filter is in the range that it left, before. Parameters that took
 * the place of its bounds leave it to the walk. */
static bool is_exact(
    const struct incidents *w, const struct read_range *before, bool all)
{
	const struct read_range *r = &w->page.range;

	return all && w->states == 0 && w->kinds == 0 && !w->some_classes &&
	       w->min_peak == INT64_MIN &&
	       (before->since_us == 0 || before->since_us == r->since_us) &&
	       (before->until_us == 0 || before->until_us == r->until_us) &&
	       (!before->customer || before->customer == r->customer);
}

static bool fill(struct incidents *w, struct call *c, bool live_only)
{
	struct read_range *r = &w->page.range;
	struct filter_error e;
	struct read_range before;
	const char *q = uri_get(&c->uri, "q");
	bool all;

	r->state = r->kind = -1;
	r->now_us = c->now_us;
	w->min_peak = INT64_MIN;
	if (filter_parse(&w->filter, &filter_incident, q ? q : "", c->now_us,
		false, &e) != 0) {
		call_bad_query(c, e.at, e.why);
		return false;
	}
	all = filter_narrow(&w->filter, r);
	before = *r;
	if (!each_word(c, "state", take_state, w) ||
	    !each_word(c, "kind", take_kind, w) ||
	    !each_word(c, "class", take_class, w) ||
	    !call_time(c, "since", &r->since_us) ||
	    !call_time(c, "until", &r->until_us) ||
	    !call_number(
		c, "min_score_milli", -100000000, 100000000, &w->min_peak))
		return false;
	if (uri_get(&c->uri, "customer"))
		r->customer = uri_get(&c->uri, "customer");
	w->plain = w->filter.root < 0 && w->states == 0 && w->kinds == 0 &&
		   !w->some_classes && w->min_peak == INT64_MIN &&
		   !r->customer && !live_only;
	w->exact = is_exact(w, &before, all) && !live_only;
	w->counted = *r;
	narrow(w, live_only);
	return true;
}

struct incidents *incidents_new(struct call *c, bool live_only)
{
	struct incidents *w = calloc(1, sizeof(*w));

	if (!w) {
		call_problem(c, 503, "unavailable", "out of memory");
		return NULL;
	}
	w->page.sort = INCIDENT_BY_LAST;
	w->page.descending = true;
	if (fill(w, c, live_only))
		return w;
	free(w);
	return NULL;
}

static bool is_wanted(const struct incidents *w, const struct incident *i)
{
	const char *customer = w->page.range.customer;
	int k = (int)i->line_class;

	if (w->states != 0 && !(w->states & UINT32_C(1) << i->state))
		return false;
	if (w->kinds != 0 && !(w->kinds & UINT32_C(1) << i->kind))
		return false;
	if (w->some_classes &&
	    (k < 0 || k >= 128 ||
		!(w->classes[k / 64] & UINT64_C(1) << k % 64)))
		return false;
	if (customer && strcmp(customer, i->customer) != 0)
		return false;
	return i->peak_milli >= w->min_peak && filter_match(&w->filter, i);
}

static int on_row(void *arg, const struct incident *i)
{
	struct incidents *w = arg;
	int rc;

	if (w->scanned == INCIDENTS_SCAN) {
		w->cut = true;
		return 1;
	}
	rc = is_wanted(w, i) ? w->cb(w->arg, i) : 0;
	if (rc != 0)
		return rc;
	w->scanned++;
	w->last_id = i->id;
	w->last_value = incident_sort_value(i, w->page.sort);
	return 0;
}

/* Few that are not closed have an index of their own; where there are many,
 * the order's index meets them soon. */
int incidents_walk(struct incidents *w, struct db *db,
    int (*cb)(void *arg, const struct incident *i), void *arg)
{
	int many = 1;

	if (w->states != 0 && (w->states & ~LIVE) == 0)
		many = read_incident_live_over(db, INCIDENTS_LIVE_FEW);
	if (many < 0)
		return -1;
	w->page.live = many == 0;
	w->cb = cb;
	w->arg = arg;
	return read_incident_page(db, &w->page, on_row, w);
}
