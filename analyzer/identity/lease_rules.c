/* SPDX-License-Identifier: Apache-2.0 */
/* What each verb does to the book. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/identity/lease_book_inside.h"
#include "base/room.h"
#include "base/target.h"
#include "store/write.h"

/* --- who is touched ------------------------------------------------------- */

int book_touch(struct lease_book *b, const char *customer)
{
	for (size_t i = 0; i < b->n_touched; i++)
		if (strcmp(b->touched[i], customer) == 0)
			return 0;
	if (!ROOM_FOR_ONE(b->touched, b->n_touched, b->cap_touched))
		return -1;
	snprintf(b->touched[b->n_touched++], ROW_ID_LEN, "%s", customer);
	return 0;
}

void book_tell(struct lease_book *b, int64_t at_us)
{
	for (size_t i = 0; i < b->n_touched && b->owner.changed; i++)
		b->owner.changed(b->owner.arg, b->touched[i], at_us);
	b->n_touched = 0;
}

/* --- leases of a session -------------------------------------------------- */

static struct hold_link *book_link(const struct lease_book *b, uint32_t n)
{
	return slab_at(&b->links, n);
}

int book_attach(struct lease_book *b, uint32_t session, uint32_t span)
{
	uint32_t link = slab_new(&b->links);
	struct session *s = sessions_at(b->sessions, session);

	if (link == 0)
		return -1;
	*book_link(b, link) = (struct hold_link){span, s->first};
	s->first = link;
	directory_tag(b->directory, span, session);
	return 0;
}

/* The interval is gone, or the session. */
void book_detach(void *arg, uint32_t span, uint32_t session)
{
	struct lease_book *b = arg;
	uint32_t *at = &sessions_at(b->sessions, session)->first;

	while (*at != 0 && book_link(b, *at)->span != span)
		at = &book_link(b, *at)->next;
	if (*at != 0) {
		uint32_t link = *at;

		*at = book_link(b, link)->next;
		slab_give(&b->links, link);
	}
	directory_tag(b->directory, span, 0);
}

static void fill_lease(struct lease *l, const struct holding *h)
{
	memset(l, 0, sizeof(*l));
	l->prefix = h->target.prefix;
	l->first_port = h->target.first_port;
	l->last_port = h->target.last_port;
	l->from_us = h->from_us;
	snprintf(l->source, sizeof(l->source), "%s", h->source);
}

/* It ends at at_us, if it has not ended before. It stays with its session: an
 * earlier Stop may still be told. */
static int end_span(struct lease_book *b, uint32_t span, int64_t at_us)
{
	struct holding h;
	struct lease l;

	directory_get(b->directory, span, &h);
	if (h.until_us <= at_us)
		return 0;
	if (book_touch(b, h.customer) != 0)
		return -1;
	fill_lease(&l, &h);
	/* It is the last that tells when its session ended. */
	if (h.until_us != INT64_MAX && write_lease_grave_of(b->db, &l) != 0)
		return -1;
	directory_end(b->directory, span, at_us);
	return write_lease_end(b->db, &l, at_us);
}

/* A lease of it that stays tells that the session ended then. */
static bool tells_end(
    const struct lease_book *b, uint32_t session, int64_t at_us)
{
	struct holding h;

	for (uint32_t i = sessions_at(b->sessions, session)->first; i != 0;
	     i = book_link(b, i)->next) {
		directory_get(b->directory, book_link(b, i)->span, &h);
		if (h.from_us < at_us && h.until_us >= at_us)
			return true;
	}
	return false;
}

static int keep_grave(struct lease_book *b, const struct lease_event *e,
    int64_t since_us, int64_t ended_us)
{
	struct lease_grave g = {.since_us = since_us, .ended_us = ended_us};

	memcpy(g.source, e->source, sizeof(g.source));
	memcpy(g.nas, e->nas, sizeof(g.nas));
	memcpy(g.session, e->session, sizeof(g.session));
	return write_lease_grave(b->db, &g);
}

int book_close_session(struct lease_book *b, uint32_t n, int64_t at_us)
{
	uint32_t link;

	while ((link = sessions_at(b->sessions, n)->first) != 0) {
		uint32_t span = book_link(b, link)->span;

		book_detach(b, span, n);
		if (end_span(b, span, at_us) != 0)
			return -1;
	}
	sessions_close(b->sessions, n, at_us);
	return 0;
}

/* --- a lease begins ------------------------------------------------------- */

struct clash {
	struct lease_book *book;
	int64_t from_us, until_us;
	bool failed;
};

/* Another interval of the same place: it is cut where the new one begins, or
 * was there later and cuts the new one. */
static int on_clash(void *arg, uint32_t n, const struct holding *h)
{
	struct clash *c = arg;
	struct lease_book *b = c->book;

	if (strcmp(h->source, LEASE_OF_FILE) == 0 || h->until_us <= c->from_us)
		return 0;
	if (h->from_us > c->from_us) {
		if (h->from_us < c->until_us)
			c->until_us = h->from_us;
		return 0;
	}
	if (!ROOM_FOR_ONE(b->cut, b->n_cut, b->cap_cut)) {
		c->failed = true;
		return 1;
	}
	b->cut[b->n_cut++] = n;
	return 0;
}

static int take_over(
    struct lease_book *b, uint32_t span, int64_t at_us, uint32_t session)
{
	struct holding h;

	directory_get(b->directory, span, &h);
	b->counts[LEASES_TAKEN_OVER] +=
	    h.until_us == INT64_MAX && h.tag != session;
	return end_span(b, span, at_us);
}

static void name_class(
    const struct lease_book *b, const struct lease_event *e, struct lease *l)
{
	int named = line_class_parse(e->line_class);

	if (e->line_class[0] != '\0' && named > CLASS_UNKNOWN)
		l->line_class = (enum line_class)named;
	else if (!directory_customer(
		     b->directory, e->customer, &l->line_class) ||
		 l->line_class == CLASS_UNKNOWN)
		l->line_class = CLASS_DYNAMIC;
}

/* session 0: it is over. */
static int begin_span(struct lease_book *b, const struct lease_event *e,
    const struct target *t, int64_t until_us, uint32_t session)
{
	struct clash c = {b, e->at_us, until_us, false};
	struct lease l;
	uint32_t span;

	b->n_cut = 0;
	directory_overlapping(b->directory, t, on_clash, &c);
	if (c.failed || book_touch(b, e->customer) != 0)
		return -1;
	for (size_t i = 0; i < b->n_cut; i++)
		if (take_over(b, b->cut[i], e->at_us, session) != 0)
			return -1;
	memset(&l, 0, sizeof(l));
	l.prefix = t->prefix;
	l.first_port = t->first_port;
	l.last_port = t->last_port;
	l.from_us = e->at_us;
	l.until_us = c.until_us;
	memcpy(l.customer, e->customer, sizeof(l.customer));
	memcpy(l.source, e->source, sizeof(l.source));
	memcpy(l.nas, e->nas, sizeof(l.nas));
	memcpy(l.session, e->session, sizeof(l.session));
	name_class(b, e, &l);
	span = directory_add(b->directory, &l);
	if (span == 0 || write_lease(b->db, &l) != 0)
		return -1;
	return session != 0 ? book_attach(b, session, span) : 0;
}

/* --- verbs ---------------------------------------------------------------- */

/* The session's interval of the target that has not ended. */
static bool holds(
    const struct lease_book *b, uint32_t session, const struct target *t)
{
	struct holding h;

	for (uint32_t i = sessions_at(b->sessions, session)->first; i != 0;
	     i = book_link(b, i)->next) {
		directory_get(b->directory, book_link(b, i)->span, &h);
		if (h.until_us == INT64_MAX &&
		    target_compare(&h.target, t) == 0)
			return true;
	}
	return false;
}

static bool names(const struct lease_event *e, const struct target *t)
{
	for (int i = 0; i < e->n_targets; i++)
		if (target_compare(&e->targets[i], t) == 0)
			return true;
	return false;
}

/* The session's customer; NULL: it holds nothing. */
static const char *customer_of(const struct lease_book *b, uint32_t session)
{
	uint32_t link = sessions_at(b->sessions, session)->first;
	struct holding h;

	if (link == 0)
		return NULL;
	directory_get(b->directory, book_link(b, link)->span, &h);
	return h.customer;
}

/* One of the session's that has not ended and that the event does not name; 0:
 * there is none. */
static uint32_t find_unnamed(
    const struct lease_book *b, const struct lease_event *e, uint32_t session)
{
	struct holding h;

	for (uint32_t i = sessions_at(b->sessions, session)->first; i != 0;
	     i = book_link(b, i)->next) {
		directory_get(b->directory, book_link(b, i)->span, &h);
		if (h.until_us > e->at_us && !names(e, &h.target))
			return book_link(b, i)->span;
	}
	return 0;
}

/* A session says what it holds: what is not in it any more ends, what is new
 * begins. 1: something changed. */
static int restate(
    struct lease_book *b, const struct lease_event *e, uint32_t session)
{
	int changed = 0;
	uint32_t span;

	while ((span = find_unnamed(b, e, session)) != 0) {
		changed = 1;
		if (end_span(b, span, e->at_us) != 0)
			return -1;
	}
	for (int k = 0; k < e->n_targets; k++) {
		if (holds(b, session, &e->targets[k]))
			continue;
		changed = 1;
		if (begin_span(b, e, &e->targets[k], INT64_MAX, session) != 0)
			return -1;
	}
	return changed;
}

/* It held the targets from then on already. */
static int hold_before(struct lease_book *b, const struct lease_event *e,
    int64_t *since_us, uint32_t session)
{
	int64_t until_us = *since_us;

	*since_us = e->at_us;
	b->counts[LEASES_BEGUN]++;
	for (int i = 0; i < e->n_targets; i++)
		if (begin_span(b, e, &e->targets[i], until_us, session) != 0)
			return -1;
	return 0;
}

static int open_session(
    struct lease_book *b, const struct lease_event *e, uint64_t key)
{
	int64_t reset_us = sessions_reset_us(b->sessions, e->source, e->nas);
	struct grave g = {reset_us, reset_us};
	uint32_t n;

	/* A reboot was told before it. */
	if (e->at_us < reset_us) {
		if (hold_before(b, e, &g.since_us, 0) != 0)
			return -1;
		sessions_bury(b->sessions, key, &g);
		return 0;
	}
	n = sessions_open(b->sessions, key, e->source, e->nas, e->at_us);
	if (n == 0)
		return -1;
	b->counts[LEASES_BEGUN]++;
	return restate(b, e, n) < 0 ? -1 : 0;
}

static int known_session(
    struct lease_book *b, const struct lease_event *e, uint32_t n)
{
	const char *customer = customer_of(b, n);
	struct session *s = sessions_at(b->sessions, n);
	uint64_t key = s->key;
	int changed;

	if (e->at_us < s->since_us)
		return hold_before(b, e, &s->since_us, n);
	if (e->at_us < s->seen_us) {
		b->counts[LEASES_LATE]++;
		return 0;
	}
	/* The NAS uses the name again, and the Stop was lost. */
	if (customer != NULL && e->customer[0] != '\0' &&
	    strcmp(customer, e->customer) != 0 && e->n_targets > 0)
		return book_close_session(b, n, e->at_us) != 0
			   ? -1
			   : open_session(b, e, key);
	changed = e->n_targets > 0 ? restate(b, e, n) : 0;
	if (changed < 0)
		return -1;
	sessions_seen(b->sessions, n, e->at_us);
	b->counts[e->verb == LEASE_VERB_REFRESH || changed ? LEASES_REFRESHED
							   : LEASES_AGAIN]++;
	return 0;
}

/* Somebody has them since then, and nobody knows who: whoever had them before
 * has not. */
static int end_holders(struct lease_book *b, const struct lease_event *e)
{
	b->counts[LEASES_NAMELESS]++;
	for (int k = 0; k < e->n_targets; k++) {
		struct clash c = {b, e->at_us, INT64_MAX, false};

		b->n_cut = 0;
		directory_overlapping(
		    b->directory, &e->targets[k], on_clash, &c);
		if (c.failed)
			return -1;
		for (size_t i = 0; i < b->n_cut; i++)
			if (take_over(b, b->cut[i], e->at_us, 0) != 0)
				return -1;
	}
	return 1;
}

static int take_begin(
    struct lease_book *b, const struct lease_event *e, uint64_t key)
{
	uint32_t n = sessions_find(b->sessions, key);
	const struct grave *known;
	struct grave g;

	if (n != 0)
		return known_session(b, e, n);
	known = sessions_grave(b->sessions, key);
	if (known != NULL && e->at_us <= known->ended_us) {
		g = *known;
		if (e->at_us >= g.since_us) {
			b->counts[LEASES_AGAIN]++;
			return 0;
		}
		if (hold_before(b, e, &g.since_us, 0) != 0)
			return -1;
		sessions_bury(b->sessions, key, &g);
		return 0;
	}
	if (e->customer[0] == '\0' && e->n_targets > 0)
		return end_holders(b, e);
	if (e->n_targets == 0) {
		b->counts[LEASES_REFUSED]++;
		return 1;
	}
	return open_session(b, e, key);
}

static int take_end(
    struct lease_book *b, const struct lease_event *e, uint64_t key)
{
	uint32_t n = sessions_find(b->sessions, key);
	struct grave g = {e->at_us, e->at_us};

	if (n == 0) {
		bool known = sessions_grave(b->sessions, key) != NULL;

		b->counts[known ? LEASES_AGAIN : LEASES_LATE]++;
		if (known)
			return 0;
		sessions_bury(b->sessions, key, &g);
		return keep_grave(b, e, e->at_us, e->at_us);
	}
	/* of an earlier session of this name */
	if (e->at_us < sessions_at(b->sessions, n)->since_us) {
		b->counts[LEASES_LATE]++;
		return 0;
	}
	b->counts[LEASES_ENDED]++;
	if (!tells_end(b, n, e->at_us) &&
	    keep_grave(b, e, sessions_at(b->sessions, n)->since_us, e->at_us) !=
		0)
		return -1;
	return book_close_session(b, n, e->at_us);
}

/* Its name of a session is empty. */
static int take_reset(struct lease_book *b, const struct lease_event *e)
{
	uint32_t n = sessions_of_nas(b->sessions, e->source, e->nas), next;

	for (; n != 0; n = next) {
		next = sessions_at(b->sessions, n)->next_of_nas;
		if (sessions_at(b->sessions, n)->since_us > e->at_us)
			continue;
		b->counts[LEASES_RESET]++;
		if (book_close_session(b, n, e->at_us) != 0)
			return -1;
	}
	if (e->at_us <= sessions_reset_us(b->sessions, e->source, e->nas))
		return 0;
	if (sessions_note_reset(b->sessions, e->source, e->nas, e->at_us) != 0)
		return -1;
	return keep_grave(b, e, e->at_us, e->at_us);
}

int book_apply(struct lease_book *b, const struct lease_event *e)
{
	uint64_t key = sessions_key(b->sessions, e->source, e->nas, e->session);

	switch (e->verb) {
	case LEASE_VERB_BEGIN:
	case LEASE_VERB_REFRESH:
		return take_begin(b, e, key);
	case LEASE_VERB_END:
		return take_end(b, e, key);
	case LEASE_VERB_RESET:
		return take_reset(b, e);
	}
	return 1;
}
