/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that are logged and not yet applied: one first-in first-out lane for
 * each key (live: the customer; replay: one for all), and the lanes whose
 * first row is complete. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/auth/check.h"
#include "store/rows.h"

struct lane;
struct sender;

struct entry {
	struct observation o;
	bool complete;
	struct auth_check *check;
	Sekisho__Transaction *evidence; /* of DKIM, while there is a check */
	struct sender *sender;
	struct lane *lane;
	struct entry *next;      /* in its lane */
	struct entry *next_work; /* in a work list */
};

/* Work lists: entries to be checked, entries that were answered. */
struct work {
	struct entry *first, **last;
	size_t n;
};
void work_init(struct work *w);
void work_push(struct work *w, struct entry *e);
struct entry *work_pop(struct work *w); /* NULL: empty */

struct pending;

struct pending *pending_new(void);
/* Frees the entries too. */
void pending_free(struct pending *p);
size_t pending_count(const struct pending *p);
/* Takes the entry. 0, or -1 without memory (the entry stays the caller's). */
int pending_push(struct pending *p, const char *key, struct entry *e);
/* e->complete has become true. */
void pending_completed(struct pending *p, struct entry *e);
/* The first entry of a lane, when it is complete; NULL: none is. It stays
 * in its lane until pending_pop(). */
struct entry *pending_ready(struct pending *p);
/* Takes out and frees what pending_ready() gave. */
void pending_pop(struct pending *p, struct entry *e);
/* The lane holds something. */
bool pending_has(const struct pending *p, const char *key);
void pending_each(struct pending *p, void (*cb)(struct entry *e));
