/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/directory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "analyzer/identity/holders.h"
#include "analyzer/identity/share.h"
#include "base/siphash.h"
#include "store/target.h"

#define SOURCES_MAX 32
/* Ended intervals that one address keeps: one that changes hands all day must
 * not make look-ups slow. Those with a tag may still be corrected. */
#define ENDED_MAX  16
#define TAGGED_MAX 128

/* An interval. Those of one whole prefix hang together, the newest first;
 * those of parts of its ports are in its share. */
struct span {
	struct addr net;
	int64_t from_us, until_us;
	uint32_t holder;
	uint32_t older;                  /* of the same whole prefix */
	uint32_t next_held, prev_held;   /* of the same customer */
	uint32_t next_ended, prev_ended; /* of all, in the order of ending */
	uint32_t tag;
	uint16_t first_port, last_port;
	uint8_t len, source, line_class;
	bool ended;
};

struct directory {
	struct slab spans;
	struct index by_net; /* whole prefixes: number of the newest */
	struct slab shares;
	struct index by_share;
	struct holders holders;
	uint64_t key[2];
	size_t n, n_len[129]; /* prefixes of each length, whole or shared */
	uint32_t first_ended, last_ended;
	int64_t since_us;
	char sources[SOURCES_MAX][sizeof(((struct lease *)0)->source)];
	unsigned int n_sources;
	void (*dropped)(void *arg, uint32_t n, uint32_t tag);
	void *dropped_arg;
};

static struct span *at(const struct directory *d, uint32_t n)
{
	return slab_at(&d->spans, n);
}

static struct share *share_at(const struct directory *d, uint32_t n)
{
	return slab_at(&d->shares, n);
}

static bool is_shared(const struct span *s)
{
	return s->last_port != 0;
}

struct directory *directory_new(void)
{
	struct directory *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	slab_init(&d->spans, sizeof(struct span));
	slab_init(&d->shares, sizeof(struct share));
	holders_init(&d->holders);
	if (getrandom(d->key, sizeof(d->key), 0) < 0)
		d->key[0] = (uint64_t)(uintptr_t)d;
	d->since_us = INT64_MIN;
	return d;
}

void directory_free(struct directory *d)
{
	if (!d)
		return;
	for (uint32_t i = 1; i <= d->shares.used; i++)
		if (share_at(d, i)->n > 0)
			share_clear(share_at(d, i));
	slab_clear(&d->spans);
	slab_clear(&d->shares);
	index_clear(&d->by_net);
	index_clear(&d->by_share);
	holders_clear(&d->holders);
	free(d);
}

/* --- by prefix ------------------------------------------------------------ */

static uint64_t hash_of(const struct directory *d, const struct prefix *p)
{
	uint64_t m[3];

	memcpy(m, p->addr.b, 16);
	m[2] = p->len;
	return siphash(d->key, m, 3);
}

static bool same(const void *owner, uint32_t n, const void *key)
{
	const struct span *s = at(owner, n);
	const struct prefix *p = key;

	return s->len == p->len && addr_equal(&s->net, &p->addr);
}

static uint32_t *newest(const struct directory *d, const struct prefix *p)
{
	return index_find(&d->by_net, hash_of(d, p), same, d, p);
}

static struct prefix prefix_of(const struct span *s)
{
	return (struct prefix){s->net, s->len};
}

static struct target target_of(const struct span *s)
{
	return (struct target){prefix_of(s), s->first_port, s->last_port};
}

static bool same_share(const void *owner, uint32_t n, const void *key)
{
	const struct share *s = share_at(owner, n);
	const struct prefix *p = key;

	return s->prefix.len == p->len && addr_equal(&s->prefix.addr, &p->addr);
}

static uint32_t *share_of(const struct directory *d, const struct prefix *p)
{
	return index_find(&d->by_share, hash_of(d, p), same_share, d, p);
}

static int link_share(struct directory *d, uint32_t n)
{
	struct span *s = at(d, n);
	struct prefix p = prefix_of(s);
	uint32_t *place = share_of(d, &p), share;

	if (place != NULL)
		return share_add(
		    share_at(d, *place), s->first_port, s->last_port, n);
	share = slab_new(&d->shares);
	if (share == 0)
		return -1;
	share_at(d, share)->prefix = p;
	if (share_add(share_at(d, share), s->first_port, s->last_port, n) !=
		0 ||
	    index_add(&d->by_share, hash_of(d, &p), share) != 0) {
		share_clear(share_at(d, share));
		slab_give(&d->shares, share);
		return -1;
	}
	d->n_len[p.len]++;
	return 0;
}

static void unlink_share(struct directory *d, uint32_t n)
{
	struct span *s = at(d, n);
	struct prefix p = prefix_of(s);
	uint32_t *place = share_of(d, &p), share;

	if (place == NULL)
		return;
	share = *place;
	share_drop(share_at(d, share), s->first_port, n);
	if (share_at(d, share)->n > 0)
		return;
	index_drop(&d->by_share, place);
	share_clear(share_at(d, share));
	slab_give(&d->shares, share);
	d->n_len[p.len]--;
}

static int link_net(struct directory *d, uint32_t n)
{
	struct span *s = at(d, n);
	struct prefix p = prefix_of(s);
	uint32_t *place, before;

	if (is_shared(s))
		return link_share(d, n);
	place = newest(d, &p);
	if (place == NULL) {
		if (index_add(&d->by_net, hash_of(d, &p), n) != 0)
			return -1;
		d->n_len[p.len]++;
		return 0;
	}
	if (at(d, *place)->from_us <= s->from_us) {
		s->older = *place;
		*place = n;
		return 0;
	}
	before = *place;
	while (at(d, before)->older != 0 &&
	       at(d, at(d, before)->older)->from_us > s->from_us)
		before = at(d, before)->older;
	s->older = at(d, before)->older;
	at(d, before)->older = n;
	return 0;
}

static void unlink_net(struct directory *d, uint32_t n)
{
	struct span *s = at(d, n);
	struct prefix p = prefix_of(s);
	uint32_t *place;

	if (is_shared(s)) {
		unlink_share(d, n);
		return;
	}
	place = newest(d, &p);
	if (place == NULL)
		return;
	if (*place == n && s->older == 0) {
		index_drop(&d->by_net, place);
		d->n_len[p.len]--;
		return;
	}
	if (*place == n) {
		*place = s->older;
		return;
	}
	for (uint32_t i = *place; i != 0; i = at(d, i)->older) {
		if (at(d, i)->older == n) {
			at(d, i)->older = s->older;
			return;
		}
	}
}

/* --- by customer ---------------------------------------------------------- */

static void link_holder(struct directory *d, uint32_t n)
{
	struct span *s = at(d, n);
	struct holder *h = holders_at(&d->holders, s->holder);

	s->next_held = h->first;
	if (h->first != 0)
		at(d, h->first)->prev_held = n;
	h->first = n;
	h->held++;
}

static void unlink_holder(struct directory *d, uint32_t n)
{
	struct span *s = at(d, n);
	struct holder *h = holders_at(&d->holders, s->holder);

	if (s->prev_held != 0)
		at(d, s->prev_held)->next_held = s->next_held;
	else
		h->first = s->next_held;
	if (s->next_held != 0)
		at(d, s->next_held)->prev_held = s->prev_held;
	h->held--;
	holders_drop_idle(&d->holders, s->holder);
}

/* --- what has ended ------------------------------------------------------- */

/* Ends come nearly in order: the place is near the end. */
static void link_ended(struct directory *d, uint32_t n)
{
	struct span *s = at(d, n);
	uint32_t before = d->last_ended, after = 0;

	while (before != 0 && at(d, before)->until_us > s->until_us) {
		after = before;
		before = at(d, before)->prev_ended;
	}
	s->prev_ended = before;
	s->next_ended = after;
	if (before != 0)
		at(d, before)->next_ended = n;
	else
		d->first_ended = n;
	if (after != 0)
		at(d, after)->prev_ended = n;
	else
		d->last_ended = n;
	s->ended = true;
}

static void unlink_ended(struct directory *d, uint32_t n)
{
	struct span *s = at(d, n);

	if (!s->ended)
		return;
	if (s->prev_ended != 0)
		at(d, s->prev_ended)->next_ended = s->next_ended;
	else
		d->first_ended = s->next_ended;
	if (s->next_ended != 0)
		at(d, s->next_ended)->prev_ended = s->prev_ended;
	else
		d->last_ended = s->prev_ended;
	s->ended = false;
	s->prev_ended = s->next_ended = 0;
}

/* --- intervals ------------------------------------------------------------ */

static unsigned int source_number(struct directory *d, const char *name)
{
	unsigned int i = 0;

	while (i < d->n_sources && strcmp(d->sources[i], name) != 0)
		i++;
	if (i == d->n_sources && i + 1 < SOURCES_MAX) {
		snprintf(d->sources[i], sizeof(d->sources[i]), "%s", name);
		d->n_sources++;
	}
	return i;
}

void directory_on_drop(struct directory *d,
    void (*dropped)(void *arg, uint32_t n, uint32_t tag), void *arg)
{
	d->dropped = dropped;
	d->dropped_arg = arg;
}

void directory_drop(struct directory *d, uint32_t n)
{
	if (at(d, n)->tag != 0 && d->dropped)
		d->dropped(d->dropped_arg, n, at(d, n)->tag);
	unlink_ended(d, n);
	unlink_net(d, n);
	unlink_holder(d, n);
	slab_give(&d->spans, n);
	d->n--;
}

static void forget_past(struct directory *d, uint32_t n)
{
	if (at(d, n)->until_us > d->since_us)
		d->since_us = at(d, n)->until_us;
	directory_drop(d, n);
}

static void set_end(struct directory *d, uint32_t n, int64_t until_us)
{
	unlink_ended(d, n);
	at(d, n)->until_us = until_us;
	if (until_us != INT64_MAX)
		link_ended(d, n);
}

/* Of those that ended, how many, and which first. */
struct ended {
	unsigned int n, n_tagged;
	uint32_t first, first_tagged;
};

static void note_ended(const struct directory *d, struct ended *e, uint32_t n)
{
	bool tagged = at(d, n)->tag != 0;
	uint32_t *first = tagged ? &e->first_tagged : &e->first;

	if (!at(d, n)->ended)
		return;
	e->n += !tagged;
	e->n_tagged += tagged;
	if (*first == 0 || at(d, n)->until_us < at(d, *first)->until_us)
		*first = n;
}

/* One that is too many of its prefix, or of its first port: the one that
 * ended first. */
static void thin(struct directory *d, const struct target *t)
{
	bool whole = t->last_port == 0;
	uint32_t *place =
	    whole ? newest(d, &t->prefix) : share_of(d, &t->prefix);
	struct ended e = {0};
	const struct share *s;

	if (place == NULL)
		return;
	if (whole) {
		for (uint32_t i = *place; i != 0; i = at(d, i)->older)
			note_ended(d, &e, i);
	} else {
		s = share_at(d, *place);
		for (uint32_t i = share_behind(s, t->first_port);
		     i > 0 && s->v[i - 1].first_port == t->first_port; i--)
			note_ended(d, &e, s->v[i - 1].number);
	}
	if (e.n > ENDED_MAX)
		forget_past(d, e.first);
	if (e.n_tagged > TAGGED_MAX)
		forget_past(d, e.first_tagged);
}

uint32_t directory_add(struct directory *d, const struct lease *l)
{
	uint32_t holder, n;
	struct span *s;

	if (l->prefix.len > 128 || d->spans.used == UINT32_MAX)
		return 0;
	holder = holders_get(&d->holders, l->customer);
	n = holder ? slab_new(&d->spans) : 0;
	if (n == 0)
		return 0;
	s = at(d, n);
	s->net = prefix_first(&l->prefix);
	s->len = l->prefix.len;
	s->from_us = l->from_us;
	s->until_us = INT64_MAX;
	s->holder = holder;
	s->first_port = l->first_port;
	s->last_port = l->last_port;
	s->source = (uint8_t)source_number(d, l->source);
	s->line_class = (uint8_t)l->line_class;
	if (link_net(d, n) != 0) {
		slab_give(&d->spans, n);
		holders_drop_idle(&d->holders, holder);
		return 0;
	}
	link_holder(d, n);
	d->n++;
	if (l->own_domains[0] != '\0' &&
	    holders_set_domains(&d->holders, holder, l->own_domains) != 0) {
		directory_drop(d, n);
		return 0;
	}
	if (l->line_class != CLASS_UNKNOWN)
		holders_at(&d->holders, holder)->line_class = l->line_class;
	set_end(d, n, l->until_us);
	return n;
}

void directory_end(struct directory *d, uint32_t n, int64_t until_us)
{
	struct target t = target_of(at(d, n));

	if (until_us <= at(d, n)->from_us) {
		directory_drop(d, n);
		return;
	}
	set_end(d, n, until_us);
	thin(d, &t);
}

void directory_tag(struct directory *d, uint32_t n, uint32_t tag)
{
	at(d, n)->tag = tag;
}

void directory_forget(struct directory *d, int64_t before_us)
{
	while (
	    d->first_ended != 0 && at(d, d->first_ended)->until_us < before_us)
		forget_past(d, d->first_ended);
}

int64_t directory_since_us(const struct directory *d)
{
	return d->since_us;
}

/* --- questions ------------------------------------------------------------ */

void directory_get(const struct directory *d, uint32_t n, struct holding *out)
{
	const struct span *s = at(d, n);
	const struct holder *h = holders_at(&d->holders, s->holder);

	out->customer = h->id;
	out->own_domains = holders_domains(h);
	out->line_class = s->line_class != CLASS_UNKNOWN
			      ? (enum line_class)s->line_class
			      : h->line_class;
	out->source = d->sources[s->source];
	out->target = target_of(s);
	out->from_us = s->from_us;
	out->until_us = s->until_us;
	out->tag = s->tag;
}

static bool held(const struct span *s, int64_t at_us)
{
	return s->from_us <= at_us && at_us < s->until_us;
}

static uint32_t look_whole(
    const struct directory *d, const struct prefix *p, int64_t at_us)
{
	uint32_t *place = newest(d, p), n = place ? *place : 0;

	while (n != 0 && !held(at(d, n), at_us))
		n = at(d, n)->older;
	return n;
}

/* The newest that holds the port; *shared: somebody had ports of it then. */
static uint32_t look_share(const struct directory *d, const struct prefix *p,
    uint16_t port, int64_t at_us, bool *shared)
{
	uint32_t *place = share_of(d, p), i, n, found = 0;
	const struct share *s;

	*shared = false;
	if (place == NULL)
		return 0;
	s = share_at(d, *place);
	i = share_behind(s, port);
	while (port != 0 && (n = share_next(s, port, &i)) != 0)
		if (held(at(d, n), at_us) &&
		    (found == 0 || at(d, n)->from_us > at(d, found)->from_us))
			found = n;
	for (i = 0; found == 0 && i < s->n && !*shared; i++)
		*shared = held(at(d, s->v[i].number), at_us);
	return found;
}

enum directory_answer directory_find(const struct directory *d,
    const struct addr *a, uint16_t port, int64_t at_us, struct holding *out)
{
	int shortest = addr_is_v4(a) ? 96 : 0;

	for (int len = 128; len >= shortest; len--) {
		struct prefix p = {*a, (uint8_t)len};
		bool shared = false;
		uint32_t n = 0;

		if (d->n_len[len] == 0)
			continue;
		p.addr = prefix_first(&p);
		if (d->by_share.n > 0)
			n = look_share(d, &p, port, at_us, &shared);
		if (shared)
			return DIRECTORY_SHARED;
		if (n == 0)
			n = look_whole(d, &p, at_us);
		if (n == 0)
			continue;
		directory_get(d, n, out);
		return DIRECTORY_FOUND;
	}
	return DIRECTORY_NOBODY;
}

struct walk {
	const struct directory *d;
	const struct target *t;
	int (*cb)(void *arg, uint32_t n, const struct holding *h);
	void *arg;
};

static int visit(const struct walk *w, uint32_t n)
{
	const struct span *s = at(w->d, n);
	struct holding h;

	if (is_shared(s) && w->t->last_port != 0 &&
	    (s->first_port > w->t->last_port ||
		s->last_port < w->t->first_port))
		return 0;
	directory_get(w->d, n, &h);
	return w->cb(w->arg, n, &h);
}

int directory_overlapping(const struct directory *d, const struct target *t,
    int (*cb)(void *arg, uint32_t n, const struct holding *h), void *arg)
{
	struct walk w = {d, t, cb, arg};
	uint32_t *place = newest(d, &t->prefix);
	const struct share *s;
	int rc = 0;

	for (uint32_t n = place ? *place : 0; n != 0 && rc == 0;
	     n = at(d, n)->older)
		rc = visit(&w, n);
	place = share_of(d, &t->prefix);
	s = place ? share_at(d, *place) : NULL;
	for (uint32_t i = s ? s->n : 0; i > 0 && rc == 0; i--)
		rc = visit(&w, s->v[i - 1].number);
	return rc;
}

size_t directory_targets(const struct directory *d, const char *customer,
    int64_t at_us, struct target *targets, size_t max)
{
	uint32_t holder = holders_find(&d->holders, customer);
	size_t n = 0;

	if (holder == 0)
		return 0;
	for (uint32_t i = holders_at(&d->holders, holder)->first;
	     i != 0 && n < max; i = at(d, i)->next_held) {
		const struct span *s = at(d, i);

		if (held(s, at_us))
			targets[n++] = target_of(s);
	}
	targets_sort(targets, n);
	return n;
}

int directory_describe(struct directory *d, const char *customer,
    enum line_class line_class, const char *own_domains)
{
	uint32_t n = holders_get(&d->holders, customer);

	if (n == 0)
		return -1;
	holders_at(&d->holders, n)->line_class = line_class;
	holders_at(&d->holders, n)->kept = true;
	return holders_set_domains(&d->holders, n, own_domains);
}

bool directory_customer(const struct directory *d, const char *customer,
    enum line_class *line_class)
{
	uint32_t n = holders_find(&d->holders, customer);

	if (n == 0)
		return false;
	*line_class = holders_at(&d->holders, n)->line_class;
	return true;
}

size_t directory_count(const struct directory *d)
{
	return d->n;
}

size_t directory_bytes(const struct directory *d)
{
	size_t bytes = slab_bytes(&d->spans) + index_bytes(&d->by_net) +
		       slab_bytes(&d->shares) + index_bytes(&d->by_share) +
		       holders_bytes(&d->holders);

	for (uint32_t i = 1; i <= d->shares.used; i++)
		bytes += share_at(d, i)->cap * sizeof(struct share_part);
	return bytes;
}
