/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/directory_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/siphash.h"

/* Ended intervals that one address keeps: one that changes hands all day must
 * not make look-ups slow. Those with a tag may still be corrected. */
#define ENDED_MAX  16
#define TAGGED_MAX 128

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

uint32_t *directory_newest(const struct directory *d, const struct prefix *p)
{
	return index_find(&d->by_net, hash_of(d, p), same, d, p);
}

static void count_length(struct directory *d, const struct prefix *p, int add)
{
	bool v4 = addr_is_v4(&p->addr);
	uint64_t bit = UINT64_C(1) << p->len % 64;

	d->n_len[v4][p->len] += (size_t)add;
	if (d->n_len[v4][p->len] > 0)
		d->has_len[v4][p->len / 64] |= bit;
	else
		d->has_len[v4][p->len / 64] &= ~bit;
}

static bool same_share(const void *owner, uint32_t n, const void *key)
{
	const struct share *s = share_at(owner, n);
	const struct prefix *p = key;

	return s->prefix.len == p->len && addr_equal(&s->prefix.addr, &p->addr);
}

uint32_t *directory_share(const struct directory *d, const struct prefix *p)
{
	return index_find(&d->by_share, hash_of(d, p), same_share, d, p);
}

static int link_share(struct directory *d, uint32_t n)
{
	struct span *s = at(d, n);
	struct prefix p = prefix_of(s);
	uint32_t *place = directory_share(d, &p), share;

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
	count_length(d, &p, 1);
	return 0;
}

static void unlink_share(struct directory *d, uint32_t n)
{
	struct span *s = at(d, n);
	struct prefix p = prefix_of(s);
	uint32_t *place = directory_share(d, &p), share;

	if (place == NULL)
		return;
	share = *place;
	share_drop(share_at(d, share), s->first_port, n);
	if (share_at(d, share)->n > 0)
		return;
	index_drop(&d->by_share, place);
	share_clear(share_at(d, share));
	slab_give(&d->shares, share);
	count_length(d, &p, -1);
}

static int link_net(struct directory *d, uint32_t n)
{
	struct span *s = at(d, n);
	struct prefix p = prefix_of(s);
	uint32_t *place, before;

	if (is_shared(s))
		return link_share(d, n);
	place = directory_newest(d, &p);
	if (place == NULL) {
		if (index_add(&d->by_net, hash_of(d, &p), n) != 0)
			return -1;
		count_length(d, &p, 1);
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
	place = directory_newest(d, &p);
	if (place == NULL)
		return;
	if (*place == n && s->older == 0) {
		index_drop(&d->by_net, place);
		count_length(d, &p, -1);
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
	uint32_t *place = whole ? directory_newest(d, &t->prefix)
				: directory_share(d, &t->prefix);
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
	s->shared = l->last_port != 0;
	if (s->shared) {
		s->first_port = l->first_port;
		s->last_port = l->last_port;
	}
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
