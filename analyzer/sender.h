/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of the sender's domain for rows of the log: which are worth one,
 * what the budget allows, how many are under way. */
#pragma once

#include <stddef.h>
#include <uv.h>

#include "analyzer/pending.h"
#include "base/conf.h"

struct sender;

/* done(arg, e): e->o has its spf and verdict fields, state DONE. It comes
 * from the loop. own_domains(arg, o) gives the customer's own domains. */
struct sender_owner {
	void (*done)(void *arg, struct entry *e);
	const char *(*own_domains)(void *arg, const struct observation *o);
	void *arg;
};

/* NULL with err set. Borrows conf. */
struct sender *sender_new(uv_loop_t *loop, const struct conf *c,
    struct sender_owner owner, char *err, size_t errsize);
/* Entries under way must have been cancelled. NULL is legal. */
void sender_free(struct sender *s);

enum sender_plan { SENDER_NOT_NEEDED, SENDER_OVER_BUDGET, SENDER_PENDING };
/* Sets o->auth_state, or o->verdict_reason when there will be no check. */
enum sender_plan sender_plan(struct sender *s, struct observation *o);
/* Counts a check that the log already holds, after a restart. */
void sender_restore(struct sender *s, const struct observation *o);
/* Queues the check of a pending entry; it begins with sender_start(). */
void sender_push(struct sender *s, struct entry *e);
void sender_start(struct sender *s);
void sender_cancel(struct entry *e);
