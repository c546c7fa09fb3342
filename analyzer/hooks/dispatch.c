/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/dispatch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analyzer/hooks/driver.h"
#include "analyzer/hooks/outbox.h"
#include "base/clock.h"
#include "base/log.h"

#define TRIES_MAX      20
#define RETRY_MIN_US   (US_PER_S / 5)
#define RETRY_MAX_US   (300 * US_PER_S)
#define GIVE_UP_STARTS 3

static const char mod[] = "hooks";

/* One driver and the slots that have items for it, in order of arrival. */
struct channel {
	struct dispatch *dispatch;
	size_t index;
	struct driver *driver;
	struct slot *first, *last;
	struct slot *busy; /* its first item is under way */
	bool greeted;
};

struct dispatch {
	const struct conf *conf;
	struct desired *desired;
	struct outbox *outbox;
	int64_t shift_us;
	void (*on_change)(void *arg);
	void *arg;
	bool stopped;
	struct channel channels[CONF_DRIVERS_MAX];
};

static void queue_add(struct channel *ch, struct slot *s)
{
	if (s->queued)
		return;
	s->queued = true;
	s->next = NULL;
	s->prev = ch->last;
	if (ch->last != NULL)
		ch->last->next = s;
	else
		ch->first = s;
	ch->last = s;
}

static void queue_remove(struct channel *ch, struct slot *s)
{
	if (s->prev != NULL)
		s->prev->next = s->next;
	else
		ch->first = s->next;
	if (s->next != NULL)
		s->next->prev = s->prev;
	else
		ch->last = s->prev;
	s->queued = false;
}

/* Who is to be unblocked goes before who is to be blocked. */
static void queue_add_first(struct channel *ch, struct slot *s)
{
	if (s->queued)
		queue_remove(ch, s);
	s->queued = true;
	s->prev = NULL;
	s->next = ch->first;
	if (ch->first != NULL)
		ch->first->prev = s;
	else
		ch->last = s;
	ch->first = s;
}

static void on_item(void *arg, size_t i, struct slot *s)
{
	struct dispatch *d = arg;

	if (s->last->op == ITEM_UNBLOCK)
		queue_add_first(&d->channels[i], s);
	else
		queue_add(&d->channels[i], s);
}

/* The first item leaves; a slot without items leaves the queue, and its
 * customer, with the slot, may be forgotten. */
static void pop_item(struct channel *ch, struct slot *s)
{
	struct item *it = s->first;

	s->first = it->next;
	free(it);
	if (s->first != NULL)
		return;
	s->last = NULL;
	queue_remove(ch, s);
	desired_drop_blank(ch->dispatch->desired, s->customer);
}

static void finish(struct channel *ch, struct slot *s, const char *why)
{
	outbox_save(ch->dispatch->outbox, ch->index, s->first, "done", why,
	    clock_now_us());
	pop_item(ch, s);
}

static int64_t retry_delay_us(int attempts)
{
	int64_t us = RETRY_MIN_US;

	for (int i = 1; i < attempts && us < RETRY_MAX_US; i++)
		us *= 2;
	return us < RETRY_MAX_US ? us : RETRY_MAX_US;
}

/* The first item of the slot was sent in vain. */
static void fail_item(struct channel *ch, struct slot *s, const char *why)
{
	struct outbox *o = ch->dispatch->outbox;
	struct item *it = s->first;
	int64_t now_us = clock_now_us();

	it->attempts++;
	if (it->attempts >= TRIES_MAX) {
		log_error(mod,
		    "driver %s: D%" PRId64 " %s was tried %d times and is "
		    "given up: %s",
		    driver_name(ch->driver), it->decision_seq,
		    item_op_name(it->op), it->attempts, why);
		outbox_save(o, ch->index, it, "dead", why, now_us);
		pop_item(ch, s);
		return;
	}
	it->next_us = now_us + retry_delay_us(it->attempts);
	log_warn(mod, "driver %s: D%" PRId64 " %s failed: %s attempts=%d",
	    driver_name(ch->driver), it->decision_seq, item_op_name(it->op),
	    why, it->attempts);
	outbox_save(o, ch->index, it, "pending", why, now_us);
	queue_remove(ch, s);
	queue_add(ch, s);
}

static void succeed_item(struct channel *ch, struct slot *s)
{
	struct item *it = s->first;

	it->attempts++;
	s->held = it->op == ITEM_BLOCK;
	log_info(mod, "driver %s: D%" PRId64 " %s %s delivered attempts=%d",
	    driver_name(ch->driver), it->decision_seq, item_op_name(it->op),
	    item_event_name(it->event), it->attempts);
	finish(ch, s, "");
}

/* Why the driver can't do what is wanted; NULL: it can. */
static const char *cannot(const struct channel *ch, const struct customer *c)
{
	const struct hello *h = driver_hello(ch->driver);

	if (c->is_shared && !h->port_sets)
		return "refused: the address is shared, and the driver knows "
		       "no port sets";
	if (!h->ports && !ch->dispatch->conf->drivers[ch->index].whole_line)
		return "refused: the driver closes whole lines, not port 25 "
		       "(whole_line)";
	return NULL;
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
    struct channel *ch, struct slot *s, int64_t judge_us, char why[static 64])
{
	const struct customer *c = s->customer;
	struct item *it = s->first;

	if (it->decision_seq < c->want_seq) {
		snprintf(why, 64, "superseded by D%" PRId64, c->want_seq);
		return why;
	}
	if (!c->want_block)
		return s->held ? NULL : "no block was sent";
	if (!desired_blocked(c, judge_us))
		return "it ended before it could be sent";
	if (!c->has_targets || cannot(ch, c) != NULL) {
		turn_to_unblock(it);
		return s->held ? NULL : "the customer has no address now";
	}
	if (it->attempts == 0 && it->event != ITEM_RESTORED)
		it->event = !s->held   ? ITEM_NEW
			    : c->moved ? ITEM_MOVED
				       : ITEM_RENEW;
	return NULL;
}

/* True: the driver can't do it, which was said and noted. */
static bool refuse(struct channel *ch, struct slot *s)
{
	const struct customer *c = s->customer;
	struct item *it = s->first;
	const char *why = cannot(ch, c);

	if (why == NULL || !c->want_block || !c->has_targets || s->held ||
	    it->decision_seq < c->want_seq)
		return false;
	log_error(mod,
	    "driver %s: D%" PRId64 " of customer %s is not enforced: %s",
	    driver_name(ch->driver), it->decision_seq, c->name, why);
	outbox_save(
	    ch->dispatch->outbox, ch->index, it, "dead", why, clock_now_us());
	pop_item(ch, s);
	return true;
}

static void send_item(struct channel *ch, struct slot *s)
{
	const char *line;
	int rc = outbox_line(ch->dispatch->outbox, s->first, &line);

	if (rc == 0)
		fail_item(ch, s, "the decision is not in the store");
	if (rc != 1 || driver_send(ch->driver, line) != 0)
		return;
	ch->busy = s;
	if (s->first->op == ITEM_BLOCK)
		s->held = true;
}

/* An item that a newer decision has overtaken has no back-off to wait for. */
static bool is_due(const struct slot *s, int64_t now_us)
{
	return s->first->next_us <= now_us ||
	       s->first->decision_seq < s->customer->want_seq;
}

static struct slot *first_due(const struct channel *ch, int64_t now_us)
{
	for (struct slot *s = ch->first; s != NULL; s = s->next)
		if (s != ch->busy && is_due(s, now_us))
			return s;
	return NULL;
}

/* Finishes what needs no line; the slot whose item does, or NULL. */
static struct slot *next_slot(struct channel *ch)
{
	struct dispatch *d = ch->dispatch;
	char why[64];
	struct slot *s;

	for (;;) {
		int64_t now_us = clock_now_us();
		const char *reason;

		s = first_due(ch, now_us);
		if (s == NULL)
			return NULL;
		if (desired_blocked(s->customer, now_us + d->shift_us) &&
		    refuse(ch, s))
			continue;
		reason = needless(ch, s, now_us + d->shift_us, why);
		if (reason == NULL)
			return s;
		finish(ch, s, reason);
	}
}

static void pump(struct channel *ch)
{
	struct slot *s;

	if (ch->dispatch->stopped || !driver_is_idle(ch->driver))
		return;
	s = next_slot(ch);
	if (s != NULL)
		send_item(ch, s);
}

static void changed(struct channel *ch)
{
	struct dispatch *d = ch->dispatch;

	pump(ch);
	if (d->on_change != NULL)
		d->on_change(d->arg);
}

/* A new process knows nothing: it gets what should be in force. What is in
 * the queue comes by itself. */
static void restore(void *arg, struct customer *c)
{
	struct channel *ch = arg;
	struct slot *s = &c->slots[ch->index];
	int64_t now_us = clock_now_us();
	bool block = desired_blocked(c, now_us + ch->dispatch->shift_us) &&
		     c->has_targets;
	struct item it = {.decision_seq = c->want_seq,
	    .created_us = now_us,
	    .next_us = now_us,
	    .op = block ? ITEM_BLOCK : ITEM_UNBLOCK,
	    .event = block ? ITEM_RESTORED : outbox_end_event(c->cause)};

	if (s->first != NULL || (!block && (c->want_block || !s->held)))
		return;
	if (outbox_append(s, &it) != NULL)
		queue_add(ch, s);
}

static void on_ready(void *arg)
{
	struct channel *ch = arg;

	ch->greeted = true;
	desired_each(ch->dispatch->desired, restore, ch);
	changed(ch);
}

/* The queued slot whose item was sent before and has this number. */
static struct slot *find_late(struct channel *ch, const struct answer *a)
{
	for (struct slot *s = ch->first; s != NULL; s = s->next)
		if (s->first->decision_seq == a->seq && s->first->attempts > 0)
			return s;
	return NULL;
}

static void on_answer(void *arg, const struct answer *a)
{
	struct channel *ch = arg;
	struct slot *s = ch->busy;

	if (s != NULL && s->first->decision_seq == a->seq) {
		ch->busy = NULL;
		driver_done(ch->driver);
		if (a->ok)
			succeed_item(ch, s);
		else
			fail_item(ch, s, a->error);
	} else if (a->ok && (s = find_late(ch, a)) != NULL) {
		succeed_item(ch, s);
	}
	changed(ch);
}

static void on_lost(void *arg, const char *why)
{
	struct channel *ch = arg;
	struct slot *s = ch->busy;

	ch->busy = NULL;
	if (s != NULL)
		fail_item(ch, s, why);
	changed(ch);
}

static int make_channel(struct dispatch *d, size_t i, uv_loop_t *loop)
{
	static const struct driver_events events = {
	    on_ready, on_answer, on_lost};
	struct channel *ch = &d->channels[i];

	ch->dispatch = d;
	ch->index = i;
	ch->driver = driver_new(loop, &d->conf->drivers[i], &events, ch);
	return ch->driver != NULL ? 0 : -1;
}

struct dispatch *dispatch_new(uv_loop_t *loop, struct db *db,
    const struct conf *conf, int64_t shift_us, void (*on_change)(void *arg),
    void *arg)
{
	struct dispatch *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->conf = conf;
	d->shift_us = shift_us;
	d->on_change = on_change;
	d->arg = arg;
	d->desired = desired_new(conf->n_drivers);
	if (d->desired != NULL)
		d->outbox = outbox_new(db, conf, d->desired, on_item, d);
	if (d->outbox == NULL)
		goto fail;
	for (size_t i = 0; i < conf->n_drivers; i++)
		if (make_channel(d, i, loop) != 0)
			goto fail;
	return d;
fail:
	dispatch_stop(d);
	dispatch_free(d);
	return NULL;
}

int dispatch_start(struct dispatch *d)
{
	if (outbox_load(d->outbox) != 0)
		return -1;
	for (size_t i = 0; i < d->conf->n_drivers; i++)
		driver_start(d->channels[i].driver);
	return 0;
}

int dispatch_poll(struct dispatch *d)
{
	int rc;

	if (d->stopped || d->conf->n_drivers == 0)
		return 0;
	rc = outbox_poll(d->outbox, clock_now_us());
	for (size_t i = 0; i < d->conf->n_drivers; i++)
		changed(&d->channels[i]);
	return rc < 0 ? -1 : 0;
}

static bool given_up(const struct channel *ch)
{
	return driver_failed_starts(ch->driver) >= GIVE_UP_STARTS;
}

bool dispatch_is_settled(const struct dispatch *d)
{
	int64_t now_us = clock_now_us();

	for (size_t i = 0; i < d->conf->n_drivers; i++) {
		const struct channel *ch = &d->channels[i];

		if (given_up(ch))
			continue;
		if (!ch->greeted || ch->busy != NULL ||
		    first_due(ch, now_us) != NULL)
			return false;
	}
	return true;
}

bool dispatch_is_empty(const struct dispatch *d)
{
	for (size_t i = 0; i < d->conf->n_drivers; i++)
		if (d->channels[i].first != NULL || !d->channels[i].greeted)
			return false;
	return outbox_unsaved(d->outbox) == 0;
}

void dispatch_stop(struct dispatch *d)
{
	if (d->stopped)
		return;
	d->stopped = true;
	for (size_t i = 0; i < d->conf->n_drivers; i++) {
		if (d->channels[i].driver != NULL)
			driver_stop(d->channels[i].driver);
		d->channels[i].driver = NULL;
	}
}

void dispatch_free(struct dispatch *d)
{
	if (d == NULL)
		return;
	outbox_free(d->outbox);
	desired_free(d->desired);
	free(d);
}
