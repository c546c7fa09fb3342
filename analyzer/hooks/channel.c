/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/channel.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/hooks/channel_inside.h"
#include "base/log.h"

#define GIVE_UP_STARTS 3
#define COUNT_EVERY_S  60 /* or reconcile_s, when that is less */
/* A list waits so long for what is to be told first. */
#define LIST_PATIENCE_US (10 * US_PER_S)

static const char mod[] = "hooks";

/* --- repairs ----------------------------------------------------- */

static void append(struct channel *ch, struct slot *s, const struct item *it)
{
	if (outbox_append(s, it) == NULL)
		log_fatal(mod, "no memory is left; give the machine more and "
			       "start again");
	channel_add(ch, s);
}

void channel_block(struct channel *ch, struct slot *s)
{
	int64_t now_us = clock_now_us();
	struct item it = {.decision_seq = s->customer->want_seq,
	    .created_us = now_us,
	    .next_us = now_us,
	    .op = ITEM_BLOCK,
	    .event = ITEM_RESTORED,
	    .turn = slot_turn(s, s->customer->want_seq)};

	/* Behind the unblock of a panic that was short; all else that waits is
	 * of a newer decision. */
	if (s->first == NULL || s->last->forced)
		append(ch, s, &it);
}

/* The block stands, but goes now: should it come again, that is to be told from
 * what was told before. */
static int next_turn(struct channel *ch, struct slot *s)
{
	const struct customer *c = s->customer;

	if (s->held_seq != c->want_seq ||
	    !desired_blocked(c, channel_judge_us(ch)))
		return slot_turn(s, s->held_seq);
	s->turn = slot_turn(s, s->held_seq) + 1;
	s->turn_seq = s->held_seq;
	outbox_save_turn(ch->hooks->outbox, ch->index, s->turn_seq, s->turn);
	return s->turn;
}

/* It goes before all that waits for the customer. */
void channel_unblock(struct channel *ch, struct slot *s, enum item_event e)
{
	int64_t now_us = clock_now_us();
	struct item *it;

	if (s->first != NULL && s->first->forced)
		return;
	it = calloc(1, sizeof(*it));
	if (it == NULL)
		log_fatal(mod, "no memory is left; give the machine more and "
			       "start again");
	/* cppcheck-suppress nullPointerRedundantCheck ; log_fatal() ends it */
	*it = (struct item){.decision_seq = s->held_seq,
	    .created_us = now_us,
	    .next_us = now_us,
	    .op = ITEM_UNBLOCK,
	    .event = e,
	    .turn = next_turn(ch, s),
	    .forced = true};
	queue_remove(&ch->queue, s);
	if (s->sent) { /* after the line under way */
		it->next = s->first->next;
		s->first->next = it;
		if (s->last == s->first)
			s->last = it;
		return;
	}
	it->next = s->first;
	s->first = it;
	if (s->last == NULL)
		s->last = it;
	queue_add(&ch->queue, s);
}

bool channel_retry(
    struct channel *ch, struct customer *c, const struct delivery *row)
{
	struct slot *s = &c->slots[ch->index];
	struct item it = {.has_row = true,
	    .decision_seq = row->decision_seq,
	    .created_us = row->created_us,
	    .next_us = clock_now_us(),
	    .op = strcmp(row->op, "block") == 0 ? ITEM_BLOCK : ITEM_UNBLOCK,
	    .turn = row->turn};
	char why[64];

	if (row->decision_seq < c->want_seq || s->first != NULL) {
		snprintf(
		    why, sizeof(why), "superseded by D%" PRId64, c->want_seq);
		outbox_save(ch->hooks->outbox, ch->index, &it, "done", why,
		    clock_now_us());
		return false;
	}
	it.event = it.op == ITEM_BLOCK ? ITEM_NEW : outbox_end_event(c->cause);
	s->refused_seq = 0;
	if (it.op == ITEM_UNBLOCK)
		s->held = true; /* as far as anybody knows */
	outbox_save(
	    ch->hooks->outbox, ch->index, &it, "pending", "", clock_now_us());
	append(ch, s, &it);
	return true;
}

bool channel_replay(
    struct channel *ch, struct customer *c, const struct delivery *row)
{
	struct slot *s = &c->slots[ch->index];
	struct item it = {.has_row = true,
	    .again = true,
	    .decision_seq = row->decision_seq,
	    .created_us = row->created_us,
	    .next_us = clock_now_us(),
	    .turn = row->turn,
	    .op = strcmp(row->op, "block") == 0 ? ITEM_BLOCK : ITEM_UNBLOCK};

	if (row->decision_seq < c->want_seq || s->first != NULL ||
	    (it.op == ITEM_BLOCK &&
		!(s->held && desired_blocked(c, channel_judge_us(ch)))))
		return false;
	it.event = it.op == ITEM_BLOCK ? ITEM_RESTORED : ITEM_RELEASE;
	if (it.op == ITEM_UNBLOCK)
		s->held = true; /* or it would not be told */
	append(ch, s, &it);
	return true;
}

static void end_test(struct channel *ch, const char *error)
{
	ch->test_wanted = ch->testing = false;
	ch->tests_ended++;
	snprintf(ch->test_error, sizeof(ch->test_error), "%s", error);
}

void channel_ask_test(struct channel *ch)
{
	if (driver_is_up(ch->driver))
		ch->test_wanted = true;
	else
		end_test(ch, "the driver does not run");
}

void channel_wake_all(struct channel *ch)
{
	int64_t now_us = clock_now_us();

	/* Their times are what the heap is made of: changed at its top. */
	while (ch->queue.n > 0) {
		struct slot *s = ch->queue.heap[1];

		queue_remove(&ch->queue, s);
		s->first->next_us = now_us;
		queue_add(&ch->queue, s);
	}
	channel_mend(ch);
}

/* --- events of the driver ---------------------------------------- */

/* A new process knows nothing: it gets what should be in force. What is in
 * the queue comes by itself. */
static void restore(void *arg, struct customer *c)
{
	struct channel *ch = arg;
	struct slot *s = &c->slots[ch->index];

	if (s->first != NULL)
		return;
	if (!ch->hooks->panic && desired_blocked(c, channel_judge_us(ch)) &&
	    c->n_targets > 0 && !c->unsafe && channel_cannot(ch, c) == NULL) {
		s->refused_seq = 0;
		channel_block(ch, s);
	} else if (s->held) {
		channel_unblock(ch, s, ITEM_RESTORED);
	}
}

static void changed(struct channel *ch)
{
	channel_pump(ch);
	if (ch->hooks->on_change != NULL)
		ch->hooks->on_change(ch->hooks->arg);
}

static void on_ready(void *arg)
{
	struct channel *ch = arg;
	int64_t now_us = clock_now_us();

	ch->greeted = true;
	channel_mend(ch);
	ch->list_due_us = now_us;
	ch->list_by_us = now_us + LIST_PATIENCE_US;
	desired_each(ch->hooks->desired, restore, ch);
	channel_save_state(ch);
	changed(ch);
}

static void on_answer(void *arg, const struct answer *a)
{
	struct channel *ch = arg;
	struct slot *s;

	HASH_FIND(hh, ch->known, &a->seq, sizeof(a->seq), s);
	if (s == NULL)
		return;
	if (s->sent) {
		s->sent = false;
		ch->in_flight--;
		driver_done(ch->driver);
		if (a->ok)
			channel_succeed(ch, s);
		else
			channel_fail(ch, s, a->permanent, a->error);
	} else if (a->ok) { /* late */
		channel_succeed(ch, s);
	}
}

static void on_idle(void *arg)
{
	changed(arg);
}

static void end_list(struct channel *ch, const char *error)
{
	ch->listing = false;
	ch->lists_ended++;
	ch->list_due_us =
	    clock_now_us() +
	    ch->hooks->conf->drivers[ch->index].reconcile_s * US_PER_S;
	ch->list_by_us = ch->list_due_us + LIST_PATIENCE_US;
	if (error[0] == '\0') {
		ch->listed_us = clock_now_us();
		sampler_take(&ch->sampler, &ch->reconcile.n, ch->listed_us);
	} else {
		sampler_lose(&ch->sampler);
	}
	if (error[0] != '\0' && strcmp(error, ch->list_error) != 0)
		log_warn(mod, "driver %s: what it holds is not known: %s",
		    channel_name(ch), error);
	snprintf(ch->list_error, sizeof(ch->list_error), "%s", error);
	channel_save_state(ch);
}

static void end_counting(struct channel *ch, bool ok)
{
	int64_t every_s = ch->hooks->conf->drivers[ch->index].reconcile_s;

	if (every_s > COUNT_EVERY_S)
		every_s = COUNT_EVERY_S;
	counting_end(&ch->counting, ok, every_s * US_PER_S);
}

static void on_lost(void *arg, const char *why)
{
	struct channel *ch = arg;
	struct slot *s, *next;

	for (s = ch->known; s != NULL && ch->in_flight > 0; s = next) {
		next = s->hh.next;
		if (!s->sent)
			continue;
		s->sent = false;
		ch->in_flight--;
		channel_fail(ch, s, false, why); /* forgets no other */
	}
	ch->following = false;
	if (ch->testing)
		end_test(ch, why);
	if (ch->counting.asked)
		end_counting(ch, false);
	if (ch->listing)
		end_list(ch, why);
	sampler_lose(&ch->sampler);
	channel_save_state(ch);
	changed(ch);
}

static void repair_block(void *arg, struct slot *s)
{
	struct channel *ch = arg;

	ch->n_repairs++;
	channel_block(ch, s);
}

static void repair_unblock(void *arg, struct slot *s)
{
	struct channel *ch = arg;

	channel_unblock(ch, s, ch->hooks->panic ? ITEM_RELEASE : ITEM_RESTORED);
}

/* Whether the repairs took is seen at once, not at the next interval. */
static void follow_up(struct channel *ch)
{
	ch->following = ch->repairing && ch->n_repairs > 0;
	if (!ch->following)
		return;
	ch->check_only = true;
	ch->list_due_us = clock_now_us();
}

static void take_counters(struct channel *ch, const struct list_part *p)
{
	if (p->held != NULL)
		counting_part(&ch->counting, ch->hooks, ch->index, p->held);
	if (p->held != NULL && p->more)
		return;
	end_counting(ch, p->held != NULL);
	changed(ch);
}

static void on_list(void *arg, const struct list_part *p)
{
	struct channel *ch = arg;
	const struct reconcile_repair repair = {
	    repair_block, repair_unblock, channel_cannot, ch};

	if (ch->testing) {
		end_test(ch, p->held != NULL ? "" : p->error);
		changed(ch);
		return;
	}
	if (ch->counting.asked) {
		take_counters(ch, p);
		return;
	}
	if (!ch->listing)
		return;
	if (p->held == NULL) {
		ch->following = false;
		end_list(ch, p->error);
	} else {
		reconcile_part(&ch->reconcile, p->held);
		if (p->more)
			return;
		ch->n_repairs = 0;
		reconcile_end(&ch->reconcile, &repair, ch->repairing);
		end_list(ch, "");
		follow_up(ch);
	}
	changed(ch);
}

void channel_ask_list(struct channel *ch, bool repair)
{
	if (!repair && ch->list_due_us > clock_now_us())
		ch->check_only = true;
	else if (repair)
		ch->check_only = false;
	ch->list_due_us = ch->list_by_us = clock_now_us();
}

/* --- as a whole -------------------------------------------------- */

int channel_init(
    struct channel *ch, struct hooks *h, size_t index, uv_loop_t *loop)
{
	static const struct driver_events events = {
	    on_ready, on_answer, on_lost, on_list, on_idle};

	ch->hooks = h;
	ch->index = index;
	ch->list_due_us = ch->list_by_us = NEVER_US;
	ch->reconcile.hooks = h;
	ch->reconcile.index = index;
	ch->reconcile.differences =
	    differences_new(h->db, h->conf->drivers[index].name);
	ch->driver = driver_new(loop, &h->conf->drivers[index], &events, ch);
	return ch->driver != NULL && ch->reconcile.differences != NULL ? 0 : -1;
}

int channel_load(struct channel *ch)
{
	if (sampler_init(&ch->sampler, ch->hooks->db,
		ch->hooks->conf->drivers[ch->index].name) != 0)
		return -1;
	return differences_load(ch->reconcile.differences);
}

void channel_free(struct channel *ch)
{
	HASH_CLEAR(hh, ch->known);
	queue_free(&ch->queue);
	reconcile_free(&ch->reconcile);
}

int64_t channel_next_us(const struct channel *ch)
{
	int64_t next_us = queue_next_us(&ch->queue);

	if (ch->failures >= BREAKER_FAILS && ch->paused_until_us < next_us &&
	    ch->in_flight == 0 && ch->queue.first != NULL)
		next_us = ch->paused_until_us;
	if (!ch->listing && !ch->counting.asked && driver_is_up(ch->driver)) {
		int64_t list_us = ch->queue.first == NULL && ch->in_flight == 0
				      ? ch->list_due_us
				      : ch->list_by_us;

		next_us = list_us < next_us ? list_us : next_us;
		if (channel_counts(ch) && ch->counting.due_us < next_us)
			next_us = ch->counting.due_us;
	}
	return next_us;
}

bool channel_is_settled(struct channel *ch)
{
	int64_t now_us = clock_now_us();

	if (driver_failed_starts(ch->driver) >= GIVE_UP_STARTS)
		return true;
	if (!ch->greeted || ch->in_flight > 0 || ch->listing ||
	    ch->counting.asked || ch->testing || ch->test_wanted)
		return false;
	queue_wake(&ch->queue, now_us);
	return (ch->queue.first == NULL || !channel_may_send(ch, now_us)) &&
	       ch->list_due_us > now_us;
}

bool channel_is_empty(const struct channel *ch)
{
	return queue_is_empty(&ch->queue) && ch->in_flight == 0 && ch->greeted;
}
