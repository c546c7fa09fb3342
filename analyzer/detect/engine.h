/* SPDX-License-Identifier: Apache-2.0 */
/* The function from the observation log to scores, incidents and decisions.
 * It sees applied rows in applied_no order and the policy, nothing else: no
 * clock, no DNS, no store. Fed with the same rows it gives the same effects,
 * so recovery and `replay --verify` are this same code.
 *
 * State of one customer depends on that customer's rows alone, until more
 * accounts log in than are remembered, or more customers are to be blocked
 * at once than the mass-event brake lets through; ids come from counters in
 * the order of application. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/detect/policy.h"
#include "store/rows.h"

#define ENGINE_EFFECTS_MAX 28

enum effect_kind {
	EFFECT_INCIDENT,
	EFFECT_DECISION,
	EFFECT_RENAMED,
	EFFECT_BRAKE
};

struct effect {
	enum effect_kind kind;
	union {
		struct incident incident; /* new or changed, whole row */
		struct decision decision; /* without targets */
		struct {
			int64_t incident_id;
			enum closed_as closed_as;
		} renamed;              /* an incident that was closed before */
		struct brake_row brake; /* new or changed, whole row */
	} u;
};
struct effects {
	struct effect v[ENGINE_EFFECTS_MAX];
	size_t n;
};

struct engine;

/* Borrows the policy. */
struct engine *engine_new(const struct policy *p, enum mode mode);
void engine_free(struct engine *e);
/* From the next row on; the feeder calls it for each OBS_POLICY row, before
 * engine_apply() of that row. Borrows the policy. */
void engine_set_policy(
    struct engine *e, const struct policy *p, enum mode mode);

/* Apply one complete row. Sets o->applied_no, label, weight_milli and
 * score_milli, and fills fx. 0, or -1 without memory. First ends what is due
 * for this customer at o->ts_us. Kinds: attempt, transaction, close, summary,
 * login, tick (only ends what is due), operator, move (states what is in force
 * once more), filtered (a driver refused attempts), policy (takes a number,
 * nothing else). */
int engine_apply(struct engine *e, struct observation *o, struct effects *fx);

/* A decision is in force for the customer. */
bool engine_holds(const struct engine *e, const char *customer);
/* All of them, in no order; what cb returns, when that is not 0, ends it. */
int engine_each_hold(const struct engine *e,
    int (*cb)(void *arg, const char *customer), void *arg);

/* The earliest time at which something is due (a decision ends, an incident
 * falls quiet, the brake ends), INT64_MAX when nothing is. */
int64_t engine_next_due(const struct engine *e);
/* A customer with something due at or before now_us, or "" for the brake:
 * copies its name and the due time, 1; or 0. The caller then logs a tick row
 * for it. The order among several is by due time, then customer. */
int engine_due(const struct engine *e, int64_t now_us,
    char customer[ROW_ID_LEN], int64_t *due_us);
/* The same for the next one after (*due_us, customer) in that order, which
 * it replaces: for a caller that has to pass over some. */
int engine_due_after(const struct engine *e, int64_t now_us,
    char customer[ROW_ID_LEN], int64_t *due_us);

/* The end of the brake, or its beginning, is still to reach the customer. */
bool engine_wish_due(const struct engine *e, const char *customer);

/* Somebody has logged in to it, as far as the log is remembered. */
bool engine_knows_account(
    const struct engine *e, const uint8_t id[static ROW_HASH_BYTES]);

struct engine_stats {
	uint64_t customers; /* in the table */
	uint64_t evicted;   /* made room; they had nothing left to remember */
	uint64_t over;      /* came although the table was full */
	uint64_t accounts, accounts_evicted;
};
void engine_stats(const struct engine *e, struct engine_stats *s);

/* All of it but the policy and the mode, to bytes or, into a new engine, from
 * them: what is applied afterwards has the same effects. Ask s whether it
 * failed. */
struct state;
void engine_state(struct engine *e, struct state *s);
/* Open incidents, in no order; what cb returns, when that is not 0, ends
 * it. */
int engine_each_open(const struct engine *e,
    int (*cb)(void *arg, const struct incident *i), void *arg);
/* The numbers that were given last. */
void engine_counts(const struct engine *e, int64_t *applied,
    int64_t *last_incident, int64_t *last_decision);
/* Of the mass-event brake that was on last; id 0: it never was. */
void engine_last_brake(const struct engine *e, struct brake_row *row);
