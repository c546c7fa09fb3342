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

/* Told when a slot of driver i got an item. */
typedef void (*outbox_item_cb)(void *arg, size_t i, struct slot *s);

/* Borrows all. NULL: no memory. */
struct outbox *outbox_new(struct db *db, const struct conf *conf,
    struct desired *desired, outbox_item_cb cb, void *arg);
void outbox_free(struct outbox *o);
/* What was decided and delivered before this start. 0, or -1. */
int outbox_load(struct outbox *o);
/* Writes what could not be written before, then reads new decisions. The
 * count of new decisions, or -1: the store does not work now. */
int outbox_poll(struct outbox *o, int64_t now_us);
/* The row of an item: "pending", "done", "dead". */
void outbox_save(struct outbox *o, size_t driver, const struct item *it,
    const char *state, const char *error, int64_t now_us);
/* Rows that wait to be written. */
size_t outbox_unsaved(const struct outbox *o);
/* The line to send for an item, borrowed until the next call. 1; 0: its
 * decision is not in the store; -1: the store or memory fails now. */
int outbox_line(struct outbox *o, const struct item *it, const char **line);
/* Appends to the slot. NULL: no memory. */
struct item *outbox_append(struct slot *s, const struct item *like);
enum item_event outbox_end_event(enum cause cause);
