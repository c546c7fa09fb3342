/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/directory_inside.h"

#include <string.h>

#include "base/target.h"

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

/* A session's goes before the file's, whichever was told later. */
static uint32_t look_whole(
    const struct directory *d, const struct prefix *p, int64_t at_us)
{
	uint32_t *place = directory_newest(d, p), n = place ? *place : 0;
	uint32_t of_file = 0;

	for (; n != 0; n = at(d, n)->older) {
		if (!held(at(d, n), at_us))
			continue;
		if (strcmp(d->sources[at(d, n)->source], "static") != 0)
			return n;
		if (of_file == 0)
			of_file = n;
	}
	return of_file;
}

/* The newest that holds the port; *shared: somebody had ports of it then. */
static uint32_t look_share(const struct directory *d, const struct prefix *p,
    uint16_t port, int64_t at_us, bool *shared)
{
	uint32_t *place = directory_share(d, p), i, n, found = 0;
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

/* The longest length below that one of which there is a prefix; -1: none. */
static int longest_below(const struct directory *d, bool v4, int below)
{
	for (int word = (below - 1) / 64; below > 0 && word >= 0; word--) {
		uint64_t bits = d->has_len[v4][word];
		int top = below - word * 64;

		if (top < 64)
			bits &= (UINT64_C(1) << top) - 1;
		if (bits != 0)
			return word * 64 + 63 - __builtin_clzll(bits);
	}
	return -1;
}

enum directory_answer directory_find(const struct directory *d,
    const struct addr *a, uint16_t port, int64_t at_us, struct holding *out)
{
	bool v4 = addr_is_v4(a);
	int shortest = v4 ? 96 : 0;

	for (int len = longest_below(d, v4, 129); len >= shortest;
	     len = longest_below(d, v4, len)) {
		struct prefix p = {*a, (uint8_t)len};
		bool shared = false;
		uint32_t n = 0;

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
	uint32_t *place = directory_newest(d, &t->prefix);
	const struct share *s;
	int rc = 0;

	for (uint32_t n = place ? *place : 0; n != 0 && rc == 0;
	     n = at(d, n)->older)
		rc = visit(&w, n);
	place = directory_share(d, &t->prefix);
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
