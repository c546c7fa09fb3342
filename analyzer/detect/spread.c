/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/spread.h"

#include <string.h>

#define BITS PLACES_MAX

void spread_clear(struct spread *s)
{
	places_clear(&s->seen);
	places_clear(&s->before);
	keyset_clear(&s->helos);
	memset(s, 0, sizeof(*s));
}

/* Whole numbers only: the same on every machine. */
struct spread_goal spread_goal_of(int64_t servers)
{
	int64_t unset = (int64_t)BITS << 32;

	for (int64_t i = 0; i < servers && i < 4 * BITS; i++)
		unset -= unset / BITS;
	return (struct spread_goal){
	    servers, BITS - (uint32_t)((unset + (INT64_C(1) << 31)) >> 32)};
}

const struct spread_goal *spread_goal(
    const struct spread *s, const struct spread_rule *r)
{
	return r->helos > 0 && s->helos.n >= r->helos ? &r->few : &r->all;
}

bool spread_is_over(const struct spread *s, int64_t span_us, int64_t now_us)
{
	return s->seen.n == 0 || now_us - s->since_us >= span_us;
}

bool spread_is_forgotten(
    const struct spread *s, int64_t span_us, int64_t now_us)
{
	return s->seen.n == 0 || (now_us - s->since_us) / 2 >= span_us;
}

static uint32_t place_of(uint64_t server)
{
	return (uint32_t)(server >> 32) % BITS;
}

bool spread_knows(
    const struct spread *s, int64_t span_us, int64_t now_us, uint64_t server)
{
	if (spread_is_forgotten(s, span_us, now_us))
		return false;
	if (places_has(&s->seen, place_of(server)))
		return true;
	return !spread_is_over(s, span_us, now_us) &&
	       places_has(&s->before, place_of(server));
}

static void begin(
    struct spread *s, int64_t span_us, const struct spread_session *of)
{
	struct places last = s->seen;
	bool forgotten = spread_is_forgotten(s, span_us, of->ts_us);

	if (!forgotten)
		memset(&s->seen, 0, sizeof(s->seen));
	spread_clear(s);
	if (!forgotten)
		s->before = last;
	s->since_us = of->ts_us;
	s->first_obs = of->obs_no;
}

int spread_note(struct spread *s, const struct spread_rule *r,
    const struct spread_session *of)
{
	if (spread_is_over(s, r->span_us, of->ts_us))
		begin(s, r->span_us, of);
	s->sessions += s->sessions < UINT32_MAX;
	if (places_add(&s->seen, place_of(of->server)) == -1)
		return -1;
	if (of->helo != 0 && r->helos > 0 &&
	    keyset_add(&s->helos, of->helo, r->helos) == -1)
		return -1;
	return s->seen.n >= spread_goal(s, r)->bits;
}
