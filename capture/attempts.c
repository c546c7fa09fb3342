/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/attempts.h"

int attempts_init(struct attempts *a, const struct conf *c, struct emit *emit,
    const uint8_t seed[static 16])
{
	a->conf = c;
	a->emit = emit;
	a->flood = flood_new(emit->counters, c->attempt_records, seed);
	return a->flood != NULL ? 0 : -1;
}

void attempts_clear(struct attempts *a)
{
	flood_free(a->flood);
	a->flood = NULL;
}

static void count(struct attempts *a, Sekisho__Outcome o)
{
	static const enum counter counters[] = {
	    [SEKISHO__OUTCOME__OUTCOME_NONE] = COUNTER_COUNT,
	    [SEKISHO__OUTCOME__OUTCOME_ANSWERED] = COUNTER_ATTEMPTS_ANSWERED,
	    [SEKISHO__OUTCOME__OUTCOME_HALF_OPEN] = COUNTER_ATTEMPTS_HALF_OPEN,
	    [SEKISHO__OUTCOME__OUTCOME_REFUSED] = COUNTER_ATTEMPTS_REFUSED,
	    [SEKISHO__OUTCOME__OUTCOME_UNANSWERED] =
		COUNTER_ATTEMPTS_UNANSWERED,
	};

	/* Evicted ones are counted elsewhere. */
	if (o != SEKISHO__OUTCOME__OUTCOME_NONE)
		counter_add(a->emit->counters, counters[o], 1);
}

void attempts_answered(struct attempts *a, struct flow *f, int64_t now_us)
{
	count(a, SEKISHO__OUTCOME__OUTCOME_ANSWERED);
	f->attempt = FLOW_ATTEMPT_DONE;
	emit_attempt(a->emit, f, SEKISHO__OUTCOME__OUTCOME_ANSWERED, now_us);
}

static void put_summary(
    void *arg, const struct addr *client, Sekisho__Summary *s)
{
	struct attempts *a = arg;

	emit_summary(a->emit, client, s, a->summary_us);
}

void attempts_tell(struct attempts *a, int64_t now_us)
{
	while ((a->summary_us = flood_due_us(a->flood)) <= now_us)
		flood_emit(a->flood, a->summary_us, false, put_summary, a);
}

void attempts_end(struct attempts *a, int64_t now_us)
{
	a->summary_us = now_us;
	flood_emit(a->flood, now_us, true, put_summary, a);
}

void attempts_failed(
    struct attempts *a, struct flow *f, Sekisho__Outcome o, int64_t now_us)
{
	const struct conf_prefixes *own = &a->conf->own_servers;
	const struct addr *server = &f->addr[FLOW_SERVER];
	struct flood_key key = {f->addr[FLOW_CLIENT], f->port[FLOW_SERVER],
	    prefix_any_contains(own->v, own->n, server)};

	f->attempt = FLOW_ATTEMPT_DONE;
	count(a, o);
	attempts_tell(a, now_us);
	if (flood_attempt(a->flood, &key, server, o, f->start_us, now_us))
		emit_attempt(a->emit, f, o, now_us);
}
