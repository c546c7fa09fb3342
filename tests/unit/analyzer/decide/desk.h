/* SPDX-License-Identifier: Apache-2.0 */
/* An operator at a desk, and what is in force by what came of it. */
#pragma once

#include "../detect/feed.h"

static inline void operate(
    struct feed *f, int64_t t_ms, enum op_verb verb, int64_t until_ms)
{
	struct observation o = row_operator("C1", t_ms, verb, until_ms);

	snprintf(o.verdict_reason, sizeof(o.verdict_reason), "ticket 4711");
	feed_row(f, &o);
}

/* What somebody who follows the rows one by one holds to be in force: the
 * last row; and what the view says: no row that another one ends. */
static inline enum action followed(const struct feed *f)
{
	return feed_last(f)->action;
}

static inline bool in_force(const struct feed *f, int64_t seq)
{
	for (size_t i = 0; i < f->n_decisions; i++)
		if (f->decisions[i].ends_seq == seq)
			return false;
	return f->decisions[seq - 1].cause == CAUSE_DETECTOR ||
	       f->decisions[seq - 1].cause == CAUSE_MANUAL;
}

static inline enum action viewed(const struct feed *f)
{
	bool blocked = false;

	for (size_t i = 0; i < f->n_decisions; i++) {
		const struct decision *d = &f->decisions[i];

		if (!in_force(f, d->seq))
			continue;
		if (d->cause == CAUSE_MANUAL && d->action == ACTION_ALLOW)
			return ACTION_ALLOW;
		blocked |= d->action == ACTION_BLOCK;
	}
	return blocked ? ACTION_BLOCK : ACTION_ALLOW;
}
