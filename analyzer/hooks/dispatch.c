/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/dispatch.h"

#include <stdlib.h>

#include "analyzer/hooks/channel.h"
#include "analyzer/hooks/requests.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/enforcement.h"

/* The analyzer notes the end of a block when record time passes it, which on a
 * quiet tap, or when it is down, may be late: so long after the end we do not
 * wait for it. */
#define END_LATE_US  (15 * US_PER_S)
#define END_CHECK_US (5 * US_PER_S)
/* Answers are written together: the analyzer waits for the same lock. */
#define FLUSH_MS   20
#define FLUSH_ROWS 1024

struct dispatch {
	struct hooks hooks;
	int64_t ends_checked_us;
	struct requests requests;
	bool loaded, flush_failed;
	uv_prepare_t flush;
	uint64_t flushed_ms; /* of the loop */
	struct channel channels[CONF_DRIVERS_MAX];
};

static size_t n_channels(const struct dispatch *d)
{
	return d->hooks.conf->n_drivers;
}

/* --- decisions ------------------------------------------------------ */

static void judge(struct dispatch *d, struct customer *c)
{
	char why[SAFETY_WHY_BYTES];

	c->unsafe = c->want_block &&
		    safety_refuses(d->hooks.safety, c->name, c->targets,
			c->n_targets, clock_now_us() + d->hooks.shift_us, why);
}

/* Who is allowed has changed: a block that holds one of them ends. */
static void judge_again(void *arg, struct customer *c)
{
	struct dispatch *d = arg;
	bool was = c->unsafe;

	judge(d, c);
	if (!c->unsafe || was)
		return;
	for (size_t i = 0; i < n_channels(d); i++)
		if (c->slots[i].held)
			channel_unblock(
			    &d->channels[i], &c->slots[i], ITEM_RELEASE);
}

static void on_decided(
    void *arg, const struct decision *row, struct customer *c)
{
	struct dispatch *d = arg;
	bool changed = safety_note(d->hooks.safety, row);

	if (!d->loaded)
		return;
	if (c->admitted && !c->want_block) {
		c->admitted = false;
		safety_leave(d->hooks.safety);
	}
	judge(d, c);
	if (changed)
		desired_each(d->hooks.desired, judge_again, d);
}

static void on_item(void *arg, size_t i, struct slot *s)
{
	struct dispatch *d = arg;

	channel_add(&d->channels[i], s);
}

/* What a driver holds already has its room under the caps. */
static void on_loaded(void *arg, struct customer *c)
{
	struct dispatch *d = arg;

	judge(d, c);
	for (size_t i = 0; i < n_channels(d) && !c->admitted; i++)
		c->admitted = c->want_block && c->slots[i].held;
	if (c->admitted)
		safety_take(d->hooks.safety);
}

/* --- start and end -------------------------------------------------- */

static void on_flush(uv_prepare_t *p)
{
	struct dispatch *d = p->data;

	if (d->flush_failed || outbox_unsaved(d->hooks.outbox) == 0 ||
	    (outbox_unsaved(d->hooks.outbox) < FLUSH_ROWS &&
		uv_now(p->loop) < d->flushed_ms + FLUSH_MS))
		return;
	d->flush_failed = outbox_flush(d->hooks.outbox) != 0;
	d->flushed_ms = uv_now(p->loop);
}

static int fill(struct dispatch *d, uv_loop_t *loop)
{
	static const struct outbox_events events = {on_decided, on_item};
	struct hooks *h = &d->hooks;

	h->desired = desired_new(h->conf->n_drivers);
	h->safety = safety_new(h->conf);
	if (h->desired == NULL || h->safety == NULL)
		return -1;
	h->outbox = outbox_new(h->db, h->conf, h->desired, &events, d);
	if (h->outbox == NULL)
		return -1;
	for (size_t i = 0; i < n_channels(d); i++)
		if (channel_init(&d->channels[i], h, i, loop) != 0)
			return -1;
	return 0;
}

struct dispatch *dispatch_new(uv_loop_t *loop, struct db *db,
    const struct conf *conf, int64_t shift_us, void (*on_change)(void *arg),
    void *arg)
{
	struct dispatch *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	d->hooks.db = db;
	d->hooks.conf = conf;
	d->hooks.shift_us = shift_us;
	d->hooks.on_change = on_change;
	d->hooks.arg = arg;
	d->hooks.random = (uint64_t)clock_now_us() | 1;
	d->requests.hooks = &d->hooks;
	d->requests.channels = d->channels;
	(void)uv_prepare_init(loop, &d->flush);
	d->flush.data = d;
	(void)uv_prepare_start(&d->flush, on_flush);
	if (fill(d, loop) == 0)
		return d;
	dispatch_stop(d);
	dispatch_free(d);
	return NULL;
}

static int forget_others(struct dispatch *d)
{
	const char *names[CONF_DRIVERS_MAX];

	for (size_t i = 0; i < n_channels(d); i++)
		names[i] = d->hooks.conf->drivers[i].name;
	return write_enforcers_only(
	    d->hooks.db, names, n_channels(d), clock_now_us());
}

int dispatch_start(struct dispatch *d)
{
	if (outbox_load(d->hooks.outbox) != 0 ||
	    requests_load(&d->requests) != 0 || forget_others(d) != 0)
		return -1;
	for (size_t i = 0; i < n_channels(d); i++)
		if (channel_load(&d->channels[i]) != 0)
			return -1;
	desired_each(d->hooks.desired, on_loaded, d);
	d->loaded = true;
	for (size_t i = 0; i < n_channels(d); i++) {
		driver_start(d->channels[i].driver);
		channel_save_state(&d->channels[i]);
	}
	return 0;
}

static void end_late(void *arg, struct customer *c)
{
	struct dispatch *d = arg;
	int64_t judge_us = d->ends_checked_us + d->hooks.shift_us;

	if (!c->want_block || c->until_us == 0 ||
	    c->until_us + END_LATE_US > judge_us)
		return;
	for (size_t i = 0; i < n_channels(d); i++)
		if (c->slots[i].held && c->slots[i].first == NULL)
			channel_unblock(
			    &d->channels[i], &c->slots[i], ITEM_EXPIRE);
}

static void check_ends(struct dispatch *d)
{
	int64_t now_us = clock_now_us();

	if (now_us >= d->ends_checked_us &&
	    now_us < d->ends_checked_us + END_CHECK_US)
		return;
	d->ends_checked_us = now_us;
	desired_each(d->hooks.desired, end_late, d);
}

int dispatch_poll(struct dispatch *d)
{
	int rc;

	if (d->hooks.stopped || n_channels(d) == 0)
		return 0;
	d->flush_failed = false;
	rc = outbox_poll(d->hooks.outbox, clock_now_us());
	d->flush_failed = rc < 0;
	if (rc >= 0 && requests_poll(&d->requests) != 0)
		rc = -1;
	check_ends(d);
	for (size_t i = 0; i < n_channels(d); i++)
		channel_pump(&d->channels[i]);
	if (d->hooks.on_change != NULL)
		d->hooks.on_change(d->hooks.arg);
	return rc < 0 ? -1 : 0;
}

int64_t dispatch_next_us(const struct dispatch *d)
{
	int64_t next_us = INT64_MAX;

	if (outbox_unsaved(d->hooks.outbox) > 0 && !d->flush_failed)
		next_us = clock_now_us() + FLUSH_MS * 1000;
	for (size_t i = 0; i < n_channels(d); i++) {
		int64_t t_us = channel_next_us(&d->channels[i]);

		next_us = t_us < next_us ? t_us : next_us;
	}
	return next_us;
}

bool dispatch_is_waiting(const struct dispatch *d)
{
	return d->flush_failed || requests_wait(&d->requests);
}

bool dispatch_is_settled(struct dispatch *d)
{
	for (size_t i = 0; i < n_channels(d); i++)
		if (!channel_is_settled(&d->channels[i]))
			return false;
	return true;
}

bool dispatch_is_empty(const struct dispatch *d)
{
	for (size_t i = 0; i < n_channels(d); i++)
		if (!channel_is_empty(&d->channels[i]))
			return false;
	return outbox_unsaved(d->hooks.outbox) == 0;
}

void dispatch_stop(struct dispatch *d)
{
	if (d->hooks.stopped)
		return;
	d->hooks.stopped = true;
	(void)uv_prepare_stop(&d->flush);
	uv_close((uv_handle_t *)&d->flush, NULL);
	if (d->loaded)
		(void)outbox_flush(d->hooks.outbox);
	for (size_t i = 0; i < n_channels(d); i++) {
		if (d->channels[i].driver != NULL)
			driver_stop(d->channels[i].driver);
		d->channels[i].driver = NULL;
	}
}

void dispatch_free(struct dispatch *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < n_channels(d); i++)
		channel_free(&d->channels[i]);
	outbox_free(d->hooks.outbox);
	desired_free(d->hooks.desired);
	safety_free(d->hooks.safety);
	free(d);
}
