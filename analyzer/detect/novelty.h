/* SPDX-License-Identifier: Apache-2.0 */
/* What is new about a client's mail within its last two days: destinations,
 * HELO names, senders, unknown recipients. It makes no evidence; a refused
 * mail weighs more beside it. Distinct names are counted in 256 bits a day
 * (linear counting, see spread.h): 216 bytes for a customer who sends, none
 * while the policy gives it no weight. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/detect/policy.h"
#include "store/rows.h"

#define NOVELTY_WORDS    4  /* of 64 bits */
#define NOVELTY_RCPT_MIN 10 /* a share of fewer recipients says nothing */

enum novelty_feature {
	NOVELTY_DOMAINS, /* destinations, not seen on the day before */
	NOVELTY_HELOS,   /* these and the next: on both days */
	NOVELTY_SENDERS, /* domains of MAIL FROM */
	NOVELTY_UNKNOWN, /* percent of the recipients */
	NOVELTY_FEATURES
};

/* All zero is a new customer's. */
struct novelty {
	int64_t day; /* number of the window */
	struct novelty_names {
		uint64_t now[NOVELTY_WORDS], before[NOVELTY_WORDS];
	} names[NOVELTY_UNKNOWN];
	uint32_t rcpts, unknown, rcpts_before, unknown_before;
};

/* Some feature has a weight. */
bool novelty_is_on(const struct policy *p);
/* *n is NULL until there is something to remember. -1: no memory. */
int novelty_note(
    struct novelty **n, const struct observation *o, int64_t now_us);
/* How many, or how many percent, as far as it knows. */
int64_t novelty_count(const struct novelty *n, enum novelty_feature f);
/* What the features that hold add to the weight of a refusal; in words, or
 * "". NULL is legal: nothing. */
int32_t novelty_weight(const struct novelty *n, const struct policy *p,
    char words[static ROW_NOVELTY_LEN]);
/* Nothing in it counts any more. */
bool novelty_is_over(const struct novelty *n, int64_t now_us);
