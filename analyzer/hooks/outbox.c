/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/hooks/message.h"
#include "analyzer/hooks/outbox_inside.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/read.h"
#include "store/write.h"

#define BATCH       64
#define FLUSH_BATCH 512
#define UNSAVED_MAX 100000
#define LOCK_MIN_MS 5
#define LOCK_MAX_MS 5000
#define OLD_US      (20 * US_PER_S)

static const char mod[] = "hooks";

struct outbox *outbox_new(struct db *db, const struct conf *conf,
    struct desired *desired, const struct outbox_events *events, void *arg)
{
	struct outbox *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NULL;
	o->db = db;
	o->conf = conf;
	o->desired = desired;
	o->events = *events;
	o->arg = arg;
	o->last = &o->first;
	jsonw_init(&o->json, NULL);
	o->batch = calloc(BATCH, sizeof(*o->batch));
	if (o->batch == NULL) {
		free(o);
		return NULL;
	}
	return o;
}

void outbox_free(struct outbox *o)
{
	struct unsaved *next;

	if (o == NULL)
		return;
	for (struct unsaved *u = o->first; u != NULL; u = next) {
		next = u->next;
		free(u);
	}
	jsonw_free(&o->json);
	free(o->links);
	free(o->batch);
	free(o);
}

size_t outbox_unsaved(const struct outbox *o)
{
	return o->n_unsaved;
}

void outbox_complain(struct outbox *o, const char *what)
{
	unsigned int held_back;

	if (db_is_broken(o->db))
		log_fatal(mod,
		    "%s: %s; the database is damaged, restore a backup", what,
		    db_error(o->db));
	if (log_allow(&o->noise, 2, &held_back))
		log_warn(mod, "%s: %s; it is tried again%s suppressed=%u", what,
		    db_error(o->db),
		    db_is_full(o->db) ? ", free some disk space" : "",
		    held_back);
}

enum item_event outbox_end_event(enum cause cause)
{
	return cause == CAUSE_EXPIRED ? ITEM_EXPIRE : ITEM_RELEASE;
}

struct item *outbox_append(struct slot *s, const struct item *like)
{
	struct item *it = malloc(sizeof(*it));

	if (it == NULL)
		return NULL;
	*it = *like;
	it->next = NULL;
	if (s->first == NULL)
		s->first = it;
	else
		s->last->next = it;
	s->last = it;
	return it;
}

int outbox_decision(struct outbox *o, const struct customer *c,
    const struct item *it, const struct decision **d)
{
	int rc = 1;

	if (it->forced) {
		memset(&o->row, 0, sizeof(o->row));
		o->row.seq = it->decision_seq;
		o->row.cause = it->event == ITEM_EXPIRE ? CAUSE_EXPIRED
			       : c->want_seq != 0 && !c->want_block
				   ? c->cause
				   : CAUSE_RELEASED;
		snprintf(
		    o->row.customer, sizeof(o->row.customer), "%s", c->name);
	} else {
		rc = read_decision(o->db, it->decision_seq, &o->row);
	}
	if (rc < 0)
		outbox_complain(o, "a decision cannot be read");
	*d = &o->row;
	return rc;
}

const char *outbox_line(
    struct outbox *o, const struct decision *d, const struct item *it)
{
	return message_write(&o->json, d, it);
}

static void fill_row(const struct outbox *o, size_t driver,
    const struct item *it, const char *state, const char *error, int64_t now_us,
    struct delivery *row)
{
	memset(row, 0, sizeof(*row));
	row->decision_seq = it->decision_seq;
	row->attempts = it->attempts;
	row->turn = it->turn;
	row->created_us = it->created_us;
	row->next_us = it->next_us;
	row->done_us = strcmp(state, "pending") != 0 ? now_us : 0;
	snprintf(row->driver, sizeof(row->driver), "%s",
	    o->conf->drivers[driver].name);
	snprintf(row->op, sizeof(row->op), "%s", item_op_name(it->op));
	snprintf(
	    row->event, sizeof(row->event), "%s", item_event_name(it->event));
	snprintf(row->state, sizeof(row->state), "%s", state);
	snprintf(row->error, sizeof(row->error), "%s", error);
}

static void keep(struct outbox *o, struct unsaved *u)
{
	u->next = NULL;
	*o->last = u;
	o->last = &u->next;
	o->n_unsaved++;
}

static struct unsaved *unsaved_new(void)
{
	struct unsaved *u = calloc(1, sizeof(*u));

	if (u == NULL)
		log_fatal(mod, "no memory is left; give the machine more and "
			       "start again");
	return u;
}

void outbox_save_turn(
    struct outbox *o, size_t driver, int64_t decision_seq, int turn)
{
	struct unsaved *u = unsaved_new();

	u->turn_only = true;
	u->row.decision_seq = decision_seq;
	u->row.turn = turn;
	snprintf(u->row.driver, sizeof(u->row.driver), "%s",
	    o->conf->drivers[driver].name);
	keep(o, u);
}

void outbox_save(struct outbox *o, size_t driver, const struct item *it,
    const char *state, const char *error, int64_t now_us)
{
	struct unsaved *u;

	if (!it->has_row)
		return;
	u = malloc(sizeof(*u));
	if (u == NULL) {
		log_error(mod,
		    "no memory is left; decision D%lld may be sent "
		    "again",
		    (long long)it->decision_seq);
		return;
	}
	u->turn_only = false;
	fill_row(o, driver, it, state, error, now_us, &u->row);
	keep(o, u);
}

void outbox_delivered(
    struct outbox *o, size_t driver, const struct item *it, int64_t now_us)
{
	if (it->has_row && !it->again)
		delays_note(&o->delays, driver, now_us - it->created_us);
	outbox_save(o, driver, it, "done", "", now_us);
}

static int64_t least_cursor(const struct outbox *o)
{
	int64_t least = INT64_MAX;

	for (size_t i = 0; i < o->conf->n_drivers; i++)
		if (o->cursor[i] < least)
			least = o->cursor[i];
	return least;
}

int64_t outbox_written_until(const struct outbox *o)
{
	const struct unsaved *u = o->first;

	/* A turn is of a decision whose row is there. */
	while (u != NULL && u->turn_only)
		u = u->next;
	return u != NULL ? u->row.decision_seq - 1 : least_cursor(o);
}

static int write_unsaved(struct outbox *o, const struct unsaved *u)
{
	const struct delivery *d = &u->row;

	return u->turn_only ? write_delivery_turn(
				  o->db, d->decision_seq, d->driver, d->turn)
			    : write_delivery_state(o->db, d);
}

/* Up to FLUSH_BATCH rows, all or none. */
static int flush_some(struct outbox *o)
{
	struct unsaved *u = o->first;
	struct ahead before = o->ahead;
	size_t n = 0;

	if (db_begin(o->db) != 0)
		return -1;
	for (; u != NULL && n < FLUSH_BATCH; u = u->next, n++)
		if (write_unsaved(o, u) != 0)
			break;
	if ((u != NULL && n < FLUSH_BATCH) ||
	    ahead_extend(&o->ahead, o->db, outbox_written_until(o),
		least_cursor(o)) != 0 ||
	    delays_write(&o->delays, o->db, o->conf, clock_now_us()) != 0 ||
	    db_commit(o->db) != 0) {
		db_rollback(o->db);
		o->ahead = before;
		return -1;
	}
	memset(&o->delays, 0, sizeof(o->delays));
	while (n-- > 0 && o->first != NULL) {
		u = o->first;
		o->first = u->next;
		if (o->first == NULL)
			o->last = &o->first;
		o->n_unsaved--;
		free(u);
	}
	return 0;
}

/* Beside a busy writer the lock is not waited for while there may be something
 * to tell: only when the rows have grown old. */
static int patience_ms(struct outbox *o, bool last)
{
	int64_t now_us = clock_now_us();

	if (o->failed_us == 0 || o->failed_us > now_us)
		o->failed_us = now_us;
	return last || now_us - o->failed_us > OLD_US ? LOCK_MAX_MS
						      : LOCK_MIN_MS;
}

int outbox_flush(struct outbox *o, bool last)
{
	int ms = o->first != NULL ? patience_ms(o, last) : 0, rc = 0;

	db_set_patience(o->db, ms);
	while (rc == 0 && o->first != NULL) {
		rc = flush_some(o);
		if (rc == 0)
			o->failed_us = clock_now_us();
	}
	db_set_patience(o->db, LOCK_MAX_MS);
	if (rc != 0 && (!db_is_busy(o->db) || ms == LOCK_MAX_MS))
		outbox_complain(o, "a delivery cannot be written");
	if (rc == 0)
		o->failed_us = 0;
	if (rc == 0 && last)
		ahead_end(&o->ahead, o->db, least_cursor(o));
	return rc;
}

/* --- new decisions --------------------------------------------------------*/

/* One customer comes once in a batch: so what is written for it follows from
 * what was known before the batch. */
static int on_decision(void *arg, const struct decision *d)
{
	struct outbox *o = arg;

	for (size_t i = 0; i < o->n_batch; i++)
		if (strcmp(o->batch[i].customer, d->customer) == 0)
			return 1;
	o->batch[o->n_batch++] = *d;
	return o->n_batch == BATCH;
}

static struct item first_item(const struct outbox *o, size_t i,
    const struct decision *d, int64_t now_us, bool *nothing)
{
	const struct customer *c = desired_find(o->desired, d->customer);
	const struct slot *s = c != NULL ? &c->slots[i] : NULL;
	bool held = s != NULL && s->held;
	bool block = d->action == ACTION_BLOCK;

	*nothing = !block && !held && (s == NULL || s->first == NULL);
	return (struct item){.has_row = true,
	    .decision_seq = d->seq,
	    .created_us = now_us,
	    .next_us = now_us,
	    .op = block ? ITEM_BLOCK : ITEM_UNBLOCK,
	    .event = block ? (held ? ITEM_RENEW : ITEM_NEW)
			   : outbox_end_event(d->cause)};
}

/* Only what was decided in mode enforce is anybody's business. */
static bool is_for(const struct outbox *o, size_t i, const struct decision *d)
{
	return d->mode == MODE_ENFORCE && o->cursor[i] < d->seq;
}

static void add_item(
    struct outbox *o, size_t i, struct customer *c, const struct item *it)
{
	if (outbox_append(&c->slots[i], it) == NULL)
		log_fatal(mod, "no memory is left for a delivery; give the "
			       "machine more and start again");
	o->events.item(o->arg, i, &c->slots[i]);
}

/* What waits for a driver is sent at once; the rows are written meanwhile. So
 * a block that the process before may have sent counts as sent: the end of it
 * is sent in any case. */
static void add_items(struct outbox *o, const struct decision *d,
    struct customer *c, const struct item *it, const bool *nothing)
{
	for (size_t i = 0; i < o->conf->n_drivers; i++) {
		if (nothing[i])
			continue;
		if (it[i].attempts > 0) {
			c->slots[i].held = true;
			c->slots[i].held_seq = d->seq;
		}
		add_item(o, i, c, &it[i]);
	}
}

static void add_decision(
    struct outbox *o, const struct decision *d, int64_t now_us)
{
	struct item it[CONF_DRIVERS_MAX];
	bool nothing[CONF_DRIVERS_MAX] = {false};
	struct customer *c;

	for (size_t i = 0; i < o->conf->n_drivers; i++) {
		nothing[i] = !is_for(o, i, d);
		if (nothing[i])
			continue;
		it[i] = first_item(o, i, d, now_us, &nothing[i]);
		if (it[i].op == ITEM_BLOCK)
			it[i].attempts = ahead_is_doubtful(&o->ahead, d->seq);
		outbox_save(o, i, &it[i], nothing[i] ? "done" : "pending",
		    nothing[i] ? "no block was sent" : "", now_us);
	}
	c = desired_note(o->desired, d);
	if (c == NULL)
		log_fatal(mod, "no memory is left for a customer; give the "
			       "machine more and start again");
	o->events.decided(o->arg, d, c);
	add_items(o, d, c, it, nothing);
	desired_drop_blank(o->desired, c);
}

/* The next decisions: how many, or -1. */
static int add_batch(struct outbox *o, int64_t now_us)
{
	o->n_batch = 0;
	if (read_decisions_after(o->db, least_cursor(o), on_decision, o) < 0) {
		outbox_complain(o, "decisions cannot be read");
		return -1;
	}
	if (o->n_batch > 0 &&
	    ahead_allow(&o->ahead, o->db, outbox_written_until(o),
		o->batch[o->n_batch - 1].seq) != 0) {
		outbox_complain(o, "what will be sent cannot be written");
		return -1;
	}
	for (size_t k = 0; k < o->n_batch; k++) {
		const struct decision *d = &o->batch[k];

		if (d->mode == MODE_ENFORCE)
			add_decision(o, d, now_us);
		for (size_t i = 0; i < o->conf->n_drivers; i++)
			if (o->cursor[i] < d->seq)
				o->cursor[i] = d->seq;
	}
	return (int)o->n_batch;
}

int outbox_poll(struct outbox *o, int64_t now_us)
{
	int total = 0, n = 0;

	/* The rest stays where it is, among the decisions. */
	while (o->n_unsaved < UNSAVED_MAX && (n = add_batch(o, now_us)) > 0)
		total += n;
	return n < 0 ? -1 : total;
}
