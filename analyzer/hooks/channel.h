/* SPDX-License-Identifier: Apache-2.0 */
/* One driver and what it has still to be told: so many lines under way as it
 * takes, one for each subscriber, again until each is answered; and what it
 * holds, compared. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "analyzer/hooks/counting.h"
#include "analyzer/hooks/driver.h"
#include "analyzer/hooks/hooks.h"
#include "analyzer/hooks/queue.h"
#include "analyzer/hooks/reconcile.h"

struct channel {
	struct hooks *hooks;
	size_t index;
	struct driver *driver;
	struct queue queue;
	struct slot *known; /* by sent_seq */
	size_t in_flight;
	bool greeted;
	/* circuit breaker: failures of different decisions, one after another;
	 * from some number on one line in a while */
	int failures;
	int64_t failed_seq, paused_until_us;
	/* lists */
	struct reconcile reconcile;
	struct sampler sampler;
	bool listing, repairing;
	int64_t list_due_us; /* INT64_MAX: none before it is greeted */
	int64_t list_by_us;  /* even though lines wait */
	int64_t listed_us;   /* the last whole one */
	bool check_only;     /* the next list: nothing is repaired */
	size_t n_repairs;    /* of the list that ended last */
	bool following;      /* a list to see whether they took */
	uint64_t lists_begun, lists_ended;
	char list_error[ROW_TEXT_LEN];
	/* a test that somebody asked for */
	bool test_wanted, testing;
	uint64_t tests_ended;
	char test_error[ROW_TEXT_LEN]; /* of the last one; "": it went well */
	/* what it refused */
	struct counting counting;
	char state[12];
	int64_t state_us;
};

/* 0, or -1 without memory. */
int channel_init(
    struct channel *ch, struct hooks *h, size_t index, uv_loop_t *loop);
/* The state of before this start. 0, or -1. */
int channel_load(struct channel *ch);
void channel_free(struct channel *ch);

/* The slot got an item. */
void channel_add(struct channel *ch, struct slot *s);
/* Sends what is due. */
void channel_pump(struct channel *ch);
/* What is held for the slot goes, whatever is decided. */
void channel_unblock(struct channel *ch, struct slot *s, enum item_event e);
/* A block of the slot, sent again under its number. */
void channel_block(struct channel *ch, struct slot *s);
/* A dead row is to be tried again. False: a newer decision has overtaken
 * it, which is noted. */
bool channel_retry(
    struct channel *ch, struct customer *c, const struct delivery *row);
/* What was delivered goes out again under its old name. False: a newer decision
 * has overtaken it. */
bool channel_replay(
    struct channel *ch, struct customer *c, const struct delivery *row);
/* A test as soon as nothing is under way. */
void channel_ask_test(struct channel *ch);
/* A list as soon as nothing is under way. */
void channel_ask_list(struct channel *ch, bool repair);
/* All that waits is tried at once. */
void channel_wake_all(struct channel *ch);
/* When something falls due; INT64_MAX: never. */
int64_t channel_next_us(const struct channel *ch);
bool channel_is_settled(struct channel *ch);
bool channel_is_empty(const struct channel *ch);
/* The row of table enforcer. */
void channel_save_state(struct channel *ch);
