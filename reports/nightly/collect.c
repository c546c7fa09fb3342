/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/collect.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "reports/nightly/log.h"
#include "store/read.h"

#define MEMORY_US (30 * US_PER_DAY)

/* --- incidents ------------------------------------------------------ */

/* 0: this day; 1 .. 7: so many days before; else -1. */
static int days_before(const struct night *n, int64_t ts_us)
{
	if (ts_us >= n->until_us)
		return -1;
	for (int i = 0; i < ZONE_DAYS; i++)
		if (ts_us >= n->days.begin_us[i])
			return i;
	return -1;
}

static void count(struct night *n, enum night_number what, int64_t ts_us)
{
	int day = ts_us == 0 ? -1 : days_before(n, ts_us);

	if (day >= 0)
		n->numbers[what][day]++;
}

static int64_t end_of(const struct night *n, int day)
{
	return day == 0 ? n->until_us : n->days.begin_us[day - 1];
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

static bool is_open_at(const struct incident *i, int64_t at_us)
{
	return i->opened_us < at_us &&
	       (i->closed_us == 0 || i->closed_us >= at_us);
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
	struct night_incident *kept = NIGHT_ADD(&n->fresh);

	if (!kept)
		return -1;
	kept->row = *i;
	return 0;
}

static int take_incident(void *arg, const struct incident *i)
{
	struct night *n = arg;

	count(n, NIGHT_OPENED, i->opened_us);
	count(n, NIGHT_CLOSED, i->closed_us);
	if (i->closed_as == CLOSED_FALSE_POSITIVE)
		count(n, NIGHT_FALSE, i->closed_us);
	for (int day = 0; day < ZONE_DAYS; day++)
		n->numbers[NIGHT_OPEN][day] += is_open_at(i, end_of(n, day));
	if (is_open_at(i, n->until_us))
		keep_open(n, i);
	if (i->opened_us < n->since_us || i->opened_us >= n->until_us)
		return 0;
	note_policy(n, i->policy_hash);
	n->kinds[i->kind]++;
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

static int keep_allow(struct night *n, const struct decision *d)
{
	struct decision *kept = NIGHT_ADD(&n->allows);

	if (!kept)
		return -1;
	*kept = *d;
	return 0;
}

static int keep_again(struct night *n, const struct decision *d)
{
	struct night_again *kept = NIGHT_ADD(&n->again);

	if (!kept)
		return -1;
	kept->row = *d;
	return 0;
}

static int take_decision(void *arg, const struct decision *d)
{
	struct night *n = arg;
	bool repeat = d->cause == CAUSE_DETECTOR && d->step > 1;

	count(n, number_of(d), d->since_us);
	if (repeat)
		count(n, NIGHT_REPEATS, d->since_us);
	if (days_before(n, d->since_us) != 0)
		return 0;
	note_policy(n, d->policy_hash);
	n->classes[d->line_class].blocks += d->action == ACTION_BLOCK;
	if (d->cause == CAUSE_MANUAL && d->action == ACTION_ALLOW)
		return keep_allow(n, d);
	return repeat ? keep_again(n, d) : 0;
}

struct standing {
	struct night *night;
	int day;
};

static int take_in_force(void *arg, const struct decision *d)
{
	struct standing *s = arg;
	struct night *n = s->night;
	struct decision *kept;

	if (d->action == ACTION_BLOCK) {
		n->numbers[NIGHT_IN_FORCE][s->day]++;
		return 0;
	}
	n->numbers[NIGHT_ALLOWED][s->day]++;
	if (s->day > 0 || d->until_us == 0 ||
	    d->until_us >= n->until_us + NIGHT_SOON_US)
		return 0;
	kept = NIGHT_ADD(&n->ending);
	if (!kept)
		return -1;
	*kept = *d;
	return 0;
}

static int read_standing(struct night *n, struct db *db)
{
	for (int day = 0; day < ZONE_DAYS; day++) {
		struct standing s = {n, day};
		struct read_range r = {
		    .state = 1, .kind = -1, .now_us = end_of(n, day)};

		if (read_decisions(db, &r, take_in_force, &s) != 0)
			return -1;
	}
	return 0;
}

static int take_end(void *arg, const struct decision *d)
{
	struct night_again *a = arg;

	if (d->seq < a->row.seq &&
	    (d->cause == CAUSE_EXPIRED || d->cause == CAUSE_RELEASED))
		a->ended_us = d->since_us;
	return 0;
}

static int read_ends(struct night *n, struct db *db)
{
	for (size_t i = 0; i < n->again.n; i++) {
		struct night_again *a = &n->again.v[i];
		struct read_range r = {.since_us = a->row.since_us - MEMORY_US,
		    .until_us = a->row.since_us + 1,
		    .customer = a->row.customer,
		    .state = -1,
		    .kind = -1};

		if (read_decisions(db, &r, take_end, a) != 0)
			return -1;
	}
	return 0;
}

/* Their port is closed already, or they are to change a setting. */
static bool needs_nobody(enum incident_kind k)
{
	return k == INCIDENT_BLOCKED_ATTEMPTS ||
	       k == INCIDENT_MISCONFIGURED_CLIENT;
}

/* What is done about the customers at the end of the day. */
static int describe(struct night *n, struct db *db)
{
	for (size_t i = 0; i < n->fresh.n; i++) {
		struct night_incident *x = &n->fresh.v[i];
		struct decision d;
		int rc = read_in_force(db, x->row.customer, n->until_us, &d);

		if (rc < 0)
			return -1;
		if (rc == 1)
			x->standing = (struct night_standing){
			    true, d.seq, d.action, d.cause, d.mode};
		n->need_person += is_open_at(&x->row, n->until_us) &&
				  !needs_nobody(x->row.kind) &&
				  !(rc == 1 && d.action == ACTION_BLOCK);
	}
	return 0;
}

/* --- all of it ------------------------------------------------------ */

static int take_counter(void *arg, int day, const char *name, int64_t value)
{
	struct night *n = arg;
	size_t i = 0;

	(void)day;
	while (i < n->n_counters && strcmp(n->counters[i].name, name) != 0)
		i++;
	if (i == NIGHT_COUNTERS_MAX)
		return 0;
	if (i == n->n_counters) {
		snprintf(n->counters[i].name, sizeof(n->counters[i].name), "%s",
		    name);
		n->counters[i].value = 0;
		n->n_counters++;
	}
	n->counters[i].value += value;
	return 0;
}

/* What was closed before the eight days is in none of their numbers. */
static int read_incidents_of(struct night *n, struct db *db)
{
	struct condition closed = {.kind = CONDITION_TIME,
	    .members = {offsetof(struct incident, closed_us)},
	    .n_members = 1,
	    .op = CONDITION_LT,
	    .number = n->days.begin_us[ZONE_DAYS - 1]};
	struct condition others = {.kind = CONDITION_NOT, .left = &closed};
	struct incident_page all = {.range = {.state = -1,
					.kind = -1,
					.until_us = n->until_us,
					.where = &others}};

	return read_incident_page(db, &all, take_incident, n);
}

static int read_all(struct night *n, struct db *db)
{
	struct read_range all = {
	    .state = -1, .kind = -1, .until_us = n->until_us};

	if (read_meta(db, "privacy_tier", n->tier, sizeof(n->tier)) != 0 ||
	    read_meta(db, "legal_basis", n->basis, sizeof(n->basis)) != 0 ||
	    read_meta(db, "provider", n->provider, sizeof(n->provider)) != 0 ||
	    read_meta(db, "mode", n->mode, sizeof(n->mode)) != 0 ||
	    read_log_begin(db, &n->begin_us) < 0 ||
	    read_counters(db, n->utc_first, n->utc_last, take_counter, n) !=
		0 ||
	    read_incidents_of(n, db) != 0)
		return -1;
	all.since_us = n->days.begin_us[ZONE_DAYS - 1];
	if (read_decisions(db, &all, take_decision, n) != 0 ||
	    read_standing(n, db) != 0 || read_ends(n, db) != 0)
		return -1;
	return describe(n, db);
}

static void set_times(struct night *n, const struct zone_days *days)
{
	char text[CLOCK_STRLEN];

	n->days = *days;
	n->since_us = days->begin_us[0];
	n->until_us = days->end_us;
	n->utc_first = clock_day(n->since_us);
	n->utc_last = clock_day(n->until_us - 1);
	n->next_us = n->until_us + US_PER_DAY;
	memcpy(n->date, days->date, sizeof(n->date));
	snprintf(n->since, sizeof(n->since), "%.19sZ",
	    clock_format(n->since_us, text));
	snprintf(n->until, sizeof(n->until), "%.19sZ",
	    clock_format(n->until_us, text));
	snprintf(
	    n->next, sizeof(n->next), "%.19sZ", clock_format(n->next_us, text));
}

int night_collect(struct night *n, struct db *db, const struct zone_days *days,
    char *err, size_t errsize)
{
	memset(n, 0, sizeof(*n));
	set_times(n, days);
	if (read_all(n, db) != 0 || night_read_enforcement(n, db) != 0 ||
	    night_read_letters(n, db) != 0 || night_read_log(n, db) != 0) {
		snprintf(err, errsize, "%s", db_error(db));
		return -1;
	}
	return 0;
}
