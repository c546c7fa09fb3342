/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/burst.h"

#include <stdlib.h>
#include <string.h>

/* Of an estimate: 1 - 2 * 1.04 / sqrt(64) (base/sketch.h). One server is
 * there all the same. */
#define LOWER_PERCENT 74

static const struct burst_event *events_of(const struct burst *b)
{
	return b->cap_events > 1 ? b->events.ring : &b->events.one;
}

static const struct burst_server *servers_of(const struct burst *b)
{
	return b->cap_servers > 1 ? b->servers.many : &b->servers.one;
}

struct burst_event *burst_events(struct burst *b)
{
	return b->cap_events > 1 ? b->events.ring : &b->events.one;
}

struct burst_server *burst_named(struct burst *b)
{
	return b->cap_servers > 1 ? b->servers.many : &b->servers.one;
}

void burst_clear(struct burst *b)
{
	if (b->cap_events > 1)
		free(b->events.ring);
	if (b->cap_servers > 1)
		free(b->servers.many);
	free(b->told);
	memset(b, 0, sizeof(*b));
}

static uint32_t next_cap(uint32_t cap, uint32_t max)
{
	cap = cap == 0 ? 1 : cap * 2;
	return cap < max ? cap : max;
}

/* Oldest first. */
int burst_room_events(struct burst *b, uint32_t cap)
{
	const struct burst_event *was = events_of(b);
	struct burst_event *v;

	if (cap > 1) {
		v = calloc(cap, sizeof(*v));
		if (v == NULL)
			return -1;
		for (uint32_t i = 0; i < b->n_events; i++)
			v[i] = was[(b->head + i) % b->cap_events];
		if (b->cap_events > 1)
			free(b->events.ring);
		b->events.ring = v;
	}
	b->cap_events = (uint16_t)cap;
	b->head = b->n_events;
	return 0;
}

static int note_event(
    struct burst *b, const struct burst_rule *r, int64_t ts_us, int64_t obs_no)
{
	struct burst_event *e;
	bool full = b->n_events == b->cap_events;

	/* The oldest makes room when it no longer counts. */
	if (full && b->n_events > 0)
		full = ts_us - events_of(b)[b->head].ts_us < r->span_us;
	if (full && b->cap_events < b->max_events &&
	    burst_room_events(b, next_cap(b->cap_events, b->max_events)) == -1)
		return -1;
	e = &burst_events(b)[b->head];
	e->ts_us = ts_us;
	e->obs_no = obs_no;
	b->head = (uint16_t)((b->head + 1) % b->cap_events);
	if (b->n_events < b->cap_events)
		b->n_events++;
	return 0;
}

int burst_room_servers(struct burst *b, uint32_t cap)
{
	struct burst_server *v;

	if (cap > 1) {
		v = calloc(cap, sizeof(*v));
		if (v == NULL)
			return -1;
		memcpy(v, servers_of(b), b->n_servers * sizeof(*v));
		if (b->cap_servers > 1)
			free(b->servers.many);
		b->servers.many = v;
	}
	b->cap_servers = (uint16_t)cap;
	return 0;
}

static int note_server(
    struct burst *b, const struct burst_rule *r, int64_t ts_us, uint64_t key)
{
	struct burst_server *v = burst_named(b);
	uint32_t at = 0; /* seen longest ago */

	for (uint32_t i = 0; i < b->n_servers; i++) {
		if (v[i].key == key) {
			v[i].ts_us = ts_us;
			return 0;
		}
		if (v[i].ts_us < v[at].ts_us)
			at = i;
	}
	if (b->n_servers == 0 || (ts_us - v[at].ts_us < r->span_us &&
				     b->n_servers < b->max_servers)) {
		if (b->n_servers == b->cap_servers &&
		    burst_room_servers(
			b, next_cap(b->cap_servers, b->max_servers)) == -1)
			return -1;
		at = b->n_servers++;
	}
	burst_named(b)[at] = (struct burst_server){key, ts_us};
	return 0;
}

/* The greatest within any span is then the first that is inside of it. */
static int note_told(
    struct burst *b, const struct burst_rule *r, int64_t ts_us, int64_t n)
{
	uint32_t old = 0;

	if (b->told == NULL)
		b->told = calloc(BURST_TOLD, sizeof(b->told[0]));
	if (b->told == NULL)
		return -1;
	while (b->n_told > 0 && b->told[b->n_told - 1].servers <= n)
		b->n_told--;
	while (old < b->n_told && ts_us - b->told[old].ts_us >= r->span_us)
		old++;
	b->n_told = (uint16_t)(b->n_told - old);
	memmove(b->told, b->told + old, b->n_told * sizeof(b->told[0]));
	if (b->n_told == BURST_TOLD)
		b->n_told--;
	b->told[b->n_told++] = (struct burst_told){ts_us, n};
	return 0;
}

/* The last event no longer counts: nothing does, and the memory goes. */
static void drop_old(struct burst *b, const struct burst_rule *r, int64_t ts_us)
{
	uint32_t last;

	if (b->n_events == 0 ||
	    (b->cap_events < 2 && b->cap_servers < 2 && b->told == NULL))
		return;
	last = (b->head + b->cap_events - 1u) % b->cap_events;
	if (ts_us - events_of(b)[last].ts_us >= r->span_us)
		burst_clear(b);
}

static bool begin_note(
    struct burst *b, const struct burst_rule *r, int64_t ts_us)
{
	if (r->events == 0 || r->events > BURST_MAX || r->servers > BURST_MAX ||
	    r->keep > BURST_MAX)
		return false;
	if (b->max_events != r->events || b->max_servers != r->keep)
		burst_clear(b);
	drop_old(b, r, ts_us);
	b->max_events = (uint16_t)r->events;
	b->max_servers = (uint16_t)r->keep;
	return true;
}

static int holds(
    const struct burst *b, const struct burst_rule *r, int64_t now_us)
{
	if (b->n_events < b->max_events ||
	    now_us - events_of(b)[b->head].ts_us >= r->span_us)
		return 0;
	return burst_servers(b, r->span_us, now_us) >= r->servers;
}

int burst_note(struct burst *b, const struct burst_rule *r, int64_t ts_us,
    int64_t obs_no, uint64_t server)
{
	if (!begin_note(b, r, ts_us))
		return 0;
	if (note_event(b, r, ts_us, obs_no) == -1)
		return -1;
	if (r->keep > 0 && note_server(b, r, ts_us, server) == -1)
		return -1;
	return holds(b, r, ts_us);
}

int burst_note_bulk(struct burst *b, const struct burst_rule *r, int64_t ts_us,
    int64_t obs_no, const struct burst_bulk *bulk)
{
	if (bulk->events <= 0 || !begin_note(b, r, ts_us))
		return 0;
	/* More than the ring holds would only go round in it. */
	for (int64_t i = 0; i < bulk->events && i < r->events; i++)
		if (note_event(b, r, ts_us, obs_no) == -1)
			return -1;
	if (note_told(b, r, ts_us, bulk->servers) == -1)
		return -1;
	return holds(b, r, ts_us);
}

int64_t burst_told(const struct burst *b, int64_t span_us, int64_t now_us)
{
	for (uint32_t i = 0; i < b->n_told; i++)
		if (now_us - b->told[i].ts_us < span_us)
			return b->told[i].servers;
	return 0;
}

uint32_t burst_servers(const struct burst *b, int64_t span_us, int64_t now_us)
{
	int64_t told = burst_told(b, span_us, now_us);
	int64_t lower = told * LOWER_PERCENT / 100;
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->n_servers; i++)
		n += now_us - servers_of(b)[i].ts_us < span_us;
	if (told > 0 && lower == 0)
		lower = 1;
	return lower > n ? (uint32_t)lower : n;
}

int burst_keys(
    const struct burst *b, int64_t span_us, int64_t now_us, struct keyset *keys)
{
	for (uint32_t i = 0; i < b->n_servers; i++)
		if (now_us - servers_of(b)[i].ts_us < span_us &&
		    keyset_add(keys, servers_of(b)[i].key, b->n_servers) == -1)
			return -1;
	return 0;
}

uint32_t burst_oldest(const struct burst *b, int64_t span_us, int64_t now_us,
    struct burst_event *oldest)
{
	uint32_t n = 0;

	for (uint32_t i = 1; i <= b->n_events; i++) {
		const struct burst_event *e = &events_of(
		    b)[(b->head + b->cap_events - i) % b->cap_events];

		if (now_us - e->ts_us >= span_us)
			break;
		*oldest = *e;
		n++;
	}
	return n;
}
