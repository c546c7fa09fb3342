/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/observe.h"
#include "analyzer/record_time.h"
#include "analyzer/sender.h"
#include "base/clock.h"
#include "store/read.h"
#include "store/write.h"

#define HOUR_US (3600 * US_PER_S)

struct journal {
	struct journal_means m;
	struct sender *sender;
	struct pending *pending;
	struct work answered;
	struct record_time time;
};

/* --- application ---------------------------------------------------------- */

static int may_tick(void *arg, const char *customer, int64_t due_us)
{
	struct journal *j = arg;

	/* What waits may be older than the due time: it goes first, and
	 * its own application ends what is due. */
	(void)due_us;
	return !pending_has(j->pending, customer);
}

/* A move is no row yet: it becomes one if something is in force by now. */
static int apply(struct journal *j, struct observation *o)
{
	if (o->kind == OBS_MOVE && o->obs_no == 0)
		return applier_move(j->m.applier, o->customer, o->ts_us);
	return applier_apply(j->m.applier, o);
}

int journal_apply(struct journal *j)
{
	struct entry *e;

	while ((e = pending_ready(j->pending)) != NULL) {
		if (!j->m.live &&
		    applier_tick(j->m.applier, e->o.ts_us, NULL, NULL) != 0)
			return -1;
		if (apply(j, &e->o) != 0)
			return -1;
		pending_pop(j->pending, e);
	}
	if (j->m.live)
		return applier_tick(j->m.applier, j->time.us, may_tick, j);
	return 0;
}

int journal_finish(struct journal *j)
{
	return applier_tick(j->m.applier, j->time.us, NULL, NULL);
}

/* --- sender checks -------------------------------------------------------- */

static void on_checked(void *arg, struct entry *e)
{
	struct journal *j = arg;

	work_push(&j->answered, e);
	j->m.answered(j->m.arg);
}

static const char *own_domains(void *arg, const struct observation *o)
{
	const struct journal *j = arg;

	return observe_own_domains(j->m.conf, applier_leases(j->m.applier), o);
}

int journal_take_answers(struct journal *j)
{
	struct entry *e;

	while ((e = work_pop(&j->answered)) != NULL) {
		if (e->o.traffic_case != 2)
			observe_drop_names(&e->o);
		if (write_authentication(j->m.db, &e->o) != 0)
			return -1;
		e->complete = true;
		pending_completed(j->pending, e);
	}
	return 0;
}

static void plan_check(struct journal *j, struct observation *o)
{
	switch (sender_plan(j->sender, o)) {
	case SENDER_NOT_NEEDED:
		break;
	case SENDER_OVER_BUDGET:
		tally_add(j->m.tally, o->ts_us, "spf_over_budget", 1);
		break;
	case SENDER_PENDING:
		tally_add(j->m.tally, o->ts_us, "spf_checks", 1);
		break;
	}
}

void journal_start_checks(struct journal *j)
{
	sender_start(j->sender);
}

/* --- rows ----------------------------------------------------------------- */

static int enqueue(struct journal *j, const struct observation *o)
{
	const char *key = j->m.live ? o->customer : "";
	struct entry *e = calloc(1, sizeof(*e));

	if (!e)
		return -1;
	e->o = *o;
	e->complete = o->auth_state != AUTH_STATE_PENDING;
	if (pending_push(j->pending, key, e) != 0) {
		free(e);
		return -1;
	}
	if (!e->complete)
		sender_push(j->sender, e);
	return 0;
}

/* Names of mail by way of our own servers go into no file; what a check of
 * its sender needs stays in memory until that is made. */
static int write_row(struct journal *j, struct observation *o)
{
	struct observation nameless;
	int rc;

	if (o->traffic_case == 2)
		return write_observation(j->m.db, o);
	nameless = *o;
	observe_drop_names(&nameless);
	rc = write_observation(j->m.db, &nameless);
	o->obs_no = nameless.obs_no;
	if (o->auth_state != AUTH_STATE_PENDING)
		*o = nameless;
	return rc;
}

int journal_log(struct journal *j, struct observation *o)
{
	plan_check(j, o);
	return write_row(j, o) != 0 ? -1 : enqueue(j, o);
}

int journal_log_plain(struct journal *j, struct observation *o)
{
	journal_advance(j, o->ts_us);
	return write_observation(j->m.db, o) != 0 ? -1 : enqueue(j, o);
}

int journal_move(struct journal *j, const char *customer, int64_t at_us)
{
	struct observation o;

	memset(&o, 0, sizeof(o));
	o.kind = OBS_MOVE;
	o.ts_us = at_us > j->time.us ? at_us : j->time.us;
	snprintf(o.customer, sizeof(o.customer), "%s", customer);
	return enqueue(j, &o);
}

size_t journal_count(const struct journal *j)
{
	return pending_count(j->pending);
}

/* --- record time ---------------------------------------------------------- */

int64_t journal_clock_us(const struct journal *j)
{
	return j->time.us;
}

void journal_advance(struct journal *j, int64_t ts_us)
{
	record_time_seen(&j->time, ts_us);
}

int journal_batch_seen(struct journal *j, int64_t now_us)
{
	return record_time_batch(&j->time, j->m.db, now_us);
}

/* A capture of last week that is sent to a live analyzer does not end what it
 * began. A record may be on its way for a moment. */
void journal_go_on(struct journal *j, int64_t now_us)
{
	if (j->m.live)
		record_time_go_on(&j->time, now_us);
}

/* --- open and close ------------------------------------------------------- */

static int take_up(void *arg, const struct observation *o)
{
	struct journal *j = arg;

	journal_advance(j, o->ts_us);
	return enqueue(j, o);
}

static int restore_check(void *arg, const struct observation *o)
{
	struct journal *j = arg;

	sender_restore(j->sender, o);
	return 0;
}

int journal_recover(struct journal *j)
{
	struct read_range hour = {.state = -1, .kind = -1};

	if (record_time_open(
		&j->time, j->m.db, applier_last_us(j->m.applier)) != 0)
		return -1;
	if (read_unapplied(j->m.db, take_up, j) != 0)
		return -1;
	hour.since_us = j->time.us - j->time.us % HOUR_US;
	if (j->time.us > 0 &&
	    read_observations_range(j->m.db, &hour, restore_check, j) != 0)
		return -1;
	if (db_begin(j->m.db) != 0 || journal_apply(j) != 0 ||
	    applier_move_all(j->m.applier, j->time.us) != 0 ||
	    db_commit(j->m.db) != 0)
		return -1;
	journal_start_checks(j);
	return 0;
}

struct journal *journal_new(
    const struct journal_means *means, char *err, size_t errsize)
{
	struct journal *j = calloc(1, sizeof(*j));

	if (!j)
		goto nomem;
	j->m = *means;
	work_init(&j->answered);
	j->sender = sender_new(means->loop, means->conf,
	    (struct sender_owner){on_checked, own_domains, j}, err, errsize);
	if (!j->sender) {
		journal_free(j);
		return NULL;
	}
	j->pending = pending_new();
	if (j->pending)
		return j;
nomem:
	journal_free(j);
	snprintf(err, errsize, "out of memory");
	return NULL;
}

void journal_free(struct journal *j)
{
	if (!j)
		return;
	if (j->pending)
		pending_each(j->pending, sender_cancel);
	sender_free(j->sender);
	pending_free(j->pending);
	free(j);
}
