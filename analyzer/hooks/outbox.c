/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/hooks/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/hooks/message.h"
#include "base/log.h"
#include "store/read.h"
#include "store/write.h"

#define BATCH 64

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

struct outbox {
	struct db *db;
	const struct conf *conf;
	struct desired *desired;
	outbox_item_cb cb;
	void *arg;
	int64_t cursor[CONF_DRIVERS_MAX]; /* the last decision it has */
	struct unsaved *first, **last;
	size_t n_unsaved;
	struct log_limit noise;
	struct decision *batch;
	size_t n_batch;
	struct link *links;
	size_t n_links, cap_links;
	size_t loading; /* driver */
	bool no_memory;
	struct jsonw json;
	struct decision row; /* of the line that is written */
};

struct outbox *outbox_new(struct db *db, const struct conf *conf,
    struct desired *desired, outbox_item_cb cb, void *arg)
{
	struct outbox *o = calloc(1, sizeof(*o));

	if (o == NULL)
		return NULL;
	o->db = db;
	o->conf = conf;
	o->desired = desired;
	o->cb = cb;
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

int outbox_line(struct outbox *o, const struct item *it, const char **line)
{
	int rc = read_decision(o->db, it->decision_seq, &o->row);

	if (rc < 0)
		complain(o, "a decision cannot be read");
	if (rc != 1)
		return rc;
	*line = message_write(&o->json, &o->row, it->op, it->event);
	return *line != NULL ? 1 : -1;
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
	struct delivery row;
	struct unsaved *u;

	if (it->delivery_id == 0)
		return;
	fill_row(o, driver, it, state, error, now_us, &row);
	if (o->first == NULL && write_delivery(o->db, &row) == 0)
		return;
	if (o->first == NULL)
		complain(o, "a delivery cannot be written");
	u = malloc(sizeof(*u));
	if (u == NULL) {
		log_error(mod,
		    "no memory is left; decision D%lld may be sent "
		    "again",
		    (long long)it->decision_seq);
		return;
	}
	u->next = NULL;
	u->row = row;
	*o->last = u;
	o->last = &u->next;
	o->n_unsaved++;
}

static int flush_unsaved(struct outbox *o)
{
	while (o->first != NULL) {
		struct unsaved *u = o->first;

		if (write_delivery(o->db, &u->row) != 0) {
			complain(o, "a delivery cannot be written");
			return -1;
		}
		o->first = u->next;
		if (o->first == NULL)
			o->last = &o->first;
		o->n_unsaved--;
		free(u);
	}
	return 0;
}

/* --- new decisions --------------------------------------------------------*/

static int on_decision(void *arg, const struct decision *d)
{
	struct outbox *o = arg;

	o->batch[o->n_batch++] = *d;
	return o->n_batch == BATCH;
}

static int add_for_driver(struct outbox *o, size_t i, struct customer *c,
    const struct decision *d, int64_t now_us)
{
	struct slot *s = &c->slots[i];
	bool block = d->action == ACTION_BLOCK;
	bool nothing = !block && !s->held && s->first == NULL;
	struct item it = {.decision_seq = d->seq,
	    .created_us = now_us,
	    .next_us = now_us,
	    .op = block ? ITEM_BLOCK : ITEM_UNBLOCK,
	    .event = block ? (s->held ? ITEM_RENEW : ITEM_NEW)
			   : outbox_end_event(d->cause)};
	struct delivery row;

	fill_row(o, i, &it, nothing ? "done" : "pending",
	    nothing ? "no block was sent" : "", now_us, &row);
	if (write_delivery(o->db, &row) != 0)
		return -1;
	o->cursor[i] = d->seq;
	if (nothing)
		return 0;
	it.delivery_id = row.id;
	if (outbox_append(s, &it) == NULL)
		log_fatal(mod, "no memory is left for a delivery; give the "
			       "machine more and start again");
	o->cb(o->arg, i, s);
	return 0;
}

/* Only what was decided in mode enforce is anybody's business. */
static int add_decision(
    struct outbox *o, const struct decision *d, int64_t now_us)
{
	bool enforce = d->mode == MODE_ENFORCE;
	struct customer *c = NULL;
	int rc = 0;

	if (enforce) {
		c = desired_note(o->desired, d);
		if (c == NULL)
			log_fatal(mod, "no memory is left for a customer; "
				       "give the machine more and start "
				       "again");
	}
	for (size_t i = 0; i < o->conf->n_drivers && rc == 0; i++) {
		if (o->cursor[i] >= d->seq)
			continue;
		if (enforce)
			rc = add_for_driver(o, i, c, d, now_us);
		else
			o->cursor[i] = d->seq;
	}
	if (c != NULL && rc == 0)
		desired_drop_blank(o->desired, c);
	return rc;
}

static int64_t least_cursor(const struct outbox *o)
{
	int64_t least = INT64_MAX;

	for (size_t i = 0; i < o->conf->n_drivers; i++)
		if (o->cursor[i] < least)
			least = o->cursor[i];
	return least;
}

int outbox_poll(struct outbox *o, int64_t now_us)
{
	int total = 0;

	if (flush_unsaved(o) != 0)
		return -1;
	do {
		o->n_batch = 0;
		if (read_decisions_after(
			o->db, least_cursor(o), on_decision, o) < 0) {
			complain(o, "decisions cannot be read");
			return -1;
		}
		for (size_t i = 0; i < o->n_batch; i++)
			if (add_decision(o, &o->batch[i], now_us) != 0) {
				complain(o, "a delivery cannot be written");
				return -1;
			}
		total += (int)o->n_batch;
	} while (o->n_batch == BATCH);
	return total;
}

/* --- before this start ----------------------------------------------------*/

static int load_decision(void *arg, const struct decision *d)
{
	struct outbox *o = arg;
	struct link *links;
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
	o->links[o->n_links].seq = d->seq;
	o->links[o->n_links].customer = desired_note(o->desired, d);
	if (o->links[o->n_links++].customer == NULL)
		o->no_memory = true;
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
		s->held = true;
	else if (it.op == ITEM_UNBLOCK && strcmp(row->state, "done") == 0)
		s->held = false;
	if (!pending)
		return 0;
	if (outbox_append(s, &it) == NULL) {
		o->no_memory = true;
		return 1;
	}
	o->cb(o->arg, o->loading, s);
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
