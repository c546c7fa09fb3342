/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "reports/nightly/log.h"
#include "reports/nightly/night.h"
#include "store/read.h"

/* --- incidents ------------------------------------------------------ */

/* 0: this day; 1 .. NIGHT_WEEK: so many days before; else -1. */
static int days_before(const struct night *n, int64_t ts_us)
{
	int64_t first_us = n->since_us - NIGHT_WEEK * US_PER_DAY;

	if (ts_us < first_us || ts_us >= n->until_us || ts_us == 0)
		return -1;
	return (int)(NIGHT_WEEK - (ts_us - first_us) / US_PER_DAY);
}

static void count(struct night *n, enum night_number what, int64_t ts_us)
{
	int day = days_before(n, ts_us);

	if (day == 0)
		n->numbers[what]++;
	if (day > 0) {
		n->week[day - 1][what]++;
		n->has_week = true;
	}
}

static void note_policy(struct night *n, const char *hash)
{
	if (hash[0] == '\0' || n->n_policies == NIGHT_POLICIES_MAX)
		return;
	for (size_t i = 0; i < n->n_policies; i++)
		if (strcmp(n->policies[i], hash) == 0)
			return;
	snprintf(
	    n->policies[n->n_policies++], sizeof(n->policies[0]), "%s", hash);
}

static bool is_open_at_end(const struct night *n, const struct incident *i)
{
	return i->opened_us < n->until_us &&
	       (i->closed_us == 0 || i->closed_us >= n->until_us);
}

/* By when they were opened, the oldest first; the walk is by id. */
static void keep_open(struct night *n, const struct incident *i)
{
	size_t at = n->n_open;

	while (at > 0 && n->open[at - 1].opened_us > i->opened_us)
		at--;
	if (at == NIGHT_OPEN_MAX)
		return;
	if (n->n_open < NIGHT_OPEN_MAX)
		n->n_open++;
	memmove(&n->open[at + 1], &n->open[at],
	    (n->n_open - at - 1) * sizeof(n->open[0]));
	n->open[at] = *i;
}

static int keep_new(struct night *n, const struct incident *i)
{
	if (n->n_incidents == n->cap_incidents) {
		size_t cap = n->cap_incidents > 0 ? 2 * n->cap_incidents : 32;
		void *v = realloc(n->incidents, cap * sizeof(*n->incidents));

		if (!v)
			return -1;
		n->incidents = v;
		n->cap_incidents = cap;
	}
	n->incidents[n->n_incidents++] = (struct night_incident){.row = *i};
	return 0;
}

static int take_incident(void *arg, const struct incident *i)
{
	struct night *n = arg;

	if (i->opened_us >= n->until_us)
		return 0;
	count(n, NIGHT_OPENED, i->opened_us);
	count(n, NIGHT_CLOSED, i->closed_us);
	if (is_open_at_end(n, i)) {
		n->numbers[NIGHT_OPEN]++;
		keep_open(n, i);
	}
	if (i->opened_us < n->since_us)
		return 0;
	note_policy(n, i->policy_hash);
	n->classes[i->line_class].incidents++;
	n->misconfigured += i->kind == INCIDENT_MISCONFIGURED_CLIENT;
	return keep_new(n, i);
}

/* --- decisions ------------------------------------------------------ */

static enum night_number number_of(const struct decision *d)
{
	switch (d->cause) {
	case CAUSE_DETECTOR:
		return NIGHT_BLOCKS;
	case CAUSE_MANUAL:
		return d->action == ACTION_BLOCK ? NIGHT_MANUAL_BLOCKS
						 : NIGHT_MANUAL_ALLOWS;
	case CAUSE_EXPIRED:
		return NIGHT_EXPIRED;
	case CAUSE_RELEASED:
	case CAUSE_COUNT:
		break;
	}
	return NIGHT_RELEASED;
}

static int take_decision(void *arg, const struct decision *d)
{
	struct night *n = arg;

	count(n, number_of(d), d->since_us);
	if (d->cause == CAUSE_DETECTOR && d->step > 1)
		count(n, NIGHT_REPEATS, d->since_us);
	if (days_before(n, d->since_us) == 0) {
		note_policy(n, d->policy_hash);
		n->classes[d->line_class].blocks += d->action == ACTION_BLOCK;
	}
	return 0;
}

static int take_in_force(void *arg, const struct decision *d)
{
	struct night *n = arg;

	n->numbers[NIGHT_IN_FORCE] += d->action == ACTION_BLOCK;
	return 0;
}

/* What is done about a customer at the end of the day. */
static int describe(struct night *n, struct db *db, struct night_incident *i)
{
	struct decision d;
	int rc = read_in_force(db, i->row.customer, n->until_us, &d);
	char *at = i->does;

	if (rc < 0)
		return -1;
	if (rc == 0)
		snprintf(at, sizeof(i->does), "no decision in force");
	else
		snprintf(at, sizeof(i->does), "%s by D%" PRId64 " (%s, %s)",
		    d.action == ACTION_BLOCK ? "blocked" : "allowed", d.seq,
		    cause_name(d.cause), mode_name(d.mode));
	return 0;
}

static int describe_all(struct night *n, struct db *db)
{
	for (size_t i = 0; i < n->n_incidents; i++)
		if (describe(n, db, &n->incidents[i]) != 0)
			return -1;
	return 0;
}

/* --- deliveries, counters ------------------------------------------- */

static struct night_driver *find_driver(struct night *n, const char *name)
{
	void *v;

	for (size_t i = 0; i < n->n_drivers; i++)
		if (strcmp(n->drivers[i].name, name) == 0)
			return &n->drivers[i];
	v = realloc(n->drivers, (n->n_drivers + 1) * sizeof(*n->drivers));
	if (!v)
		return NULL;
	n->drivers = v;
	memset(&n->drivers[n->n_drivers], 0, sizeof(*n->drivers));
	snprintf(n->drivers[n->n_drivers].name, ROW_ID_LEN, "%s", name);
	return &n->drivers[n->n_drivers++];
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
	driver->pending += strcmp(d->state, "pending") == 0;
	driver->dead += strcmp(d->state, "dead") == 0;
	if (strcmp(d->state, "done") != 0 && d->error[0] != '\0')
		memcpy(driver->last_error, d->error, sizeof(d->error));
	return 0;
}

static int take_counter(void *arg, int day, const char *name, int64_t value)
{
	struct night *n = arg;
	struct night_counter *c = &n->counters[n->n_counters];

	(void)day;
	if (n->n_counters == NIGHT_COUNTERS_MAX)
		return 0;
	snprintf(c->name, sizeof(c->name), "%s", name);
	c->value = value;
	n->n_counters++;
	return 0;
}

static int read_all(struct night *n, struct db *db)
{
	struct read_range all = {
	    .state = -1, .kind = -1, .until_us = n->until_us};
	struct read_range end = {.state = 1, .kind = -1, .now_us = n->until_us};

	if (read_meta(db, "privacy_tier", n->tier, sizeof(n->tier)) != 0 ||
	    read_meta(db, "legal_basis", n->basis, sizeof(n->basis)) != 0 ||
	    read_meta(db, "provider", n->provider, sizeof(n->provider)) != 0 ||
	    read_meta(db, "mode", n->mode, sizeof(n->mode)) != 0 ||
	    read_counters(db, n->day, n->day, take_counter, n) != 0 ||
	    read_incidents(db, &all, take_incident, n) != 0 ||
	    read_decisions(db, &all, take_decision, n) != 0 ||
	    read_decisions(db, &end, take_in_force, n) != 0 ||
	    read_deliveries(db, NULL, NULL, 0, take_delivery, n) != 0)
		return -1;
	return describe_all(n, db);
}

/* Their port is closed already, or they are to change a setting. */
static bool needs_nobody(enum incident_kind k)
{
	return k == INCIDENT_BLOCKED_ATTEMPTS ||
	       k == INCIDENT_MISCONFIGURED_CLIENT;
}

static void count_unblocked(struct night *n)
{
	for (size_t i = 0; i < n->n_incidents; i++)
		n->open_unblocked +=
		    is_open_at_end(n, &n->incidents[i].row) &&
		    !needs_nobody(n->incidents[i].row.kind) &&
		    strncmp(n->incidents[i].does, "blocked", 7) != 0;
}

int night_collect(
    struct night *n, struct db *db, int64_t since_us, char *err, size_t errsize)
{
	char text[CLOCK_STRLEN];

	memset(n, 0, sizeof(*n));
	n->since_us = since_us;
	n->until_us = since_us + US_PER_DAY;
	n->day = clock_day(since_us);
	snprintf(
	    n->date, sizeof(n->date), "%.10s", clock_format(since_us, text));
	snprintf(
	    n->next, sizeof(n->next), "%.10s", clock_format(n->until_us, text));
	if (read_all(n, db) != 0 || night_read_log(n, db) != 0) {
		snprintf(err, errsize, "%s", db_error(db));
		return -1;
	}
	count_unblocked(n);
	return 0;
}

void night_free(struct night *n)
{
	free(n->incidents);
	free(n->drivers);
	memset(n, 0, sizeof(*n));
}
