/* SPDX-License-Identifier: Apache-2.0 */
/* What is in force for one customer: at most one manual allow, one manual
 * block and one block by the detector, in this precedence; below them stands
 * the class rule, which is no decision. Every change emits a decision row. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/decide/ladder.h"
#include "analyzer/decide/ruling.h"

enum hold_kind { HOLD_ALLOW, HOLD_BLOCK, HOLD_DETECTOR, HOLD_COUNT };

struct hold {
	int64_t seq;                /* 0: not in force */
	int64_t since_us, until_us; /* until 0: without end */
	int64_t incident_id, op_id;
	int64_t began_us;   /* the detector's: of the first of its rows */
	int64_t refused_us; /* a driver last refused an attempt; 0: none did */
	int64_t refused;    /* so many */
	int step;
	enum mode mode;
};
/* All zero: nothing is in force and never was. */
struct standing {
	struct hold holds[HOLD_COUNT];
	struct ladder ladder;
	struct wish *wish; /* the mass-event brake's; NULL: none */
};

bool standing_holds(const struct standing *s);
/* A block is in force and no allow above it. */
bool standing_blocked(const struct standing *s);
/* The block that drivers were told, the newest one; NULL: none, or an allow
 * is above it. */
const struct hold *standing_enforced(const struct standing *s);
/* Nothing in force, and the ladder has forgotten. */
bool standing_blank(
    const struct standing *s, const struct conf *c, int64_t now_us);
/* As if nothing had ever been. */
bool standing_is_new(const struct standing *s);
enum block_outcome { BLOCK_NOT_NEEDED, BLOCK_BEGAN, BLOCK_HELD };
/* A detector's block starts unless something is in force; or the mass-event
 * brake holds it. */
enum block_outcome decision_block(struct standing *s, struct ruling *r,
    const struct incident *cause, int64_t now_us);
/* The block that the brake held starts after all, unless something is in
 * force. */
void decision_block_held(struct standing *s, struct ruling *r,
    const struct incident *cause, int64_t brake_id, int64_t now_us);
/* The detector's block ends, and its step of the ladder is taken back: the
 * brake holds it. */
void decision_lift(
    struct standing *s, struct ruling *r, int64_t brake_id, int64_t now_us);
/* A row of the kind filtered: the detector's block goes on until it is quiet
 * (release_quiet). */
void decision_note_refused(struct standing *s, const struct observation *o);
/* INT64_MAX: none ends by itself. */
int64_t decision_next_due(const struct standing *s);
/* Ends what is due at at_us. 1: a detector's block was among it. */
int decision_end_due(struct standing *s, struct ruling *r, int64_t at_us);
/* States what is on top once more, for the addresses that the customer has at
 * now_us. */
void decision_move(struct standing *s, struct ruling *r, int64_t now_us);
/* The operator row o says that its incident was a false positive: the block
 * that came from it ends, and what it added to the ladder is taken back. 1: a
 * block was in force. */
int decision_forgive(
    struct standing *s, struct ruling *r, const struct observation *o);
void standing_free(struct standing *s);
/* block, allow, release of an operator row at o->ts_us. */
void decision_operate(
    struct standing *s, struct ruling *r, const struct observation *o);
