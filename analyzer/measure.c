/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/measure.h"

#include <stdio.h>

#include "analyzer/detect/label.h"
#include "base/clock.h"
#include "base/latency.h"
#include "base/record.pb-c.h"

enum sight sight_of(const struct observation *o)
{
	if (!label_bears_evidence(o))
		return SIGHT_NONE;
	if (o->kind == OBS_CLOSE)
		return o->tls == SEKISHO__TLS_STATE__TLS_STARTED ||
			       o->tls == SEKISHO__TLS_STATE__TLS_IMPLICIT
			   ? SIGHT_ENCRYPTED
			   : SIGHT_NONE;
	if (o->kind != OBS_TRANSACTION)
		return SIGHT_NONE;
	return o->verdict != VERDICT_CANNOT_TELL ? SIGHT_JUDGED
						 : SIGHT_UNJUDGED;
}

static void measure_spf(struct tally *t, const struct observation *o)
{
	char name[40];

	if (o->auth_state != AUTH_STATE_DONE || o->spf == SPF_UNCHECKED)
		return;
	snprintf(name, sizeof(name), "spf_%s", spf_result_name(o->spf));
	tally_add(t, o->ts_us, name, 1);
}

void measure_row(struct tally *t, const struct observation *o)
{
	if (o->kind == OBS_TRANSACTION)
		measure_spf(t, o);
	switch (sight_of(o)) {
	case SIGHT_NONE:
		return;
	case SIGHT_UNJUDGED:
		tally_add(t, o->ts_us, "sight_unjudged", 1);
		break;
	case SIGHT_JUDGED:
		tally_add(t, o->ts_us, "sight_judged", 1);
		break;
	case SIGHT_ENCRYPTED:
		tally_add(t, o->ts_us, "sight_encrypted", 1);
		break;
	}
}

void measure_decision(struct tally *t, const struct decision *d, int64_t now_us)
{
	int64_t us = now_us > d->since_us ? now_us - d->since_us : 0;
	char name[40];

	if (d->cause != CAUSE_DETECTOR || d->action != ACTION_BLOCK ||
	    us > US_PER_DAY)
		return;
	snprintf(name, sizeof(name), "latency_decided_%s",
	    latency_name(latency_step(us)));
	tally_add(t, now_us, name, 1);
	tally_add(t, now_us, "latency_decided_us", us);
}
