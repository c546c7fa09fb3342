/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "reports/nightly/collect.h"
#include "store/enforcement.h"
#include "store/read.h"
#include "store/sample.h"

static struct night_driver *find_driver(struct night *n, const char *name)
{
	struct night_driver *d;

	for (size_t i = 0; i < n->drivers.n; i++)
		if (strcmp(n->drivers.v[i].name, name) == 0)
			return &n->drivers.v[i];
	d = NIGHT_ADD(&n->drivers);
	if (d)
		snprintf(d->name, sizeof(d->name), "%s", name);
	return d;
}

static int take_delivery(void *arg, const struct delivery *d)
{
	struct night *n = arg;
	struct night_driver *driver;

	if (d->created_us < n->since_us || d->created_us >= n->until_us)
		return 0;
	driver = find_driver(n, d->driver);
	if (!driver)
		return -1;
	driver->done += strcmp(d->state, "done") == 0;
	driver->dead += strcmp(d->state, "dead") == 0;
	if (strcmp(d->state, "pending") == 0) {
		driver->pending++;
		if (driver->oldest_us == 0 || d->created_us < driver->oldest_us)
			driver->oldest_us = d->created_us;
	}
	if (strcmp(d->state, "done") != 0 && d->error[0] != '\0')
		memcpy(driver->last_error, d->error, sizeof(d->error));
	return 0;
}

static int take_enforcer(void *arg, const struct enforcer *e)
{
	struct night *n = arg;
	struct enforcer *kept = NIGHT_ADD(&n->enforcers);

	if (!kept)
		return -1;
	*kept = *e;
	return 0;
}

static int take_difference(void *arg, const struct difference *d)
{
	struct night *n = arg;
	struct difference *kept = NIGHT_ADD(&n->differences);

	if (!kept)
		return -1;
	*kept = *d;
	return 0;
}

static int take_brake(void *arg, const struct brake_row *b)
{
	struct night *n = arg;
	struct brake_row *kept = NIGHT_ADD(&n->brakes);

	if (!kept)
		return -1;
	*kept = *b;
	return 0;
}

/* --- gaps ----------------------------------------------------------- */

/* The gap that is there now in the order of time: the last of its list. */
struct gap_walk {
	struct night *n;
	struct night_gap now;
	bool open;
};

static int64_t lasted_us(const struct night_gap *g)
{
	return g->end_us - g->begin_us;
}

static struct night_gap *worst_of(const struct gap_walk *w)
{
	return &w->n->gaps.v[w->n->gaps.n - 1];
}

static void end_gap(struct gap_walk *w, int64_t end_us, bool there)
{
	struct night_gap *worst;

	if (!w->open)
		return;
	w->open = false;
	w->now.there = there;
	if (end_us > w->now.end_us)
		w->now.end_us = end_us;
	worst = worst_of(w);
	if (w->now.worst > worst->worst ||
	    (w->now.worst == worst->worst &&
		lasted_us(&w->now) > lasted_us(worst)))
		*worst = w->now;
}

static void begin_gap(struct gap_walk *w, int64_t begin_us)
{
	if (w->open)
		return;
	w->open = true;
	w->now = *worst_of(w);
	w->now.worst = 0;
	w->now.begin_us = w->now.end_us = begin_us;
}

static bool begin_driver(struct gap_walk *w, const char *name)
{
	struct night_gap *g;

	if (w->n->gaps.n > 0 && strcmp(worst_of(w)->driver, name) == 0)
		return true;
	end_gap(w, 0, true);
	g = NIGHT_ADD(&w->n->gaps);
	if (g)
		snprintf(g->driver, sizeof(g->driver), "%s", name);
	return g != NULL;
}

static int take_sample(void *arg, const struct enforcer_sample *s)
{
	struct gap_walk *w = arg;
	const struct night *n = w->n;
	int64_t first_us =
	    s->first_us > n->since_us ? s->first_us : n->since_us;
	int64_t last_us = s->last_us < n->until_us ? s->last_us : n->until_us;

	if (!begin_driver(w, s->driver))
		return -1;
	if (s->after_hole)
		end_gap(w, 0, true);
	if (s->worst == 0) {
		end_gap(w, first_us, false);
		return 0;
	}
	begin_gap(w, first_us);
	if (w->now.worst < s->worst)
		w->now.worst = s->worst;
	if (w->now.end_us < last_us)
		w->now.end_us = last_us;
	if (s->missing + s->extra == 0)
		end_gap(w, last_us, false);
	return 0;
}

static int read_gaps(struct night *n, struct db *db)
{
	struct gap_walk w = {.n = n};

	if (read_samples(db, NULL, n->since_us, n->until_us, take_sample, &w) !=
	    0)
		return -1;
	end_gap(&w, 0, true);
	return 0;
}

int night_read_enforcement(struct night *n, struct db *db)
{
	if (read_brakes(db, n->since_us, n->until_us, 0, take_brake, n) != 0 ||
	    read_deliveries(db, NULL, NULL, 0, take_delivery, n) != 0 ||
	    read_enforcers(db, take_enforcer, n) != 0 || read_gaps(n, db) != 0)
		return -1;
	return read_differences(
	    db, NULL, n->since_us, n->until_us, take_difference, n);
}
