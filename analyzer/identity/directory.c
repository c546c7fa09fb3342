/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/directory.h"

#include <stdlib.h>
#include <string.h>

struct directory {
	struct lease *v; /* sealed: by length descending, address, time */
	size_t n, cap;
	size_t *by_customer;
	size_t start[130]; /* where length len begins: start[128 - len] */
};

struct directory *directory_new(void)
{
	return calloc(1, sizeof(struct directory));
}

void directory_free(struct directory *d)
{
	if (!d)
		return;
	free(d->v);
	free(d->by_customer);
	free(d);
}

int directory_add(struct directory *d, const struct lease *l)
{
	if (l->prefix.len > 128)
		return -1;
	if (d->n == d->cap) {
		size_t cap = d->cap ? 2 * d->cap : 64;
		struct lease *v = realloc(d->v, cap * sizeof(*v));

		if (!v)
			return -1;
		d->v = v;
		d->cap = cap;
	}
	d->v[d->n] = *l;
	d->v[d->n++].prefix.addr = prefix_first(&l->prefix);
	return 0;
}

static int by_prefix(const void *a, const void *b)
{
	const struct lease *x = a, *y = b;
	int c;

	if (x->prefix.len != y->prefix.len)
		return x->prefix.len > y->prefix.len ? -1 : 1;
	c = addr_compare(&x->prefix.addr, &y->prefix.addr);
	if (c != 0)
		return c;
	return x->from_us < y->from_us ? -1 : x->from_us > y->from_us;
}

static int by_customer(const void *a, const void *b, void *arg)
{
	const struct directory *d = arg;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int c = strcmp(d->v[x].customer, d->v[y].customer);

	if (c == 0)
		c = addr_compare(&d->v[x].prefix.addr, &d->v[y].prefix.addr);
	return c ? c : (x > y) - (x < y);
}

void directory_seal(struct directory *d)
{
	size_t at = 0;

	if (d->n > 0)
		qsort(d->v, d->n, sizeof(*d->v), by_prefix);
	for (int len = 128; len >= 0; len--) {
		d->start[128 - len] = at;
		while (at < d->n && d->v[at].prefix.len == len)
			at++;
	}
	d->start[129] = at;
	d->by_customer = calloc(d->n + 1, sizeof(*d->by_customer));
	if (!d->by_customer)
		return;
	for (size_t i = 0; i < d->n; i++)
		d->by_customer[i] = i;
	qsort_r(d->by_customer, d->n, sizeof(*d->by_customer), by_customer, d);
}

static bool held(const struct lease *l, int64_t at_us)
{
	return l->from_us <= at_us && at_us < l->until_us;
}

/* Among the leases of one length: the one of this network at that time. */
static const struct lease *find_length(const struct directory *d,
    const struct addr *net, size_t lo, size_t hi, int64_t at_us)
{
	size_t end = hi;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (addr_compare(&d->v[mid].prefix.addr, net) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < end && addr_equal(&d->v[lo].prefix.addr, net); lo++)
		if (held(&d->v[lo], at_us))
			return &d->v[lo];
	return NULL;
}

const struct lease *directory_find(
    const struct directory *d, const struct addr *a, int64_t at_us)
{
	for (int i = 0; i <= 128; i++) {
		struct prefix p = {*a, (uint8_t)(128 - i)};
		const struct lease *l;
		struct addr net;

		if (d->start[i] == d->start[i + 1])
			continue;
		net = prefix_first(&p);
		l = find_length(d, &net, d->start[i], d->start[i + 1], at_us);
		if (l)
			return l;
	}
	return NULL;
}

static size_t first_of(const struct directory *d, const char *customer)
{
	size_t lo = 0, hi = d->by_customer ? d->n : 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(d->v[d->by_customer[mid]].customer, customer) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static const struct lease *nth(
    const struct directory *d, size_t i, const char *customer)
{
	const struct lease *l;

	if (!d->by_customer || i >= d->n)
		return NULL;
	l = &d->v[d->by_customer[i]];
	return strcmp(l->customer, customer) == 0 ? l : NULL;
}

size_t directory_targets(const struct directory *d, const char *customer,
    int64_t at_us, struct prefix *targets, size_t max)
{
	size_t n = 0, i = first_of(d, customer);
	const struct lease *l;

	for (; n < max && (l = nth(d, i, customer)) != NULL; i++)
		if (held(l, at_us))
			targets[n++] = l->prefix;
	return n;
}

const struct lease *directory_customer(
    const struct directory *d, const char *customer, int64_t at_us)
{
	size_t i = first_of(d, customer);
	const struct lease *l;

	for (; (l = nth(d, i, customer)) != NULL; i++)
		if (held(l, at_us))
			return l;
	return NULL;
}
