/* SPDX-License-Identifier: Apache-2.0 */
/* "At least so many within so long, to at least so many servers": exact, in
 * memory that only the threshold needs. The times of the last `events`
 * events decide the first half; the `keep` most recently seen servers decide
 * the second, because a full set drops the one seen longest ago, and were
 * that one still inside the window the threshold holds without it.
 *
 * A bulk of events may come without the servers' names, with an estimate of
 * how many they were. They can be the named ones, or those of another bulk:
 * so estimates are not added to anything, the greatest counts. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/detect/keyset.h"

struct burst_rule {
	int64_t span_us;          /* an event counts while younger than this */
	uint32_t events, servers; /* both at least; servers 0: not asked */
	uint32_t keep;            /* servers to remember, >= servers */
};

struct burst_event {
	int64_t ts_us, obs_no;
};
struct burst_server {
	uint64_t key;
	int64_t ts_us;
};
struct burst_told {
	int64_t ts_us, servers;
};
/* Events of one time; their servers are told, not named. */
struct burst_bulk {
	int64_t events, servers; /* servers: an estimate */
};

/* A threshold above this is never met; nothing is then remembered. */
#define BURST_MAX 4096
/* Estimates are kept while nothing as great came after them. Should more
 * than this fall one after the other, the last takes in what follows as if
 * it had been as small: less is claimed then, never more. */
#define BURST_TOLD 8

/* All zero is an empty window. Grows only with what is inside the span. Who
 * has one event, as most have, needs no memory beside it. */
struct burst {
	union {
		struct burst_event one; /* cap_events <= 1 */
		struct burst_event *ring;
	} events;
	union {
		struct burst_server one; /* cap_servers <= 1 */
		struct burst_server *many;
	} servers;
	struct burst_told *told; /* BURST_TOLD: times rise, numbers fall */
	uint16_t max_events, max_servers; /* of the rule */
	uint16_t cap_events, cap_servers;
	uint16_t n_events, head, n_servers;
	uint16_t n_told;
};

/* What it holds, however it holds it. */
struct burst_event *burst_events(struct burst *b);
struct burst_server *burst_named(struct burst *b);
/* Room for so many, at least one and those that it holds. 0, or -1 without
 * memory. */
int burst_room_events(struct burst *b, uint32_t cap);
int burst_room_servers(struct burst *b, uint32_t cap);

/* Adds one event. 1: the rule holds with it; 0: not; -1: no memory. Times
 * must not decrease. A rule of another size than the last empties the
 * window first. */
int burst_note(struct burst *b, const struct burst_rule *r, int64_t ts_us,
    int64_t obs_no, uint64_t server);
/* The same for many at once; of a bulk of no events: 0. */
int burst_note_bulk(struct burst *b, const struct burst_rule *r, int64_t ts_us,
    int64_t obs_no, const struct burst_bulk *bulk);
/* So many servers at least within the span: those named, at most as many as
 * are kept, or the greatest estimate less two standard errors. */
uint32_t burst_servers(const struct burst *b, int64_t span_us, int64_t now_us);
/* The greatest estimate within the span; 0: none was told. */
int64_t burst_told(const struct burst *b, int64_t span_us, int64_t now_us);
/* The oldest kept event within the span; how many there are. */
uint32_t burst_oldest(const struct burst *b, int64_t span_us, int64_t now_us,
    struct burst_event *oldest);
/* Those servers' keys, added to an empty set. 0, or -1 without memory. */
int burst_keys(const struct burst *b, int64_t span_us, int64_t now_us,
    struct keyset *keys);
void burst_clear(struct burst *b); /* frees, empty again */
