/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/take.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/observe.h"
#include "base/clock.h"
#include "base/log.h"

#define AHEAD_US (TAKE_AHEAD_S * US_PER_S)

bool take_is_future(
    const struct take *t, const Sekisho__Record *r, int64_t now_us)
{
	static struct log_limit limit;
	unsigned int held_back;

	if (now_us >= INT64_MAX - AHEAD_US || r->ts_us <= now_us + AHEAD_US)
		return false;
	tally_add(t->tally, now_us, "records_from_future", 1);
	if (log_allow(&limit, 1, &held_back))
		log_warn("analyzer",
		    "records of an agent are dropped: their time is more than "
		    "an hour ahead of this machine's; set the clocks of both "
		    "(NTP), then restart the agent agent=%s ahead_s=%lld "
		    "suppressed=%u",
		    t->agent, (long long)((r->ts_us - now_us) / US_PER_S),
		    held_back);
	return true;
}

static void count(
    const struct take *t, const Sekisho__Record *r, const char *name)
{
	tally_add(t->tally, r->ts_us, name, 1);
}

static void count_case(const struct take *t, const struct observation *o)
{
	char name[32];

	if (o->traffic_case > 0 && o->kind == OBS_TRANSACTION) {
		snprintf(name, sizeof(name), "case%d", o->traffic_case);
		tally_add(t->tally, o->ts_us, name, 1);
	}
}

/* Levels say something about now, not about a day. */
static bool is_level(const char *name)
{
	return strcmp(name, "queue_bytes") == 0 ||
	       strcmp(name, "spool_bytes") == 0 ||
	       strcmp(name, "flows_open") == 0;
}

static void take_counters(const struct take *t, const Sekisho__Record *r)
{
	int64_t second = r->ts_us / US_PER_S;

	/* Between two reports of one start the tap was looking. */
	tally_running(t->tally, r->ts_us, t->agent, t->boot, "capture_seconds",
	    second > 0 ? (uint64_t)second : 0, 0);
	for (size_t i = 0; i < r->counters->n_counters; i++) {
		const Sekisho__Counter *c = r->counters->counters[i];
		char name[64];

		if (is_level(c->name))
			continue;
		snprintf(name, sizeof(name), "capture_%s", c->name);
		tally_running(t->tally, r->ts_us, t->agent, t->boot, name,
		    c->value, t->fresh);
	}
}

int take_record(
    const struct take *t, const Sekisho__Record *r, struct observation *o)
{
	if (r->body_case == SEKISHO__RECORD__BODY_COUNTERS) {
		take_counters(t, r);
		return 0;
	}
	count(t, r, "records");
	if (r->body_case == SEKISHO__RECORD__BODY_SUMMARY)
		count(t, r, "summaries");
	switch (observe_record(t->conf, t->leases, t->agent, t->boot, r, o)) {
	case OBSERVE_BAD:
		count(t, r, "bad_records");
		return 0;
	case OBSERVE_UNKNOWN:
		count(t, r, "unknown_address");
		count_case(t, o);
		return 0;
	case OBSERVE_SHARED:
		count(t, r, "shared_address");
		count_case(t, o);
		return 0;
	case OBSERVE_NOT_OURS:
	case OBSERVE_NOTHING:
		count_case(t, o);
		return 0;
	case OBSERVE_UNREADABLE:
		return -1;
	case OBSERVE_ROW:
		break;
	}
	count_case(t, o);
	return 1;
}
