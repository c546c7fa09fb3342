/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox: one row for each enforced decision and driver. Follows the
 * decisions in the store, makes rows and items of them, and keeps what
 * became of each. A store that is busy or full is tried again. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "analyzer/hooks/desired.h"
#include "base/conf.h"
#include "store/db.h"

struct outbox;

struct outbox_events {
	/* The newest decision about a customer was noted. */
	void (*decided)(
	    void *arg, const struct decision *d, struct customer *c);
	/* A slot of driver i got an item. */
	void (*item)(void *arg, size_t i, struct slot *s);
};

/* Borrows all. NULL: no memory. */
struct outbox *outbox_new(struct db *db, const struct conf *conf,
    struct desired *desired, const struct outbox_events *events, void *arg);
void outbox_free(struct outbox *o);
/* What was decided and delivered before this start. 0, or -1. */
int outbox_load(struct outbox *o);
/* Reads new decisions. How many there were, or -1: the store does not work
 * now. */
int outbox_poll(struct outbox *o, int64_t now_us);
/* The row of an item: "pending", "done", "dead". Written by the next flush. */
void outbox_save(struct outbox *o, size_t driver, const struct item *it,
    const char *state, const char *error, int64_t now_us);
/* "done", because the driver has it, and how long that took is counted. */
void outbox_delivered(
    struct outbox *o, size_t driver, const struct item *it, int64_t now_us);
/* How often the decision's block was taken back at the driver. */
void outbox_save_turn(
    struct outbox *o, size_t driver, int64_t decision_seq, int turn);
/* Writes rows that wait, many in one transaction. 0, or -1: they wait on.
 * last: there will be no other time. */
int outbox_flush(struct outbox *o, bool last);
/* Rows that wait to be written. */
size_t outbox_unsaved(const struct outbox *o);
/* The decision of an item, borrowed until the next call; for a forced one that
 * of the customer as it is known. 1; 0: it is not in the store; -1: the store
 * fails now. */
int outbox_decision(struct outbox *o, const struct customer *c,
    const struct item *it, const struct decision **d);
/* The line for an item of it, borrowed until the next call. NULL: no
 * memory. */
const char *outbox_line(
    struct outbox *o, const struct decision *d, const struct item *it);
/* Appends to the slot. NULL: no memory. */
struct item *outbox_append(struct slot *s, const struct item *like);
enum item_event outbox_end_event(enum cause cause);
