/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/lease_book.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/identity/sessions.h"
#include "analyzer/identity/slab.h"
#include "base/clock.h"
#include "store/read.h"
#include "store/target.h"
#include "store/write.h"

/* A NAS whose clock is further ahead than that is not believed. */
#define AHEAD_US (300 * US_PER_S)
/* Of what ended, so much stays in memory. */
#define KEEP_US (24 * 3600 * US_PER_S)

static const char of_file[] = "static";

/* One lease of a session: a link of its list. */
struct hold_link {
	uint32_t span, next;
};

struct lease_book {
	struct db *db;
	struct directory *directory;
	struct sessions *sessions;
	struct slab links;
	const struct conf *conf;
	struct lease_book_owner owner;
	/* of the event at hand */
	char (*touched)[ROW_ID_LEN];
	size_t n_touched, cap_touched;
	uint32_t *cut;
	size_t n_cut, cap_cut;
	struct lease found; /* what lease_book_find() lends */
	int64_t counts[LEASES_COUNTS];
};

const char *lease_count_name(enum lease_count c)
{
	switch (c) {
	case LEASES_BEGUN:
		return "leases_begun";
	case LEASES_REFRESHED:
		return "leases_refreshed";
	case LEASES_ENDED:
		return "leases_ended";
	case LEASES_RESET:
		return "leases_reset";
	case LEASES_AGAIN:
		return "leases_again";
	case LEASES_LATE:
		return "leases_late";
	case LEASES_TAKEN_OVER:
		return "leases_taken_over";
	case LEASES_TIMED_OUT:
		return "leases_timed_out";
	case LEASES_REFUSED:
		return "leases_refused";
	case LEASES_COUNTS:
		break;
	}
	return "?";
}

/* --- who is touched ------------------------------------------------------- */

static int touch(struct lease_book *b, const char *customer)
{
	for (size_t i = 0; i < b->n_touched; i++)
		if (strcmp(b->touched[i], customer) == 0)
			return 0;
	if (b->n_touched == b->cap_touched) {
		size_t cap = b->cap_touched ? 2 * b->cap_touched : 8;
		void *v = realloc(b->touched, cap * sizeof(*b->touched));

		if (v == NULL)
			return -1;
		b->touched = v;
		b->cap_touched = cap;
	}
	snprintf(b->touched[b->n_touched++], ROW_ID_LEN, "%s", customer);
	return 0;
}

static void tell(struct lease_book *b, int64_t at_us)
{
	for (size_t i = 0; i < b->n_touched && b->owner.changed; i++)
		b->owner.changed(b->owner.arg, b->touched[i], at_us);
	b->n_touched = 0;
}

/* --- leases of a session -------------------------------------------------- */

static struct hold_link *link_at(const struct lease_book *b, uint32_t n)
{
	return slab_at(&b->links, n);
}

static int attach(struct lease_book *b, uint32_t session, uint32_t span)
{
	uint32_t link = slab_new(&b->links);
	struct session *s = sessions_at(b->sessions, session);

	if (link == 0)
		return -1;
	*link_at(b, link) = (struct hold_link){span, s->first};
	s->first = link;
	directory_tag(b->directory, span, session);
	return 0;
}

/* The interval is gone, or the session. */
static void detach(void *arg, uint32_t span, uint32_t session)
{
	struct lease_book *b = arg;
	uint32_t *at = &sessions_at(b->sessions, session)->first;

	while (*at != 0 && link_at(b, *at)->span != span)
		at = &link_at(b, *at)->next;
	if (*at != 0) {
		uint32_t link = *at;

		*at = link_at(b, link)->next;
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
	if (touch(b, h.customer) != 0)
		return -1;
	fill_lease(&l, &h);
	directory_end(b->directory, span, at_us);
	return write_lease_end(b->db, &l, at_us);
}

static int close_session(struct lease_book *b, uint32_t n, int64_t at_us)
{
	uint32_t link;

	while ((link = sessions_at(b->sessions, n)->first) != 0) {
		uint32_t span = link_at(b, link)->span;

		detach(b, span, n);
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

	if (strcmp(h->source, of_file) == 0 || h->until_us <= c->from_us)
		return 0;
	if (h->from_us > c->from_us) {
		if (h->from_us < c->until_us)
			c->until_us = h->from_us;
		return 0;
	}
	if (b->n_cut == b->cap_cut) {
		size_t cap = b->cap_cut ? 2 * b->cap_cut : 16;
		void *v = realloc(b->cut, cap * sizeof(*b->cut));

		c->failed = v == NULL;
		if (v == NULL)
			return 1;
		b->cut = v;
		b->cap_cut = cap;
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
	if (c.failed || touch(b, e->customer) != 0)
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
	return session != 0 ? attach(b, session, span) : 0;
}

/* --- verbs ---------------------------------------------------------------- */

/* The session's interval of the target that has not ended. */
static bool holds(
    const struct lease_book *b, uint32_t session, const struct target *t)
{
	struct holding h;

	for (uint32_t i = sessions_at(b->sessions, session)->first; i != 0;
	     i = link_at(b, i)->next) {
		directory_get(b->directory, link_at(b, i)->span, &h);
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
	directory_get(b->directory, link_at(b, link)->span, &h);
	return h.customer;
}

/* One of the session's that has not ended and that the event does not name; 0:
 * there is none. */
static uint32_t find_unnamed(
    const struct lease_book *b, const struct lease_event *e, uint32_t session)
{
	struct holding h;

	for (uint32_t i = sessions_at(b->sessions, session)->first; i != 0;
	     i = link_at(b, i)->next) {
		directory_get(b->directory, link_at(b, i)->span, &h);
		if (h.until_us > e->at_us && !names(e, &h.target))
			return link_at(b, i)->span;
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
		return close_session(b, n, e->at_us) != 0
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
	if (e->customer[0] == '\0' || e->n_targets == 0) {
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
		if (!known)
			sessions_bury(b->sessions, key, &g);
		return 0;
	}
	/* of an earlier session of this name */
	if (e->at_us < sessions_at(b->sessions, n)->since_us) {
		b->counts[LEASES_LATE]++;
		return 0;
	}
	b->counts[LEASES_ENDED]++;
	return close_session(b, n, e->at_us);
}

static int take_reset(struct lease_book *b, const struct lease_event *e)
{
	uint32_t n = sessions_of_nas(b->sessions, e->source, e->nas), next;

	for (; n != 0; n = next) {
		next = sessions_at(b->sessions, n)->next_of_nas;
		if (sessions_at(b->sessions, n)->since_us > e->at_us)
			continue;
		b->counts[LEASES_RESET]++;
		if (close_session(b, n, e->at_us) != 0)
			return -1;
	}
	return sessions_note_reset(b->sessions, e->source, e->nas, e->at_us);
}

/* Both ports 0 is the whole; 0 to 65535 says the same. */
static bool clean_target(struct target *t)
{
	if (t->prefix.len > 128 || t->first_port > t->last_port)
		return false;
	t->prefix.addr = prefix_first(&t->prefix);
	if (t->first_port == 0 && t->last_port == UINT16_MAX)
		t->last_port = 0;
	return true;
}

static bool is_name(const char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || *s == 127)
			return false;
	return true;
}

static bool is_sane(struct lease_event *e, int64_t now_us)
{
	if (e->at_us < 0 || e->at_us >= INT64_MAX / 2 ||
	    (now_us != INT64_MAX && e->at_us > now_us + AHEAD_US) ||
	    e->n_targets < 0 || e->n_targets > LEASE_TARGETS_MAX ||
	    e->source[0] == '\0' || strcmp(e->source, of_file) == 0 ||
	    !is_name(e->customer))
		return false;
	for (int i = 0; i < e->n_targets; i++)
		if (!clean_target(&e->targets[i]))
			return false;
	return e->verb == LEASE_VERB_RESET || e->session[0] != '\0';
}

static int take(struct lease_book *b, const struct lease_event *e)
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

int lease_book_take(
    struct lease_book *b, const struct lease_event *told, int64_t now_us)
{
	struct lease_event e = *told;
	int rc;

	if (!is_sane(&e, now_us)) {
		b->counts[LEASES_REFUSED]++;
		return 1;
	}
	b->n_touched = 0;
	rc = take(b, &e);
	if (rc >= 0)
		tell(b, e.at_us);
	return rc;
}

int lease_book_tick(struct lease_book *b, int64_t now_us)
{
	int64_t timeout_us = b->conf->lease_timeout_s * US_PER_S;
	uint32_t n;

	directory_forget(b->directory, now_us - KEEP_US);
	while (timeout_us > 0 && (n = sessions_oldest(b->sessions)) != 0) {
		int64_t seen_us = sessions_at(b->sessions, n)->seen_us;

		if (now_us - seen_us < timeout_us)
			break;
		b->counts[LEASES_TIMED_OUT]++;
		b->n_touched = 0;
		/* Nobody knows who had it since. */
		if (close_session(b, n, seen_us) != 0)
			return -1;
		tell(b, now_us);
	}
	return 0;
}

/* --- the subscriber file -------------------------------------------------- */

struct reload {
	struct lease_book *book;
	struct lease_change *change;
	const struct lease *ended; /* that is looked for */
	uint32_t found;
	bool failed;
};

static int find_ended(void *arg, uint32_t n, const struct holding *h)
{
	struct reload *r = arg;

	if (strcmp(h->source, of_file) != 0 || h->until_us != INT64_MAX ||
	    h->target.first_port != r->ended->first_port)
		return 0;
	r->found = n;
	return 1;
}

static void on_ended(void *arg, const struct lease *l, int64_t now_us)
{
	struct target t = {l->prefix, l->first_port, l->last_port};
	struct reload *r = arg;

	r->ended = l;
	r->found = 0;
	r->change->ended++;
	directory_overlapping(r->book->directory, &t, find_ended, r);
	if (r->found != 0)
		directory_end(r->book->directory, r->found, now_us);
	r->failed |= touch(r->book, l->customer) != 0;
}

static void on_begun(void *arg, const struct lease *l, int64_t now_us)
{
	struct reload *r = arg;

	(void)now_us;
	r->change->begun++;
	r->failed |= directory_add(r->book->directory, l) == 0 ||
		     touch(r->book, l->customer) != 0;
}

int lease_book_subscribers(struct lease_book *b, const struct lease *leases,
    size_t n, const struct customer_row *customers, size_t n_customers,
    int64_t now_us, struct lease_change *change)
{
	struct reload r = {.book = b, .change = change};
	struct lease_watch watch = {on_begun, on_ended, &r};

	memset(change, 0, sizeof(*change));
	b->n_touched = 0;
	if (write_leases_watched(b->db, of_file, leases, n, now_us, &watch) !=
		0 ||
	    write_customers(b->db, customers, n_customers) != 0 || r.failed)
		return -1;
	for (size_t i = 0; i < n_customers; i++)
		if (directory_describe(b->directory, customers[i].id,
			customers[i].line_class, customers[i].own_domains) != 0)
			return -1;
	tell(b, now_us);
	return 0;
}

/* --- questions ------------------------------------------------------------ */

enum directory_answer lease_book_find(struct lease_book *b,
    const struct addr *a, uint16_t port, int64_t at_us, struct holding *out)
{
	enum directory_answer got =
	    directory_find(b->directory, a, port, at_us, out);
	struct lease *l = &b->found;
	int rc;

	if (got != DIRECTORY_NOBODY ||
	    at_us >= directory_since_us(b->directory))
		return got;
	rc = read_lease_at(b->db, a, port, at_us, l);
	if (rc != 1)
		return rc == 2 ? DIRECTORY_SHARED : DIRECTORY_NOBODY;
	*out = (struct holding){.customer = l->customer,
	    .own_domains = l->own_domains,
	    .line_class = l->line_class,
	    .source = l->source,
	    .target = {l->prefix, l->first_port, l->last_port},
	    .from_us = l->from_us,
	    .until_us = l->until_us};
	return DIRECTORY_FOUND;
}

int64_t lease_book_count(const struct lease_book *b, enum lease_count c)
{
	return b->counts[c];
}

size_t lease_book_bytes(const struct lease_book *b)
{
	return directory_bytes(b->directory) + sessions_bytes(b->sessions) +
	       slab_bytes(&b->links);
}

/* --- open and close ------------------------------------------------------- */

struct loading {
	struct lease_book *book;
	int64_t now_us;
	bool failed;
};

static int load_lease(void *arg, const struct lease *l)
{
	struct loading *x = arg;
	struct lease_book *b = x->book;
	uint32_t span = directory_add(b->directory, l), n;
	uint64_t key;

	x->failed = true;
	if (span == 0)
		return 1;
	if (l->session[0] != '\0' && l->until_us == INT64_MAX) {
		key = sessions_key(b->sessions, l->source, l->nas, l->session);
		n = sessions_find(b->sessions, key);
		if (n == 0)
			n = sessions_open(
			    b->sessions, key, l->source, l->nas, l->from_us);
		if (n == 0 || attach(b, n, span) != 0)
			return 1;
		sessions_seen(b->sessions, n, x->now_us);
	}
	x->failed = false;
	return 0;
}

static int load_customer(void *arg, const struct customer_row *c)
{
	struct loading *x = arg;

	x->failed = directory_describe(x->book->directory, c->id, c->line_class,
			c->own_domains) != 0;
	return x->failed;
}

struct lease_book *lease_book_new(struct db *db, struct directory *d,
    const struct conf *c, struct lease_book_owner owner, int64_t now_us)
{
	struct lease_book *b = calloc(1, sizeof(*b));
	struct loading x = {b, now_us, false};

	if (b == NULL)
		return NULL;
	b->db = db;
	b->directory = d;
	b->conf = c;
	b->owner = owner;
	slab_init(&b->links, sizeof(struct hold_link));
	b->sessions = sessions_new();
	directory_on_drop(d, detach, b);
	if (b->sessions != NULL &&
	    read_leases_since(db, now_us - KEEP_US, load_lease, &x) == 0 &&
	    read_customers(db, load_customer, &x) == 0)
		return b;
	lease_book_free(b);
	return NULL;
}

void lease_book_free(struct lease_book *b)
{
	if (b == NULL)
		return;
	directory_on_drop(b->directory, NULL, NULL);
	sessions_free(b->sessions);
	slab_clear(&b->links);
	free(b->touched);
	free(b->cut);
	free(b);
}
