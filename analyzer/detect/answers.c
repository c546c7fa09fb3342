/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/answers.h"

#include <string.h>

#include "analyzer/detect/capped.h"

bool answers_note(
    struct answers *a, const struct conf *c, const struct observation *o)
{
	int64_t unknown = o->unknown_users, delivered = o->rcpt_accepted;
	int64_t rejected = (int64_t)o->rcpt_count - unknown - delivered;
	int64_t score = a->score_milli + unknown * c->account_unknown_milli +
			rejected * c->account_rejected_milli +
			delivered * c->account_delivered_milli;

	if (c->account_threshold_milli == 0 || score <= 0) {
		memset(a, 0, sizeof(*a));
		return false;
	}
	if (a->score_milli == 0) {
		a->since_us = o->start_us;
		a->first_obs = o->obs_no;
	}
	a->score_milli = capped(score);
	a->delivered = capped(a->delivered + delivered);
	a->rejected = capped(a->rejected + rejected);
	a->unknown = capped(a->unknown + unknown);
	return score >= c->account_threshold_milli;
}
