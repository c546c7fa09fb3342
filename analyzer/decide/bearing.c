/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/bearing.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "store/read.h"

#define NAMED_MAX 8

struct bearing {
	const struct observation *row;
	int64_t incidents[NAMED_MAX], decisions[NAMED_MAX];
	int n_incidents, n_decisions;
	bool more;
};

static void name(struct bearing *b, int64_t *ids, int *n, int64_t id)
{
	if (*n < NAMED_MAX)
		ids[(*n)++] = id;
	else
		b->more = true;
}

static int take_incident(void *arg, const struct incident *i)
{
	struct bearing *b = arg;

	if (i->first_obs <= b->row->obs_no && b->row->obs_no <= i->last_obs)
		name(b, b->incidents, &b->n_incidents, i->id);
	return 0;
}

static int take_decision(void *arg, const struct decision *d)
{
	struct bearing *b = arg;
	bool rests = d->obs_no == b->row->obs_no;

	/* What came before the row does not hang on it. */
	for (int k = 0; !rests && k < b->n_incidents; k++)
		rests = d->incident_id == b->incidents[k] &&
			d->obs_no >= b->row->obs_no;
	if (rests)
		name(b, b->decisions, &b->n_decisions, d->seq);
	return 0;
}

static void add(char *buf, size_t size, const char *text)
{
	size_t len = strlen(buf);

	snprintf(buf + len, size - len, "%s", text);
}

static void add_ids(
    char *buf, size_t size, char letter, const int64_t *ids, int n)
{
	char id[32];

	for (int k = 0; k < n; k++) {
		snprintf(id, sizeof(id), "%s%c%" PRId64,
		    buf[0] == '\0' ? "" : ", ", letter, ids[k]);
		add(buf, size, id);
	}
}

int bearing_of(
    struct db *db, const struct observation *o, char *buf, size_t size)
{
	struct bearing b = {.row = o};
	const struct read_range of = {
	    .customer = o->customer, .state = -1, .kind = -1};

	buf[0] = '\0';
	if (o->customer[0] != '\0' &&
	    (read_incidents(db, &of, take_incident, &b) != 0 ||
		read_decisions(db, &of, take_decision, &b) != 0))
		return -1;
	add_ids(buf, size, 'D', b.decisions, b.n_decisions);
	add_ids(buf, size, 'I', b.incidents, b.n_incidents);
	if (b.more)
		add(buf, size, ", and others");
	add(buf, size,
	    buf[0] == '\0'                       ? "nothing rests on it"
	    : b.n_decisions + b.n_incidents == 1 ? " rests on it"
						 : " rest on it");
	return 0;
}
