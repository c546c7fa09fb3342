/* SPDX-License-Identifier: Apache-2.0 */
/* CUSUM of one customer: S = max(0, S + w), alarm at h. In each minute a
 * server counts once: the first row at once, a stronger label later in the
 * minute by the difference, so that S is what the strongest alone gives. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/detect/keyset.h"
#include "analyzer/detect/policy.h"
#include "store/rows.h"

#define SCORE_PAIRS_MAX   256  /* servers that count in one minute */
#define SCORE_SERVERS_MAX 1024 /* distinct, for the hard minimum */
/* S stays at or below this many h, so that good mail can bring it down. */
#define SCORE_CAP_THRESHOLDS 4

struct score_pair {
	uint64_t server;
	int32_t applied_milli; /* by how much S changed through it */
	uint8_t label;         /* enum label */
	bool bad;
};

/* Evidence since S last was 0 (or probation began). */
struct score_evidence {
	struct keyset servers; /* all */
	struct keyset domains; /* where the row names them */
	struct keyset unnamed; /* servers of rows that name no domain */
	struct keyset strong;  /* servers with unknown_user or blocklisted */
	int32_t strong_minutes;
	int64_t last_strong_minute;
	int64_t since_us, first_obs; /* first_obs 0: none yet */
	/* ... and of it what no incident has told yet */
	int64_t observations, unknown_users, blocklisted, spoofed;
};

/* All zero is a new customer's. */
struct score {
	int32_t value_milli;
	int32_t hurry_milli;      /* the same, not held at 0 within a burst */
	int64_t hurry_us;         /* of the row that changed it last */
	int64_t fallen_us;        /* up to here it was let fall; 0: new */
	int64_t listing_until_us; /* a block list's word counts again then */
	struct score_evidence *evidence; /* NULL: none, as most have */
	/* the running minute */
	int64_t minute;
	struct score_pair one;    /* cap_pairs 0: the pair, if there is one */
	struct score_pair *pairs; /* else all of them */
	uint16_t n_pairs, cap_pairs;
};

/* Never NULL. */
const struct score_evidence *score_evidence(const struct score *s);
/* The minute's pairs, however they are held. */
struct score_pair *score_pairs(struct score *s);
/* Room for so many. 0, or -1 without memory. */
int score_room_pairs(struct score *s, uint32_t cap);
/* Weight that this row's label carries: 0 when it is no evidence, or when a
 * forged source address or our own filter could have made it. */
int32_t score_weight(const struct policy *p, const struct observation *o,
    enum label label, bool port_closed);
/* Applies weight (not 0) and tells what it added. 1: counted; 0: the server
 * had its minute, or the minute is full; -1: no memory. */
int score_note(struct score *s, const struct policy *p, enum line_class c,
    const struct observation *o, int64_t now_us, enum label label,
    int32_t weight_milli, int32_t *added_milli);
/* Weight of a reply that names a block list: one fact for listing_once_s,
 * of which as many receivers tell as ask the list. */
int32_t score_listing(struct score *s, const struct policy *p,
    const struct observation *o, enum label label, int64_t now_us,
    int32_t weight_milli);
/* What a hurry needs: S, less the good mail of the burst. */
int32_t score_in_hurry(const struct score *s, const struct policy *p);
/* At or above h, and a hard minimum stands beside it. */
bool score_alarm(
    const struct score *s, const struct policy *p, enum line_class c);
/* S from here on is value; evidence and the running minute begin anew. */
void score_restart(struct score *s, int32_t value_milli);
/* An incident has told what was untold. */
void score_told(struct score *s);
void score_free(struct score *s);
