/* SPDX-License-Identifier: Apache-2.0 */
/* What each customer's line should be, by the newest enforced decision, and
 * what each driver still has to be told about it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uthash.h>

#include "store/rows.h"

enum item_op { ITEM_BLOCK, ITEM_UNBLOCK };
enum item_event {
	ITEM_NEW,
	ITEM_RENEW,
	ITEM_EXPIRE,
	ITEM_RELEASE,
	ITEM_MOVED,
	ITEM_RESTORED
};
const char *item_op_name(enum item_op op);
const char *item_event_name(enum item_event e);

/* One row of the outbox that is not finished. */
struct item {
	struct item *next;
	bool has_row; /* not: a restored block */
	int64_t decision_seq;
	int64_t created_us, next_us;
	int attempts;
	enum item_op op;
	enum item_event event;
	int turn;   /* of the decision's block */
	bool again; /* it was delivered, and somebody wants it told again */
	/* An unblock of ours, not of a decision: whatever is decided, what is
	 * held goes. */
	bool forced;
};

struct customer;

/* One customer at one driver. */
struct slot {
	struct customer *customer;
	struct item *first, *last; /* by decision_seq */
	struct slot *next, *prev;  /* in the queue, while it is ready */
	size_t heap_at;            /* in the queue, while it waits; from 1 */
	bool ready;
	bool sent;        /* its first item is under way */
	bool capped;      /* it waits for room under a cap */
	bool held;        /* the driver has, or may have, a block of ours */
	int64_t held_seq; /* of it */
	/* How often the block of turn_seq was taken back although it stood:
	 * what is told after that is no repeat of what was told before. */
	int64_t turn_seq;
	int turn;
	int64_t refused_seq; /* the decision that will never be enforced; 0 */
	int64_t counted;     /* packets that it had refused when last asked */
	/* of the list that was read last */
	uint64_t listed_round;
	int64_t listed_seq;
	bool listed_same; /* for the wanted targets */
	/* by sent_seq, from the first sending until it is finished */
	int64_t sent_seq;
	bool known;
	UT_hash_handle hh;
};

struct customer {
	struct customer *chain;
	int64_t want_seq; /* the newest decision */
	int64_t until_us; /* of a block; 0: without end */
	bool want_block;
	bool is_shared; /* some targets are parts of an address's ports */
	bool moved;     /* the newest is the one before, for other targets */
	bool admitted;  /* the caps have room for it */
	bool unsafe;    /* its block is not to be enforced */
	enum cause cause;
	struct target *targets; /* of the newest decision, sorted */
	size_t n_targets;
	char name[ROW_ID_LEN];
	struct slot slots[]; /* by driver */
};

static inline int slot_turn(const struct slot *s, int64_t seq)
{
	return s->turn_seq == seq ? s->turn : 0;
}

struct desired;

struct desired *desired_new(size_t n_drivers);
void desired_free(struct desired *d);
/* The customer of the row, with the row's decision wanted from now on.
 * NULL: no memory. */
struct customer *desired_note(struct desired *d, const struct decision *row);
/* NULL: nothing is known of the customer. */
struct customer *desired_find(const struct desired *d, const char *name);
/* NULL: no memory. */
struct customer *desired_find_or_make(struct desired *d, const char *name);
/* A block is wanted and has not ended. */
bool desired_blocked(const struct customer *c, int64_t now_us);
void desired_each(
    struct desired *d, void (*cb)(void *arg, struct customer *c), void *arg);
/* Forgets the customer when nothing is wanted, held or queued. */
void desired_drop_blank(struct desired *d, struct customer *c);
size_t desired_count(const struct desired *d);
