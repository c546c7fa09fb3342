/* SPDX-License-Identifier: Apache-2.0 */
/* Out of memory must come back as an error, not end the process. */
#define HASH_NONFATAL_OOM 1
#include "reports/quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/room.h"
#include "base/clock.h"
#include "reports/interval.h"
#include "store/read.h"

/* What is kept of an incident. */
struct item {
	UT_hash_handle hh; /* by id */
	struct incident_key {
		int64_t id;
	} key;
	struct item *next; /* of the customer */
	struct person *person;
	enum incident_kind kind;
	enum closed_as closed_as;
	int64_t opened_us, last_us, first_obs;
	bool complained;
};
struct person {
	UT_hash_handle hh;
	struct item *items;
	bool found;           /* by an incident that is not wrong */
	bool covered, missed; /* complaints */
	char id[ROW_ID_LEN];
};
struct delays {
	int64_t *us;
	size_t n, cap;
};
struct gather {
	struct db *db;
	struct quality *q;
	struct person *people;
	struct item *items;
	struct delays detect, complained;
};

static bool says_abuse(enum incident_kind kind)
{
	return kind == INCIDENT_BOT_BURST || kind == INCIDENT_SPAM_BOT ||
	       kind == INCIDENT_SPOOFED_SENDER ||
	       kind == INCIDENT_COMPROMISED_ACCOUNT;
}

static bool is_near(enum incident_kind kind, int64_t opened_us, int64_t last_us,
    const struct complaint *c)
{
	return says_abuse(kind) && c->at_us >= opened_us - US_PER_DAY &&
	       c->at_us <= last_us + US_PER_DAY;
}

bool quality_covers(const struct incident *i, const struct complaint *c)
{
	return c->customer[0] != '\0' &&
	       strcmp(i->customer, c->customer) == 0 &&
	       is_near(i->kind, i->opened_us, i->last_us, c);
}

bool quality_counts(const struct complaint *c)
{
	static const char *const types[] = {"abuse", "fraud", "virus",
	    "messaging/spam", "messaging/bulk_messaging",
	    "infrastructure/botnet", "infrastructure/compromised_server",
	    "connection/infected_host"};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(c->type, types[i]) == 0)
			return true;
	return false;
}

/* --- figures -------------------------------------------------------------- */

static struct quality_share share(int64_t n, int64_t total)
{
	struct interval i = interval_share(n, total);
	struct quality_share s = {n, total, NAN, i.low, i.high};

	if (total > 0)
		s.value = (double)n / (double)total;
	return s;
}

static int note_delay(struct delays *d, int64_t us)
{
	if (!ROOM_FOR_ONE(d->us, d->n, d->cap))
		return -1;
	d->us[d->n++] = us > 0 ? us : 0;
	return 0;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Nearest rank: a value that occurred. */
static struct quality_delay delay(struct delays *d)
{
	struct quality_delay r = {(int64_t)d->n, -1, -1};

	if (d->n > 0) {
		qsort(d->us, d->n, sizeof(*d->us), by_value);
		r.median_us = d->us[(d->n + 1) / 2 - 1];
		r.p90_us = d->us[(9 * d->n + 9) / 10 - 1];
	}
	return r;
}

/* --- incidents ------------------------------------------------------------ */

static struct person *person_of(struct gather *g, const char *id)
{
	struct person *p;

	HASH_FIND_STR(g->people, id, p);
	if (p != NULL)
		return p;
	p = calloc(1, sizeof(*p));
	if (p == NULL)
		return NULL;
	snprintf(p->id, sizeof(p->id), "%s", id);
	HASH_ADD_STR(g->people, id, p);
	if (p->hh.tbl == NULL) {
		free(p);
		return NULL;
	}
	return p;
}

static int take_incident(void *arg, const struct incident *i)
{
	struct gather *g = arg;
	struct person *p = person_of(g, i->customer);
	struct item *m = calloc(1, sizeof(*m));

	if (p == NULL || m == NULL)
		goto fail;
	m->key.id = i->id;
	m->person = p;
	m->kind = i->kind;
	m->closed_as = i->closed_as;
	m->opened_us = i->opened_us;
	m->last_us = i->last_us;
	m->first_obs = i->first_obs;
	HASH_ADD(hh, g->items, key, sizeof(m->key), m);
	if (m->hh.tbl == NULL)
		goto fail;
	m->next = p->items;
	p->items = m;
	return 0;
fail:
	free(m);
	return -1;
}

/* A day more on both sides: what may cover a complaint of the period. */
static int gather_incidents(struct gather *g)
{
	struct read_range r = {.since_us = g->q->since_us,
	    .until_us = g->q->until_us,
	    .state = -1,
	    .kind = -1};

	if (r.since_us > US_PER_DAY)
		r.since_us -= US_PER_DAY;
	if (r.until_us != 0)
		r.until_us += US_PER_DAY;
	return read_incidents(g->db, &r, take_incident, g);
}

static bool in_period(const struct quality *q, int64_t us)
{
	return us >= q->since_us && (q->until_us == 0 || us < q->until_us);
}

static void count_incident(struct quality_incidents *n, const struct item *m)
{
	n->opened++;
	if (m->closed_as == CLOSED_FALSE_POSITIVE)
		n->wrong++;
	else if (m->closed_as == CLOSED_DUPLICATE)
		n->duplicate++;
	else if (m->closed_as == CLOSED_FIXED || m->complained)
		n->right++;
	else
		n->unlabelled++;
}

static int take_first(void *arg, const struct observation *o)
{
	*(int64_t *)arg = o->ts_us;
	return 1;
}

static int time_to_detect(struct gather *g, const struct item *m)
{
	int64_t first_us = 0;
	int rc;

	if (!says_abuse(m->kind) || m->closed_as == CLOSED_FALSE_POSITIVE ||
	    m->closed_as == CLOSED_DUPLICATE)
		return 0;
	m->person->found = true;
	rc = read_observations(g->db, m->person->id, m->first_obs, m->first_obs,
	    take_first, &first_us);
	if (rc < 0)
		return -1;
	return rc == 0 ? 0 : note_delay(&g->detect, m->opened_us - first_us);
}

static int count_incidents(struct gather *g)
{
	struct quality *q = g->q;
	int rc = 0;

	for (struct item *m = g->items; m != NULL && rc == 0; m = m->hh.next) {
		if (!in_period(q, m->opened_us))
			continue;
		count_incident(&q->incidents, m);
		if ((unsigned int)m->kind < INCIDENT_KIND_COUNT)
			count_incident(&q->kinds[m->kind], m);
		rc = time_to_detect(g, m);
	}
	return rc;
}

static void set_precision(struct quality_incidents *n)
{
	n->precision = share(n->right, n->right + n->wrong);
}

/* --- complaints ----------------------------------------------------------- */

/* The earliest that covers it, of those that nobody called wrong; *disputed:
 * only such as somebody did. */
static struct item *covering(
    const struct person *p, const struct complaint *c, bool *disputed)
{
	struct item *best = NULL;

	*disputed = false;
	for (struct item *m = p->items; m != NULL; m = m->next) {
		if (!is_near(m->kind, m->opened_us, m->last_us, c))
			continue;
		if (m->closed_as == CLOSED_FALSE_POSITIVE) {
			*disputed = true;
			continue;
		}
		m->complained = true;
		if (best == NULL || m->opened_us < best->opened_us)
			best = m;
	}
	return best;
}

static int take_complaint(void *arg, const struct complaint *c)
{
	struct gather *g = arg;
	struct quality_complaints *n = &g->q->complaints;
	struct person *p;
	struct item *m;
	bool disputed;

	n->all++;
	if (!quality_counts(c))
		return 0;
	n->counted++;
	if (c->customer[0] == '\0') {
		n->unmatched++;
		return 0;
	}
	p = person_of(g, c->customer);
	if (p == NULL)
		return -1;
	m = covering(p, c, &disputed);
	if (m != NULL) {
		n->covered++;
		n->before += m->opened_us <= c->received_us;
		p->covered = true;
		return note_delay(&g->complained, m->opened_us - c->at_us);
	}
	n->disputed += disputed;
	n->missed += !disputed;
	p->missed |= !disputed;
	return 0;
}

static int count_complaints(struct gather *g)
{
	const struct complaint_range r = {
	    .since_us = g->q->since_us, .until_us = g->q->until_us};

	return read_complaints(g->db, &r, take_complaint, g);
}

/* A customer who was found once counts as found, whatever else came. */
static void set_recall(struct gather *g)
{
	int64_t covered = 0, missed = 0, found = 0;

	for (struct person *p = g->people; p != NULL; p = p->hh.next) {
		covered += p->covered;
		missed += p->missed && !p->covered;
		found += p->found || p->covered;
	}
	g->q->recall_complained = share(covered, covered + missed);
	/* One who was found, but not when complained about, is in both. */
	g->q->recall_bound = share(found, found + missed);
}

/* --- blocks --------------------------------------------------------------- */

static int take_decision(void *arg, const struct decision *d)
{
	struct gather *g = arg;
	struct quality_blocks *n = &g->q->blocks;
	struct item *m;

	/* One that takes the place of another row is the same block. */
	if (d->cause != CAUSE_DETECTOR || d->action != ACTION_BLOCK ||
	    d->ends_seq != 0)
		return 0;
	n->all++;
	n->enforced += d->mode == MODE_ENFORCE;
	HASH_FIND(hh, g->items, &d->incident_id, sizeof(d->incident_id), m);
	if (m != NULL && m->closed_as == CLOSED_FALSE_POSITIVE)
		n->wrong++;
	else if (m != NULL && (m->closed_as == CLOSED_FIXED || m->complained))
		n->right++;
	else
		n->unlabelled++;
	return 0;
}

static int count_blocks(struct gather *g, const struct quality_budget *budget)
{
	struct quality *q = g->q;
	const struct read_range r = {.since_us = q->since_us,
	    .until_us = q->until_us,
	    .state = -1,
	    .kind = -1};
	struct interval i;
	double days, wrong;

	if (read_decisions(g->db, &r, take_decision, g) != 0 ||
	    read_customer_days(
		g->db, q->since_us, q->until_us, &q->customer_days) != 0)
		return -1;
	days = q->customer_days > 0 ? (double)q->customer_days : NAN;
	wrong = (double)q->blocks.wrong;
	i = interval_count(q->blocks.wrong);
	q->wrong_rate = 1e6 * wrong / days;
	q->wrong_rate_low = 1e6 * i.low / days;
	q->wrong_rate_high = 1e6 * i.high / days;
	q->budget_blocks =
	    (double)budget->blocks * days / (double)budget->customers;
	q->budget_used = wrong / q->budget_blocks;
	q->budget_low = i.low / q->budget_blocks;
	q->budget_high = i.high / q->budget_blocks;
	return 0;
}

/* --- all ------------------------------------------------------------------ */

static void forget(struct gather *g)
{
	struct person *p = g->people;
	struct item *m = g->items;

	/* The lists through them outlive the tables. */
	HASH_CLEAR(hh, g->people);
	HASH_CLEAR(hh, g->items);
	while (p != NULL) {
		struct person *next = p->hh.next;

		free(p);
		p = next;
	}
	while (m != NULL) {
		struct item *next = m->hh.next;

		free(m);
		m = next;
	}
	free(g->detect.us);
	free(g->complained.us);
}

int quality_read(struct db *db, int64_t since_us, int64_t until_us,
    const struct quality_budget *budget, struct quality *q)
{
	struct gather g = {.db = db, .q = q};
	int rc;

	memset(q, 0, sizeof(*q));
	q->since_us = since_us;
	q->until_us = until_us;
	rc = gather_incidents(&g);
	/* First the complaints: they are labels of incidents. */
	if (rc == 0)
		rc = count_complaints(&g);
	if (rc == 0)
		rc = count_incidents(&g);
	if (rc == 0)
		rc = count_blocks(&g, budget);
	set_precision(&q->incidents);
	for (int k = 0; k < INCIDENT_KIND_COUNT; k++)
		set_precision(&q->kinds[k]);
	set_recall(&g);
	q->detect = delay(&g.detect);
	q->detect_complained = delay(&g.complained);
	forget(&g);
	return rc == 0 ? 0 : -1;
}
