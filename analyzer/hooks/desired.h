/* SPDX-License-Identifier: Apache-2.0 */
/* What each customer's line should be, by the newest enforced decision, and
 * what each driver still has to be told about it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
	int64_t delivery_id; /* 0: a restored block, no row */
	int64_t decision_seq;
	int64_t created_us, next_us;
	int attempts;
	enum item_op op;
	enum item_event event;
};

struct customer;

/* One customer at one driver. */
struct slot {
	struct customer *customer;
	struct item *first, *last; /* by decision_seq */
	struct slot *next, *prev;  /* in the driver's queue */
	bool queued;
	bool held; /* the driver has, or may have, a block of ours */
};

struct customer {
	struct customer *chain;
	int64_t want_seq; /* the newest decision */
	int64_t until_us; /* of a block; 0: without end */
	bool want_block;
	bool has_targets; /* of a block; else there is nothing to close */
	bool is_shared;   /* some targets are parts of an address's ports */
	bool moved;       /* the newest is the one before, for other targets */
	uint64_t targets_hash;
	enum cause cause;
	char name[ROW_ID_LEN];
	struct slot slots[]; /* by driver */
};

struct desired;

struct desired *desired_new(size_t n_drivers);
void desired_free(struct desired *d);
/* The customer of the row, with the row's decision wanted from now on.
 * NULL: no memory. */
struct customer *desired_note(struct desired *d, const struct decision *row);
/* A block is wanted and has not ended. */
bool desired_blocked(const struct customer *c, int64_t now_us);
void desired_each(
    struct desired *d, void (*cb)(void *arg, struct customer *c), void *arg);
/* Forgets the customer when nothing is wanted, held or queued. */
void desired_drop_blank(struct desired *d, struct customer *c);
size_t desired_count(const struct desired *d);
