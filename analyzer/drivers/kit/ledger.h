/* SPDX-License-Identifier: Apache-2.0 */
/* The ledger of a hook driver: what each subscriber was last told to hold,
 * and who claims a target. Two subscribers may claim the same one for a while
 * (an address that moves on); it goes when the last claim has gone. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uthash.h>

#include "analyzer/drivers/kit/order.h"
#include "store/rows.h"

struct ledger_entry {
	char subscriber[ROW_ID_LEN];
	int64_t seq, until_us;
	struct target *targets; /* each once; sorted unless adopted */
	size_t n;
	UT_hash_handle hh;
};

/* Fields below the line belong to the driver. */
struct ledger_claim {
	struct target target;
	struct ledger_entry **owners;
	size_t n_owners;
	bool touched;
	/* --- */
	bool foreign; /* the network has it, and it is not ours */
	bool stuck;   /* the network could not be made to follow */
	char placed_for[ROW_ID_LEN]; /* "": the network has it not */
	int64_t placed_seq;
	uint64_t packets, bytes; /* refused, as last read */
	UT_hash_handle hh;
};

struct ledger;

struct ledger *ledger_new(void);
void ledger_free(struct ledger *l);

/* A newer order of this subscriber was done already. */
bool ledger_is_old(const struct ledger *l, const struct order *o);
/* This block was done already, to the letter. */
bool ledger_is_same(const struct ledger *l, const struct order *o);
/* Claims that there would be after this block, at the most. */
size_t ledger_size_with(const struct ledger *l, const struct order *o);

/* What ledger_put() replaced. */
struct ledger_undo {
	struct ledger_entry *old; /* NULL: there was none */
	int64_t released_seq;     /* of an earlier unblock, or INT64_MIN */
};
/* A block takes the place of all that the subscriber holds, an unblock ends
 * it. Every claim of before and after is touched. No memory ends the
 * process. */
void ledger_put(struct ledger *l, const struct order *o, struct ledger_undo *u);
/* Takes the last put back; claims stay touched. */
void ledger_take_back(
    struct ledger *l, const struct order *o, struct ledger_undo *u);
void ledger_forget_undo(struct ledger_undo *u);
/* ledger_put() and ledger_settle() of an order that was done for good. */
void ledger_note(struct ledger *l, const struct order *o);

/* The subscriber holds what it held and what a block is to bring, under a
 * number that is older than the block's: it is not known yet which. Touches
 * nothing. */
void ledger_widen(struct ledger *l, const struct order *o);
/* The network has this target for the subscriber: what a driver finds when
 * it starts, or what somebody else put back. Touches nothing. */
struct ledger_claim *ledger_adopt(struct ledger *l, const char *subscriber,
    int64_t seq, int64_t until_us, const struct target *t);
/* The claim of a target, made if there is none. */
struct ledger_claim *ledger_claim(struct ledger *l, const struct target *t);
struct ledger_claim *ledger_find(
    const struct ledger *l, const struct target *t);

/* It is to be looked at, as if an order had named it. */
void ledger_touch(struct ledger *l, struct ledger_claim *c);
/* The claims touched since the last ledger_settle(). */
struct ledger_claim **ledger_touched(struct ledger *l, size_t *n);
/* Forgets what was touched, but not what is stuck, and touched claims that
 * nobody has, in the ledger or in the network. */
void ledger_settle(struct ledger *l);
/* Forgets all claims that nobody has and that are not touched. */
void ledger_sweep(struct ledger *l);

/* NULL: it holds nothing. */
const struct ledger_entry *ledger_entry(
    const struct ledger *l, const char *subscriber);
size_t ledger_n_entries(const struct ledger *l);
/* In the order in which they came. */
struct ledger_entry *ledger_entries(const struct ledger *l);
struct ledger_claim *ledger_claims(const struct ledger *l);
