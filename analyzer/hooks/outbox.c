/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/hooks/message.h"
#include "base/log.h"
#include "store/read.h"
#include "store/write.h"

#define BATCH       64
#define FLUSH_BATCH 512

static const char mod[] = "hooks";

struct unsaved {
	struct unsaved *next;
	struct delivery row;
};
/* Which customer a decision is about; only while loading. */
struct link {
	int64_t seq;
	struct customer *customer;
};
/* A new decision and the rows of its deliveries. */
struct batch_row {
	struct decision d;
	int64_t delivery_id[CONF_DRIVERS_MAX];
};

struct outbox {
	struct db *db;
	const struct conf *conf;
	struct desired *desired;
	struct outbox_events events;
	void *arg;
	int64_t cursor[CONF_DRIVERS_MAX]; /* the last decision it has */
	struct unsaved *first, **last;
	size_t n_unsaved;
	struct log_limit noise;
	struct batch_row *batch;
	size_t n_batch;
	struct link *links;
	size_t n_links, cap_links;
	size_t loading; /* driver */
	bool no_memory;
	struct jsonw json;
	struct decision row; /* of the line that is written */
};

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

static void complain(struct outbox *o, const char *what)
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
		complain(o, "a decision cannot be read");
	*d = &o->row;
	return rc;
}

const char *outbox_line(
    struct outbox *o, const struct decision *d, const struct item *it)
{
	return message_write(&o->json, d, it->op, it->event);
}

static void fill_row(const struct outbox *o, size_t driver,
    const struct item *it, const char *state, const char *error, int64_t now_us,
    struct delivery *row)
{
	memset(row, 0, sizeof(*row));
	row->id = it->delivery_id;
	row->decision_seq = it->decision_seq;
	row->attempts = it->attempts;
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

void outbox_save(struct outbox *o, size_t driver, const struct item *it,
    const char *state, const char *error, int64_t now_us)
{
	struct unsaved *u;

	if (it->delivery_id == 0)
		return;
	u = malloc(sizeof(*u));
	if (u == NULL) {
		log_error(mod,
		    "no memory is left; decision D%lld may be sent "
		    "again",
		    (long long)it->decision_seq);
		return;
	}
	u->next = NULL;
	fill_row(o, driver, it, state, error, now_us, &u->row);
	*o->last = u;
	o->last = &u->next;
	o->n_unsaved++;
}

/* Up to FLUSH_BATCH rows, all or none. */
static int flush_some(struct outbox *o)
{
	struct unsaved *u = o->first;
	size_t n = 0;

	if (db_begin(o->db) != 0)
		return -1;
	for (; u != NULL && n < FLUSH_BATCH; u = u->next, n++)
		if (write_delivery(o->db, &u->row) != 0)
			break;
	if ((u != NULL && n < FLUSH_BATCH) || db_commit(o->db) != 0) {
		db_rollback(o->db);
		return -1;
	}
	while (n-- > 0) {
		u = o->first;
		o->first = u->next;
		if (o->first == NULL)
			o->last = &o->first;
		o->n_unsaved--;
		free(u);
	}
	return 0;
}

int outbox_flush(struct outbox *o)
{
	while (o->first != NULL) {
		if (flush_some(o) == 0)
			continue;
		complain(o, "a delivery cannot be written");
		return -1;
	}
	return 0;
}

/* --- new decisions --------------------------------------------------------*/

/* One customer comes once in a batch: so what is written for it follows from
 * what was known before the batch. */
static int on_decision(void *arg, const struct decision *d)
{
	struct outbox *o = arg;

	for (size_t i = 0; i < o->n_batch; i++)
		if (strcmp(o->batch[i].d.customer, d->customer) == 0)
			return 1;
	o->batch[o->n_batch++].d = *d;
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
	return (struct item){.decision_seq = d->seq,
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

static int write_batch_rows(
    struct outbox *o, struct batch_row *b, int64_t now_us)
{
	for (size_t i = 0; i < o->conf->n_drivers; i++) {
		struct delivery row;
		struct item it;
		bool nothing;

		if (!is_for(o, i, &b->d))
			continue;
		it = first_item(o, i, &b->d, now_us, &nothing);
		fill_row(o, i, &it, nothing ? "done" : "pending",
		    nothing ? "no block was sent" : "", now_us, &row);
		if (write_delivery(o->db, &row) != 0)
			return -1;
		b->delivery_id[i] = row.id;
	}
	return 0;
}

/* All rows of the batch, or none. */
static int write_batch(struct outbox *o, int64_t now_us)
{
	bool any = false;

	for (size_t k = 0; k < o->n_batch; k++)
		any |= o->batch[k].d.mode == MODE_ENFORCE;
	if (!any)
		return 0;
	if (db_begin(o->db) != 0)
		return -1;
	for (size_t k = 0; k < o->n_batch; k++)
		if (write_batch_rows(o, &o->batch[k], now_us) != 0)
			goto fail;
	if (db_commit(o->db) == 0)
		return 0;
fail:
	db_rollback(o->db);
	return -1;
}

static void add_item(
    struct outbox *o, size_t i, struct customer *c, const struct item *it)
{
	if (outbox_append(&c->slots[i], it) == NULL)
		log_fatal(mod, "no memory is left for a delivery; give the "
			       "machine more and start again");
	o->events.item(o->arg, i, &c->slots[i]);
}

static void add_decision(
    struct outbox *o, const struct batch_row *b, int64_t now_us)
{
	struct item it[CONF_DRIVERS_MAX];
	bool nothing[CONF_DRIVERS_MAX] = {false};
	struct customer *c;

	for (size_t i = 0; i < o->conf->n_drivers; i++) {
		it[i] = first_item(o, i, &b->d, now_us, &nothing[i]);
		it[i].delivery_id = b->delivery_id[i];
	}
	c = desired_note(o->desired, &b->d);
	if (c == NULL)
		log_fatal(mod, "no memory is left for a customer; give the "
			       "machine more and start again");
	o->events.decided(o->arg, &b->d, c);
	for (size_t i = 0; i < o->conf->n_drivers; i++)
		if (is_for(o, i, &b->d) && !nothing[i])
			add_item(o, i, c, &it[i]);
	desired_drop_blank(o->desired, c);
}

static int64_t least_cursor(const struct outbox *o)
{
	int64_t least = INT64_MAX;

	for (size_t i = 0; i < o->conf->n_drivers; i++)
		if (o->cursor[i] < least)
			least = o->cursor[i];
	return least;
}

/* The next decisions: how many, or -1. */
static int add_batch(struct outbox *o, int64_t now_us)
{
	o->n_batch = 0;
	if (read_decisions_after(o->db, least_cursor(o), on_decision, o) < 0) {
		complain(o, "decisions cannot be read");
		return -1;
	}
	if (write_batch(o, now_us) != 0) {
		complain(o, "a delivery cannot be written");
		return -1;
	}
	for (size_t k = 0; k < o->n_batch; k++) {
		const struct batch_row *b = &o->batch[k];

		if (b->d.mode == MODE_ENFORCE)
			add_decision(o, b, now_us);
		for (size_t i = 0; i < o->conf->n_drivers; i++)
			if (o->cursor[i] < b->d.seq)
				o->cursor[i] = b->d.seq;
	}
	return (int)o->n_batch;
}

int outbox_poll(struct outbox *o, int64_t now_us)
{
	int total = 0, n;

	if (outbox_flush(o) != 0)
		return -1;
	while ((n = add_batch(o, now_us)) > 0)
		total += n;
	return n < 0 ? -1 : total;
}

/* --- before this start ----------------------------------------------------*/

static int load_decision(void *arg, const struct decision *d)
{
	struct outbox *o = arg;
	struct link *links;
	struct customer *c;
	size_t cap;

	if (d->mode != MODE_ENFORCE)
		return 0;
	if (o->n_links == o->cap_links) {
		cap = o->cap_links != 0 ? o->cap_links * 2 : 256;
		links = realloc(o->links, cap * sizeof(*links));
		if (links == NULL) {
			o->no_memory = true;
			return 1;
		}
		o->links = links;
		o->cap_links = cap;
	}
	c = desired_note(o->desired, d);
	o->no_memory = c == NULL;
	if (c != NULL)
		o->events.decided(o->arg, d, c);
	o->links[o->n_links].seq = d->seq;
	o->links[o->n_links++].customer = c;
	return o->no_memory;
}

static int compare_link(const void *key, const void *member)
{
	int64_t seq = *(const int64_t *)key;
	const struct link *l = member;

	return seq < l->seq ? -1 : seq > l->seq;
}

/* The last finished row tells what the driver holds; a block of which we do
 * not know may have been sent. */
static int load_delivery(void *arg, const struct delivery *row)
{
	struct outbox *o = arg;
	struct link *l = o->n_links == 0
			     ? NULL
			     : bsearch(&row->decision_seq, o->links, o->n_links,
				   sizeof(*o->links), compare_link);
	struct item it = {.delivery_id = row->id,
	    .decision_seq = row->decision_seq,
	    .created_us = row->created_us,
	    .next_us = row->next_us,
	    .attempts = row->attempts};
	bool pending = strcmp(row->state, "pending") == 0;
	struct slot *s;

	if (row->decision_seq > o->cursor[o->loading])
		o->cursor[o->loading] = row->decision_seq;
	if (l == NULL)
		return 0;
	s = &l->customer->slots[o->loading];
	it.op = strcmp(row->op, "block") == 0 ? ITEM_BLOCK : ITEM_UNBLOCK;
	for (int e = ITEM_NEW; e <= ITEM_RESTORED; e++)
		if (strcmp(row->event, item_event_name(e)) == 0)
			it.event = e;
	if (it.op == ITEM_BLOCK && (pending || row->attempts > 0))
		s->held = true, s->held_seq = it.decision_seq;
	else if (it.op == ITEM_UNBLOCK && strcmp(row->state, "done") == 0)
		s->held = false;
	if (!pending)
		return 0;
	if (outbox_append(s, &it) == NULL) {
		o->no_memory = true;
		return 1;
	}
	o->events.item(o->arg, o->loading, s);
	return 0;
}

static void drop_blank(void *arg, struct customer *c)
{
	struct outbox *o = arg;

	desired_drop_blank(o->desired, c);
}

int outbox_load(struct outbox *o)
{
	int rc = read_decisions_after(o->db, 0, load_decision, o);

	for (o->loading = 0; o->loading < o->conf->n_drivers && rc == 0;
	     o->loading++)
		rc = read_deliveries(o->db, o->conf->drivers[o->loading].name,
		    NULL, 0, load_delivery, o);
	free(o->links);
	o->links = NULL;
	o->n_links = o->cap_links = 0;
	if (o->no_memory)
		log_fatal(mod, "no memory is left for the decisions; give the "
			       "machine more and start again");
	if (rc != 0) {
		complain(o, "the outbox cannot be read");
		return -1;
	}
	desired_each(o->desired, drop_blank, o);
	return 0;
}
