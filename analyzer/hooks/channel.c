/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/channel.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/enforcement.h"

#define TRIES_MAX      20
#define RETRY_MIN_US   (US_PER_S / 5)
#define RETRY_MAX_US   (300 * US_PER_S)
#define GIVE_UP_STARTS 3
#define BREAKER_FAILS  5
#define PAUSE_MIN_US   US_PER_S
#define PAUSE_MAX_US   (60 * US_PER_S)
#define NEVER_US       INT64_MAX
/* A list waits so long for what is to be told first. */
#define LIST_PATIENCE_US (10 * US_PER_S)

static const char mod[] = "hooks";

static const char *name_of(const struct channel *ch)
{
	return driver_name(ch->driver);
}

static int64_t judge_us(const struct channel *ch)
{
	return clock_now_us() + ch->hooks->shift_us;
}

/* --- rows
 * -------------------------------------------------------------------*/

void channel_save_state(struct channel *ch)
{
	const char *state = ch->hooks->panic                ? "panic"
			    : !driver_is_up(ch->driver)     ? "down"
			    : ch->failures >= BREAKER_FAILS ? "paused"
							    : "ready";
	struct enforcer e = {.listed_us = ch->listed_us,
	    .wanted = ch->reconcile.n_wanted,
	    .held = ch->reconcile.n_held};

	if (strcmp(state, ch->state) != 0) {
		snprintf(ch->state, sizeof(ch->state), "%s", state);
		ch->state_us = clock_now_us();
	}
	e.since_us = ch->state_us;
	e.differences = (int64_t)differences_count(ch->reconcile.differences);
	snprintf(e.driver, sizeof(e.driver), "%s", name_of(ch));
	snprintf(e.state, sizeof(e.state), "%s", state);
	snprintf(e.error, sizeof(e.error), "%s", ch->list_error);
	if (write_enforcer(ch->hooks->db, &e) != 0)
		log_debug(mod, "driver %s: its state cannot be written: %s",
		    name_of(ch), db_error(ch->hooks->db));
}

static void refused_row(
    struct channel *ch, const struct customer *c, const char *why)
{
	struct difference d = {.kind = "refused", .decision_seq = c->want_seq};

	snprintf(d.customer, sizeof(d.customer), "%s", c->name);
	snprintf(d.reason, sizeof(d.reason), "%s", why);
	targets_format(c->targets, c->n_targets, d.wanted, sizeof(d.wanted));
	differences_found(ch->reconcile.differences, &d, clock_now_us());
}

/* --- items
 * ------------------------------------------------------------------*/

static void forget(struct channel *ch, struct slot *s)
{
	if (s->known)
		HASH_DEL(ch->known, s);
	s->known = false;
}

static void remember(struct channel *ch, struct slot *s)
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

static void finish(
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
		    name_of(ch), ch->failures);
		channel_save_state(ch);
	}
}

static void mend(struct channel *ch)
{
	bool paused = ch->failures >= BREAKER_FAILS;

	ch->failures = 0;
	ch->failed_seq = 0;
	ch->paused_until_us = 0;
	if (!paused)
		return;
	log_info(mod, "driver %s: works again", name_of(ch));
	channel_save_state(ch);
}

static void give_up(
    struct channel *ch, struct slot *s, bool permanent, const char *why)
{
	const struct item *it = s->first;

	log_error(mod,
	    "driver %s: D%" PRId64 " %s %s: %s; see sekisho hook list --state "
	    "dead",
	    name_of(ch), it->decision_seq, item_op_name(it->op),
	    permanent ? "is refused for good" : "is given up", why);
	if (it->op == ITEM_BLOCK && permanent) {
		s->refused_seq = it->decision_seq;
		s->held = s->held && it->event != ITEM_NEW;
		refused_row(ch, s->customer, why);
	}
	finish(ch, s, "dead", why);
}

/* The first item of the slot was sent in vain. */
static void fail_item(
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
	    name_of(ch), it->decision_seq, item_op_name(it->op), why,
	    it->attempts);
	outbox_save(ch->hooks->outbox, ch->index, it, "pending", why, now_us);
	if (it->decision_seq < s->customer->want_seq && !it->forced)
		queue_add(&ch->queue, s);
	else
		queue_wait(&ch->queue, s);
}

static void succeed_item(struct channel *ch, struct slot *s)
{
	struct item *it = s->first;

	it->attempts++;
	s->held = it->op == ITEM_BLOCK;
	mend(ch);
	log_info(mod, "driver %s: D%" PRId64 " %s %s delivered attempts=%d",
	    name_of(ch), it->decision_seq, item_op_name(it->op),
	    item_event_name(it->event), it->attempts);
	finish(ch, s, "done", "");
}

/* --- what to send
 * -----------------------------------------------------------*/

static const char *cannot(void *arg, const struct customer *c)
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
	const char *reason = cannot((void *)(uintptr_t)ch, c);

	if (reason == NULL && safety_refuses(ch->hooks->safety, c->name,
				  c->targets, c->n_targets, judge_us(ch), why))
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
	if (!desired_blocked(c, judge_us(ch)))
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
	    name_of(ch), s->first->decision_seq, c->name, why);
	refused_row(ch, c, why);
	if (s->held) {
		turn_to_unblock(s->first);
		return false;
	}
	finish(ch, s, "dead", why);
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
		fail_item(ch, s, false, "the decision is not in the store");
		return 1;
	}
	line = rc == 1 ? outbox_line(ch->hooks->outbox, d, it) : NULL;
	if (line == NULL || driver_send(ch->driver, line) != 0)
		return -1;
	queue_remove(&ch->queue, s);
	remember(ch, s);
	s->sent = true;
	s->capped = false;
	ch->in_flight++;
	if (it->op == ITEM_BLOCK) {
		s->held = true;
		s->held_seq = it->decision_seq;
	}
	return 0;
}

static bool may_send(struct channel *ch, int64_t now_us)
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
	if (!ch->greeted || ch->listing || ch->list_due_us > now_us ||
	    !driver_is_up(ch->driver))
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
			finish(ch, s, "done", reason);
		else if (!may_send(ch, now_us))
			return;
		else if (!stop_block(ch, s) && send_first(ch, s) < 0)
			return;
	}
	if (list_is_due(ch, now_us))
		begin_list(ch);
}

/* --- repairs
 * ----------------------------------------------------------------*/

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
	    .event = ITEM_RESTORED};

	if (s->first == NULL)
		append(ch, s, &it);
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
	*it = (struct item){.decision_seq = s->held_seq,
	    .created_us = now_us,
	    .next_us = now_us,
	    .op = ITEM_UNBLOCK,
	    .event = e,
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
	struct item it = {.delivery_id = row->id,
	    .decision_seq = row->decision_seq,
	    .created_us = row->created_us,
	    .next_us = clock_now_us(),
	    .op = strcmp(row->op, "block") == 0 ? ITEM_BLOCK : ITEM_UNBLOCK};
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
	mend(ch);
}

/* --- events of the driver
 * ---------------------------------------------------*/

/* A new process knows nothing: it gets what should be in force. What is in
 * the queue comes by itself. */
static void restore(void *arg, struct customer *c)
{
	struct channel *ch = arg;
	struct slot *s = &c->slots[ch->index];

	if (s->first != NULL)
		return;
	if (!ch->hooks->panic && desired_blocked(c, judge_us(ch)) &&
	    c->n_targets > 0 && !c->unsafe && cannot(ch, c) == NULL) {
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
	mend(ch);
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
			succeed_item(ch, s);
		else
			fail_item(ch, s, a->permanent, a->error);
	} else if (a->ok) { /* late */
		succeed_item(ch, s);
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
	if (error[0] == '\0')
		ch->listed_us = clock_now_us();
	if (error[0] != '\0' && strcmp(error, ch->list_error) != 0)
		log_warn(mod, "driver %s: what it holds is not known: %s",
		    name_of(ch), error);
	snprintf(ch->list_error, sizeof(ch->list_error), "%s", error);
	channel_save_state(ch);
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
		fail_item(ch, s, false, why); /* forgets no other */
	}
	ch->following = false;
	if (ch->listing)
		end_list(ch, why);
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

static void on_list(void *arg, const struct list_part *p)
{
	struct channel *ch = arg;
	const struct reconcile_repair repair = {
	    repair_block, repair_unblock, cannot, ch};

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

/* --- as a whole
 * -------------------------------------------------------------*/

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
	if (!ch->listing && driver_is_up(ch->driver)) {
		int64_t list_us = ch->queue.first == NULL && ch->in_flight == 0
				      ? ch->list_due_us
				      : ch->list_by_us;

		next_us = list_us < next_us ? list_us : next_us;
	}
	return next_us;
}

bool channel_is_settled(struct channel *ch)
{
	int64_t now_us = clock_now_us();

	if (driver_failed_starts(ch->driver) >= GIVE_UP_STARTS)
		return true;
	if (!ch->greeted || ch->in_flight > 0 || ch->listing)
		return false;
	queue_wake(&ch->queue, now_us);
	return (ch->queue.first == NULL || !may_send(ch, now_us)) &&
	       ch->list_due_us > now_us;
}

bool channel_is_empty(const struct channel *ch)
{
	return queue_is_empty(&ch->queue) && ch->in_flight == 0 && ch->greeted;
}
