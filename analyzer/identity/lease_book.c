/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/lease_book_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/read.h"
#include "store/write.h"

/* What the desk handed in stays for whoever asks who did it. */
#define KEEP_REQUESTS_US (30 * US_PER_DAY)
#define FORGET_AT_ONCE   1000
/* A NAS whose clock is further ahead than that is not believed. */
#define AHEAD_US (300 * US_PER_S)
/* Of what ended, so much stays in memory. */
#define KEEP_US (24 * 3600 * US_PER_S)

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
	case LEASES_NAMELESS:
		return "leases_nameless";
	case LEASES_REFUSED:
		return "leases_refused";
	case LEASES_COUNTS:
		break;
	}
	return "?";
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
	    e->source[0] == '\0' || strcmp(e->source, LEASE_OF_FILE) == 0 ||
	    !is_name(e->customer))
		return false;
	for (int i = 0; i < e->n_targets; i++)
		if (!clean_target(&e->targets[i]))
			return false;
	return e->verb == LEASE_VERB_RESET || e->session[0] != '\0';
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
	rc = book_apply(b, &e);
	if (rc >= 0)
		book_tell(b, e.at_us);
	return rc;
}

int lease_book_tick(struct lease_book *b, int64_t now_us)
{
	int64_t timeout_us = b->conf->lease_timeout_s * US_PER_S;
	uint32_t n;

	directory_forget(b->directory, now_us - KEEP_US);
	if (forget_lease_graves(b->db, now_us - KEEP_US) != 0 ||
	    forget_lease_requests(
		b->db, now_us - KEEP_REQUESTS_US, FORGET_AT_ONCE) != 0)
		return -1;
	while (timeout_us > 0 && (n = sessions_oldest(b->sessions)) != 0) {
		int64_t seen_us = sessions_at(b->sessions, n)->seen_us;

		if (now_us - seen_us < timeout_us)
			break;
		b->counts[LEASES_TIMED_OUT]++;
		b->n_touched = 0;
		/* Nobody knows who had it since. */
		if (book_close_session(b, n, seen_us) != 0)
			return -1;
		book_tell(b, now_us);
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

	if (strcmp(h->source, LEASE_OF_FILE) != 0 || h->until_us != INT64_MAX ||
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
	r->failed |= book_touch(r->book, l->customer) != 0;
}

static void on_begun(void *arg, const struct lease *l, int64_t now_us)
{
	struct reload *r = arg;

	(void)now_us;
	r->change->begun++;
	r->failed |= directory_add(r->book->directory, l) == 0 ||
		     book_touch(r->book, l->customer) != 0;
}

int lease_book_subscribers(struct lease_book *b, const struct lease *leases,
    size_t n, const struct customer_row *customers, size_t n_customers,
    int64_t now_us, struct lease_change *change)
{
	struct reload r = {.book = b, .change = change};
	struct lease_watch watch = {on_begun, on_ended, &r};

	memset(change, 0, sizeof(*change));
	b->n_touched = 0;
	if (write_leases_watched(
		b->db, LEASE_OF_FILE, leases, n, now_us, &watch) != 0 ||
	    write_customers(b->db, customers, n_customers) != 0 || r.failed)
		return -1;
	for (size_t i = 0; i < n_customers; i++)
		if (directory_describe(b->directory, customers[i].id,
			customers[i].line_class, customers[i].own_domains) != 0)
			return -1;
	book_tell(b, now_us);
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

	/* What was forgotten may be nearer than what is found. */
	if (at_us >= directory_since_us(b->directory) && at_us >= b->loaded_us)
		return got;
	rc = read_lease_at(b->db, a, port, at_us, l);
	if (rc < 0)
		return DIRECTORY_UNREADABLE;
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

static void load_grave(
    struct lease_book *b, uint64_t key, int64_t since_us, int64_t ended_us)
{
	const struct grave *known = sessions_grave(b->sessions, key);
	struct grave g = {since_us, ended_us};

	if (known != NULL && known->since_us < g.since_us)
		g.since_us = known->since_us;
	if (known != NULL && known->ended_us > g.ended_us)
		g.ended_us = known->ended_us;
	sessions_bury(b->sessions, key, &g);
}

/* The session of a lease that has ended. It may go on: then it is found open
 * before its grave is asked for. */
static void load_end(struct lease_book *b, const struct lease *l)
{
	load_grave(b, sessions_key(b->sessions, l->source, l->nas, l->session),
	    l->from_us, l->until_us);
}

static int load_told(void *arg, const struct lease_grave *g)
{
	struct loading *x = arg;
	struct lease_book *b = x->book;

	if (g->session[0] != '\0') {
		load_grave(b,
		    sessions_key(b->sessions, g->source, g->nas, g->session),
		    g->since_us, g->ended_us);
		return 0;
	}
	x->failed = sessions_note_reset(
			b->sessions, g->source, g->nas, g->ended_us) != 0;
	return x->failed;
}

static int load_lease(void *arg, const struct lease *l)
{
	struct loading *x = arg;
	struct lease_book *b = x->book;
	uint32_t span = directory_add(b->directory, l), n;
	uint64_t key;

	x->failed = true;
	if (span == 0)
		return 1;
	if (l->session[0] != '\0' && l->until_us != INT64_MAX)
		load_end(b, l);
	if (l->session[0] != '\0' && l->until_us == INT64_MAX) {
		key = sessions_key(b->sessions, l->source, l->nas, l->session);
		n = sessions_find(b->sessions, key);
		if (n == 0)
			n = sessions_open(
			    b->sessions, key, l->source, l->nas, x->now_us);
		if (n == 0 || book_attach(b, n, span) != 0)
			return 1;
		/* Opened as seen now: else each would pass all before it. */
		if (l->from_us < sessions_at(b->sessions, n)->since_us)
			sessions_at(b->sessions, n)->since_us = l->from_us;
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
	directory_on_drop(d, book_detach, b);
	b->loaded_us = INT64_MIN;
	if (read_lease_ended(db, now_us - KEEP_US) > 0)
		b->loaded_us = now_us - KEEP_US;
	if (b->sessions != NULL &&
	    read_leases_since(db, now_us - KEEP_US, load_lease, &x) == 0 &&
	    read_lease_graves(db, load_told, &x) == 0 &&
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
