/* SPDX-License-Identifier: Apache-2.0 */
/* What was decided and delivered before this start. */
#include <stdlib.h>
#include <string.h>

#include "analyzer/hooks/outbox_inside.h"
#include "base/log.h"
#include "store/read.h"

static const char mod[] = "hooks";

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
	struct item it = {.has_row = true,
	    .decision_seq = row->decision_seq,
	    .created_us = row->created_us,
	    .next_us = row->next_us,
	    .attempts = row->attempts,
	    .turn = row->turn};
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
	if (row->turn > 0) {
		s->turn_seq = row->decision_seq;
		s->turn = row->turn;
	}
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
	int rc = ahead_load(&o->ahead, o->db);

	if (rc == 0)
		rc = read_decisions_after(o->db, 0, load_decision, o);
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
		outbox_complain(o, "the outbox cannot be read");
		return -1;
	}
	desired_each(o->desired, drop_blank, o);
	/* While nothing waits for it; else with the first decision. */
	if (o->conf->n_drivers > 0)
		(void)ahead_allow(&o->ahead, o->db, outbox_written_until(o),
		    outbox_written_until(o) + 1);
	return 0;
}
