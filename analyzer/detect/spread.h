/* SPDX-License-Identifier: Apache-2.0 */
/* How many servers a client's mail went to in some days, and how many names
 * it gave itself: in 256 bytes for the servers at most, fewer for few. Linear
 * counting (K.-Y. Whang et al., A linear-time probabilistic counting algorithm
 * for database applications, ACM TODS 15, 1990): each server sets one bit of
 * 2048; n of them leave 2048 (1 - 1/2048)^n unset on average. Standard error:
 * 2 % at 600 servers and at 2,400. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/detect/keyset.h"
#include "analyzer/detect/places.h"

/* So many servers, and the bits that they set on average: which takes long
 * to work out, so that it is not done for each session. */
struct spread_goal {
	int64_t servers;
	uint32_t bits;
};
struct spread_rule {
	int64_t span_us;
	struct spread_goal all; /* at least */
	struct spread_goal few; /* ... with so many HELO names */
	uint32_t helos;         /* 0: names do not matter */
};
struct spread_session {
	int64_t ts_us, obs_no;
	uint64_t server, helo; /* helo 0: not known */
};

/* All zero is empty. A window begins with its first session and ends a span
 * later; then the next begins, and the servers of the last are remembered. */
struct spread {
	int64_t since_us, first_obs;
	uint32_t sessions;
	struct places seen;   /* a server's place: a part of its key */
	struct places before; /* of the window before */
	struct keyset helos;
};

/* 1: the rule holds with this session; 0: not; -1: no memory. */
int spread_note(struct spread *s, const struct spread_rule *r,
    const struct spread_session *of);
/* The goal that the rule sets, by the names that were seen. */
const struct spread_goal *spread_goal(
    const struct spread *s, const struct spread_rule *r);
struct spread_goal spread_goal_of(int64_t servers);
/* The next session begins a window, whenever it comes from now on. */
bool spread_is_over(const struct spread *s, int64_t span_us, int64_t now_us);
/* ... and nothing is known of any server any more. */
bool spread_is_forgotten(
    const struct spread *s, int64_t span_us, int64_t now_us);
/* A session went there in this window or the one before, or to one of the
 * same place. */
bool spread_knows(
    const struct spread *s, int64_t span_us, int64_t now_us, uint64_t server);
void spread_clear(struct spread *s); /* frees, empty again */
