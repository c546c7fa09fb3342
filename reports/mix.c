/* SPDX-License-Identifier: Apache-2.0 */
/* Out of memory must come back as an error, not end the process. */
#define HASH_NONFATAL_OOM 1
#include "reports/mix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/clock.h"
#include "store/read.h"

struct person {
	UT_hash_handle hh;
	bool suspect;
	int64_t day; /* the last one counted, from 1970 */
	char id[ROW_ID_LEN];
};
struct gather {
	struct person *people;
	struct mix *mixes;
};

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
	p->day = -1;
	HASH_ADD_STR(g->people, id, p);
	if (p->hh.tbl == NULL) {
		free(p);
		return NULL;
	}
	return p;
}

static bool blocks(enum incident_kind kind)
{
	return kind == INCIDENT_BOT_BURST || kind == INCIDENT_SPAM_BOT ||
	       kind == INCIDENT_SPOOFED_SENDER;
}

static int take_incident(void *arg, const struct incident *i)
{
	struct person *p;

	if (!blocks(i->kind) || i->closed_as == CLOSED_FALSE_POSITIVE)
		return 0;
	p = person_of(arg, i->customer);
	if (p == NULL)
		return -1;
	p->suspect = true;
	return 0;
}

static int take_row(void *arg, const struct observation *o)
{
	struct gather *g = arg;
	int64_t day = o->ts_us / US_PER_DAY;
	struct person *p;
	struct mix *m;

	if (o->weight_milli == 0 || (unsigned int)o->line_class >= CLASS_COUNT)
		return 0;
	p = person_of(g, o->customer);
	if (p == NULL)
		return -1;
	if (p->suspect)
		return 0;
	m = &g->mixes[o->line_class];
	m->labels[o->label]++;
	m->days += p->day != day;
	p->day = day;
	return 0;
}

int mix_read(struct db *db, int64_t since_us, int64_t until_us,
    struct mix mixes[static CLASS_COUNT])
{
	struct gather g = {.mixes = mixes};
	struct read_range range = {.since_us = since_us,
	    .until_us = until_us,
	    .state = -1,
	    .kind = -1};
	struct person *p, *next;
	int rc;

	memset(mixes, 0, CLASS_COUNT * sizeof(*mixes));
	rc = read_incidents(db, &range, take_incident, &g);
	if (rc == 0)
		rc = read_observations_range(db, &range, take_row, &g);
	p = g.people;
	HASH_CLEAR(hh, g.people);
	for (; p != NULL; p = next) {
		next = p->hh.next;
		free(p);
	}
	return rc == 0 ? 0 : -1;
}

bool mix_take(const struct mix *m, struct derive_mix *out)
{
	int64_t rows = 0;

	memset(out, 0, sizeof(*out));
	for (int i = 0; i < LABEL_COUNT; i++) {
		rows += m->labels[i];
		out->share[i] = (double)m->labels[i];
	}
	if (rows < MIX_ROWS_MIN || m->days == 0)
		return false;
	out->per_day = (double)rows / (double)m->days;
	return true;
}
