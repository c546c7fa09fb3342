/* SPDX-License-Identifier: Apache-2.0 */
/* What is sent, and what is not. */
#include <inttypes.h>
#include <stdio.h>

#include "analyzer/hooks/channel_inside.h"
#include "base/log.h"

#define ROW_WAIT_US 20000

static const char mod[] = "hooks";

/* --- what to send ------------------------------------------------ */

const char *channel_cannot(void *arg, const struct customer *c)
{
	const struct channel *ch = arg;
	const struct hello *h = driver_hello(ch->driver);

	if (c->is_shared && !h->port_sets)
		return "refused: the address is shared, and the driver knows "
		       "no port sets";
	if (!h->ports && !ch->hooks->conf->drivers[ch->index].whole_line)
		return "refused: the driver closes whole lines, not port 25 "
		       "(whole_line)";
	return NULL;
}

static const char *refusal(const struct channel *ch, const struct customer *c,
    char why[static SAFETY_WHY_BYTES])
{
	const char *reason = channel_cannot((void *)(uintptr_t)ch, c);

	if (reason == NULL &&
	    safety_refuses(ch->hooks->safety, c->name, c->targets, c->n_targets,
		channel_judge_us(ch), why))
		reason = why;
	return reason;
}

/* What the driver may hold is for other targets: it goes. */
static void turn_to_unblock(struct item *it)
{
	it->op = ITEM_UNBLOCK;
	it->event = ITEM_MOVED;
}

/* Why an item needs no line, or NULL. Settles what the line says: the
 * customer's state by the newest decision, not by a row that it passed. */
static const char *needless(
    struct channel *ch, struct slot *s, char why[static 64])
{
	const struct customer *c = s->customer;
	struct item *it = s->first;

	if (it->forced)
		return s->held ? NULL : "no block was sent";
	if (it->decision_seq < c->want_seq) {
		snprintf(why, 64, "superseded by D%" PRId64, c->want_seq);
		return why;
	}
	if (!c->want_block)
		return s->held ? NULL : "no block was sent";
	if (!desired_blocked(c, channel_judge_us(ch)))
		return "it ended before it could be sent";
	if (c->n_targets == 0) {
		turn_to_unblock(it);
		return s->held ? NULL : "the customer has no address now";
	}
	if (it->attempts == 0 && it->event != ITEM_RESTORED)
		it->event = !s->held   ? ITEM_NEW
			    : c->moved ? ITEM_MOVED
				       : ITEM_RENEW;
	return NULL;
}

/* Not to be enforced: noted, and what is held before goes. True: the item is
 * finished. */
static bool refuse(struct channel *ch, struct slot *s, const char *why)
{
	struct customer *c = s->customer;

	log_error(mod,
	    "driver %s: D%" PRId64 " of customer %s is not enforced: %s",
	    channel_name(ch), s->first->decision_seq, c->name, why);
	channel_note_refused(ch, c, why);
	if (s->held) {
		turn_to_unblock(s->first);
		return false;
	}
	channel_finish(ch, s, "dead", why);
	return true;
}

/* No room under the caps: it waits. */
static bool hold_back(struct channel *ch, struct slot *s)
{
	struct customer *c = s->customer;
	bool by_hand = c->cause == CAUSE_MANUAL;
	int64_t now_us = clock_now_us(), wait_us;

	if (c->admitted)
		return false;
	wait_us = safety_admit(ch->hooks->safety, by_hand, now_us);
	c->admitted = wait_us == 0;
	if (c->admitted)
		return false;
	if (!s->capped) {
		struct difference d = {.kind = "capped",
		    .decision_seq = c->want_seq,
		    .reason = "waits for room (enforcement { max_blocks, "
			      "max_blocks_per_minute })"};

		snprintf(d.customer, sizeof(d.customer), "%s", c->name);
		differences_found(ch->reconcile.differences, &d, now_us);
	}
	s->capped = true;
	s->first->next_us = now_us + wait_us;
	queue_wait(&ch->queue, s);
	return true;
}

/* A block that is not to be sent now. */
static bool stop_block(struct channel *ch, struct slot *s)
{
	char why[SAFETY_WHY_BYTES];
	const char *reason;

	if (s->first->op != ITEM_BLOCK)
		return false;
	if (ch->hooks->panic) {
		s->first->next_us = NEVER_US;
		queue_wait(&ch->queue, s);
		return true;
	}
	reason = refusal(ch, s->customer, why);
	if (reason != NULL)
		return refuse(ch, s, reason);
	/* After a crash its name would be forgotten, and given again. */
	if (s->first->turn > 0 && outbox_unsaved(ch->hooks->outbox) > 0) {
		s->first->next_us = clock_now_us() + ROW_WAIT_US;
		queue_wait(&ch->queue, s);
		return true;
	}
	return hold_back(ch, s);
}

/* 0; 1: it is finished or waits; -1: nothing can be sent now. */
static int send_first(struct channel *ch, struct slot *s)
{
	const struct decision *d;
	const char *line;
	struct item *it = s->first;
	int rc = outbox_decision(ch->hooks->outbox, s->customer, it, &d);

	if (rc == 0) {
		channel_fail(ch, s, false, "the decision is not in the store");
		return 1;
	}
	line = rc == 1 ? outbox_line(ch->hooks->outbox, d, it) : NULL;
	if (line == NULL || driver_send(ch->driver, line) != 0)
		return -1;
	queue_remove(&ch->queue, s);
	channel_remember(ch, s);
	s->sent = true;
	s->capped = false;
	ch->in_flight++;
	if (it->op == ITEM_BLOCK) {
		s->held = true;
		s->held_seq = it->decision_seq;
	}
	return 0;
}

bool channel_may_send(struct channel *ch, int64_t now_us)
{
	if (!driver_has_room(ch->driver) || ch->listing)
		return false;
	if (ch->failures < BREAKER_FAILS)
		return true;
	return ch->in_flight == 0 && ch->paused_until_us <= now_us;
}

/* A list waits until nothing is under way; nothing new is sent meanwhile. */
static bool list_is_due(struct channel *ch, int64_t now_us)
{
	if (!ch->greeted || ch->listing || ch->counting.asked ||
	    ch->list_due_us > now_us || !driver_is_up(ch->driver))
		return false;
	return (ch->queue.first == NULL && ch->in_flight == 0) ||
	       ch->list_by_us <= now_us;
}

static void begin_list(struct channel *ch)
{
	if (ch->in_flight > 0 || driver_list(ch->driver) != 0)
		return;
	ch->listing = true;
	ch->repairing = !ch->check_only;
	ch->check_only = false;
	ch->lists_begun++;
	reconcile_begin(&ch->reconcile);
}

void channel_pump(struct channel *ch)
{
	int64_t now_us = clock_now_us();
	char why[64];

	if (ch->hooks->stopped || ch->driver == NULL)
		return;
	queue_wake(&ch->queue, now_us);
	while (!list_is_due(ch, now_us) && ch->queue.first != NULL) {
		struct slot *s = ch->queue.first;
		const char *reason = needless(ch, s, why);

		if (reason != NULL)
			channel_finish(ch, s, "done", reason);
		else if (!channel_may_send(ch, now_us))
			return;
		else if (!stop_block(ch, s) && send_first(ch, s) < 0)
			return;
	}
	if (ch->test_wanted && !ch->listing && !ch->counting.asked &&
	    ch->greeted && driver_test(ch->driver) == 0) {
		ch->test_wanted = false;
		ch->testing = true;
	}
	if (ch->testing)
		return;
	if (list_is_due(ch, now_us))
		begin_list(ch);
	else if (!ch->listing && !ch->counting.asked && channel_counts(ch) &&
		 ch->counting.due_us <= now_us &&
		 driver_counters(ch->driver) == 0)
		counting_begin(&ch->counting, channel_judge_us(ch));
}
