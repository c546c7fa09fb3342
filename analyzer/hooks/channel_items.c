/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of items: done, failed, dead, tried again. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/hooks/channel_inside.h"
#include "base/log.h"
#include "store/enforcement.h"

#define TRIES_MAX    20
#define RETRY_MIN_US (US_PER_S / 5)
#define RETRY_MAX_US (300 * US_PER_S)
#define PAUSE_MIN_US US_PER_S
#define PAUSE_MAX_US (60 * US_PER_S)

static const char mod[] = "hooks";

/* --- rows -------------------------------------------------------- */

void channel_save_state(struct channel *ch)
{
	const char *state = ch->hooks->panic                ? "panic"
			    : !driver_is_up(ch->driver)     ? "down"
			    : ch->failures >= BREAKER_FAILS ? "paused"
							    : "ready";
	struct enforcer e = {.listed_us = ch->listed_us,
	    .wanted = ch->reconcile.n.wanted,
	    .held = ch->reconcile.n.held};

	if (strcmp(state, ch->state) != 0) {
		snprintf(ch->state, sizeof(ch->state), "%s", state);
		ch->state_us = clock_now_us();
	}
	e.since_us = ch->state_us;
	e.differences = (int64_t)differences_count(ch->reconcile.differences);
	snprintf(e.driver, sizeof(e.driver), "%s", channel_name(ch));
	snprintf(e.state, sizeof(e.state), "%s", state);
	snprintf(e.error, sizeof(e.error), "%s", ch->list_error);
	if (write_enforcer(ch->hooks->db, &e) != 0)
		log_debug(mod, "driver %s: its state cannot be written: %s",
		    channel_name(ch), db_error(ch->hooks->db));
}

void channel_note_refused(
    struct channel *ch, const struct customer *c, const char *why)
{
	struct difference d = {.kind = "refused", .decision_seq = c->want_seq};

	snprintf(d.customer, sizeof(d.customer), "%s", c->name);
	snprintf(d.reason, sizeof(d.reason), "%s", why);
	targets_format(c->targets, c->n_targets, d.wanted, sizeof(d.wanted));
	differences_found(ch->reconcile.differences, &d, clock_now_us());
}

/* --- items ------------------------------------------------------- */

static void forget(struct channel *ch, struct slot *s)
{
	if (s->known)
		HASH_DEL(ch->known, s);
	s->known = false;
}

void channel_remember(struct channel *ch, struct slot *s)
{
	struct slot *other;

	forget(ch, s);
	s->sent_seq = s->first->decision_seq;
	HASH_FIND(hh, ch->known, &s->sent_seq, sizeof(s->sent_seq), other);
	if (other != NULL)
		forget(ch, other);
	HASH_ADD(hh, ch->known, sent_seq, sizeof(s->sent_seq), s);
	s->known = true;
}

/* The first item leaves; a slot without items leaves the queue, and its
 * customer, with the slot, may be forgotten. */
static void pop_item(struct channel *ch, struct slot *s)
{
	struct item *it = s->first;

	queue_remove(&ch->queue, s);
	forget(ch, s);
	s->capped = false;
	s->first = it->next;
	free(it);
	if (s->first != NULL) {
		queue_add(&ch->queue, s);
		return;
	}
	s->last = NULL;
	desired_drop_blank(ch->hooks->desired, s->customer);
}

void channel_finish(
    struct channel *ch, struct slot *s, const char *state, const char *why)
{
	outbox_save(
	    ch->hooks->outbox, ch->index, s->first, state, why, clock_now_us());
	pop_item(ch, s);
}

void channel_add(struct channel *ch, struct slot *s)
{
	if (!s->sent)
		queue_add(&ch->queue, s);
}

/* xorshift64: the retries of many items are not to come at one instant. */
static int64_t jitter(struct hooks *h, int64_t us)
{
	h->random ^= h->random << 13;
	h->random ^= h->random >> 7;
	h->random ^= h->random << 17;
	return us / 2 + (int64_t)(h->random % (uint64_t)(us / 2 + 1));
}

static int64_t doubled(int64_t us, int times, int64_t max_us)
{
	for (int i = 0; i < times && us < max_us; i++)
		us *= 2;
	return us < max_us ? us : max_us;
}

static void trip(struct channel *ch, const struct item *it)
{
	if (it->decision_seq == ch->failed_seq)
		return;
	ch->failed_seq = it->decision_seq;
	if (++ch->failures < BREAKER_FAILS)
		return;
	ch->paused_until_us =
	    clock_now_us() +
	    jitter(ch->hooks, doubled(PAUSE_MIN_US,
				  ch->failures - BREAKER_FAILS, PAUSE_MAX_US));
	if (ch->failures == BREAKER_FAILS) {
		log_error(mod,
		    "driver %s: %d decisions failed one after another; it is "
		    "told one at a time, with pauses, until one succeeds",
		    channel_name(ch), ch->failures);
		channel_save_state(ch);
	}
}

void channel_mend(struct channel *ch)
{
	bool paused = ch->failures >= BREAKER_FAILS;

	ch->failures = 0;
	ch->failed_seq = 0;
	ch->paused_until_us = 0;
	if (!paused)
		return;
	log_info(mod, "driver %s: works again", channel_name(ch));
	channel_save_state(ch);
}

static void give_up(
    struct channel *ch, struct slot *s, bool permanent, const char *why)
{
	const struct item *it = s->first;

	log_error(mod,
	    "driver %s: D%" PRId64 " %s %s: %s; see sekisho hook list --state "
	    "dead",
	    channel_name(ch), it->decision_seq, item_op_name(it->op),
	    permanent ? "is refused for good" : "is given up", why);
	if (it->op == ITEM_BLOCK && permanent) {
		s->refused_seq = it->decision_seq;
		s->held = s->held && it->event != ITEM_NEW;
		channel_note_refused(ch, s->customer, why);
	}
	channel_finish(ch, s, "dead", why);
}

/* The first item of the slot was sent in vain. */
void channel_fail(
    struct channel *ch, struct slot *s, bool permanent, const char *why)
{
	struct item *it = s->first;
	int64_t now_us = clock_now_us();

	it->attempts++;
	if (permanent || it->attempts >= TRIES_MAX) {
		give_up(ch, s, permanent, why);
		return;
	}
	trip(ch, it);
	it->next_us =
	    now_us + jitter(ch->hooks,
			 doubled(RETRY_MIN_US, it->attempts - 1, RETRY_MAX_US));
	log_warn(mod, "driver %s: D%" PRId64 " %s failed: %s attempts=%d",
	    channel_name(ch), it->decision_seq, item_op_name(it->op), why,
	    it->attempts);
	outbox_save(ch->hooks->outbox, ch->index, it, "pending", why, now_us);
	if (it->decision_seq < s->customer->want_seq && !it->forced)
		queue_add(&ch->queue, s);
	else
		queue_wait(&ch->queue, s);
}

void channel_succeed(struct channel *ch, struct slot *s)
{
	struct item *it = s->first;

	it->attempts++;
	s->held = it->op == ITEM_BLOCK;
	channel_mend(ch);
	log_info(mod, "driver %s: D%" PRId64 " %s %s delivered attempts=%d",
	    channel_name(ch), it->decision_seq, item_op_name(it->op),
	    item_event_name(it->event), it->attempts);
	outbox_delivered(ch->hooks->outbox, ch->index, it, clock_now_us());
	pop_item(ch, s);
}
