/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/change.h"

#include "store/read.h"

/* Manual allow, manual block, detector; of two alike the newer one. */
static int rank(const struct decision *d)
{
	if (d->cause != CAUSE_MANUAL)
		return 2;
	return d->action == ACTION_ALLOW ? 0 : 1;
}

static bool outranks(const struct decision *a, const struct decision *b)
{
	int x = rank(a), y = rank(b);

	return x != y ? x < y : a->seq > b->seq;
}

struct latest {
	int64_t before_seq, at_us;
};

static int take_latest(void *arg, const struct decision *d)
{
	struct latest *l = arg;

	if (d->seq < l->before_seq && d->since_us > l->at_us)
		l->at_us = d->since_us;
	return 0;
}

/* An end is written when somebody notices, and says when it was: what was
 * decided between the two counts, too. 0, or -1. */
static int moment_of(struct db *db, const struct decision *d, int64_t *at_us)
{
	struct read_range later = {.since_us = d->since_us,
	    .customer = d->customer,
	    .state = -1,
	    .kind = -1};
	struct latest l = {d->seq, d->since_us};

	if (d->cause == CAUSE_EXPIRED &&
	    read_decisions(db, &later, take_latest, &l) != 0)
		return -1;
	*at_us = l.at_us;
	return 0;
}

static int begins(struct db *db, const struct decision *d,
    const struct decision *now, struct change *x)
{
	struct decision before;
	int rc;

	if (now->seq != d->seq)
		return 0;
	x->op = "new";
	x->decision = *d;
	if (d->ends_seq == 0)
		return 1;
	/* What stands anew, for longer, for other addresses, or from under
	 * an allow that ended, ends the one before. */
	rc = read_decision(db, d->ends_seq, &before);
	if (rc == 1 && before.action == d->action) {
		rc = read_in_force(db, d->customer, d->since_us - 1, &before);
		x->op = rc == 1 && before.action != d->action ? "restored"
							      : "renew";
	}
	return rc < 0 ? -1 : 1;
}

static int ends(struct db *db, const struct decision *d,
    const struct decision *now, struct change *x)
{
	struct decision before;
	int rc;

	x->op = d->cause == CAUSE_EXPIRED ? "expire" : "release";
	x->decision = *d;
	if (!now)
		return 1;
	/* A row of its own says so. */
	if (now->seq > d->seq)
		return 0;
	rc = read_decision(db, d->ends_seq, &before);
	if (rc < 1 || !outranks(&before, now))
		return rc < 0 ? -1 : 0;
	x->op = "restored";
	x->decision = *now;
	return 1;
}

int change_of(struct db *db, const struct decision *d, struct change *x)
{
	struct decision now;
	int64_t at_us;
	int rc;

	if (moment_of(db, d, &at_us) != 0)
		return -1;
	rc = read_in_force(db, d->customer, at_us, &now);
	if (rc < 0)
		return -1;
	if (d->cause == CAUSE_EXPIRED || d->cause == CAUSE_RELEASED)
		return ends(db, d, rc == 1 ? &now : NULL, x);
	return rc == 1 ? begins(db, d, &now, x) : 0;
}
