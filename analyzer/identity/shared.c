/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/shared.h"

#include "analyzer/identity/cgn.h"
#include "analyzer/identity/map_e.h"

/* The rule with the longest IPv4 prefix, or NULL. */
static const struct conf_map_e *rule_of_v4(
    const struct conf *c, const struct addr *a)
{
	const struct conf_map_e *best = NULL;

	for (size_t i = 0; i < c->n_map_e; i++) {
		const struct conf_map_e *m = &c->map_e[i];

		if (prefix_contains(&m->v4, a) &&
		    (!best || m->v4.len > best->v4.len))
			best = m;
	}
	return best;
}

static const struct conf_map_e *rule_of_v6(
    const struct conf *c, const struct addr *a)
{
	const struct conf_map_e *best = NULL;

	for (size_t i = 0; i < c->n_map_e; i++) {
		const struct conf_map_e *m = &c->map_e[i];

		if (prefix_contains(&m->v6, a) &&
		    (!best || m->v6.len > best->v6.len))
			best = m;
	}
	return best;
}

int shared_inside(const struct conf *c, const struct addr *a, uint16_t port,
    struct addr *inside)
{
	const struct conf_map_e *m;
	struct prefix ce;
	int rc = 0;

	*inside = *a;
	if (!addr_is_v4(a))
		return 0;
	for (size_t i = 0; rc == 0 && i < c->n_cgn; i++)
		rc = cgn_inside(&c->cgn[i], a, port, inside);
	if (rc != 0)
		return rc;
	m = rule_of_v4(c, a);
	if (!m)
		return 0;
	rc = map_e_inside(m, a, port, &ce);
	if (rc == 1)
		*inside = ce.addr;
	return rc;
}

/* The next prefix of this length (1 to 128); false: there is none. */
static bool next(struct addr *a, unsigned len)
{
	unsigned bit = 1u << (7 - (len - 1) % 8);
	int i = (int)(len - 1) / 8;
	unsigned v = a->b[i] + bit;

	a->b[i] = (uint8_t)v;
	while (v > 0xff && --i >= 0) {
		v = a->b[i] + 1u;
		a->b[i] = (uint8_t)v;
	}
	return v <= 0xff;
}

static size_t cgn_targets(const struct conf *c, const struct prefix *inside,
    struct target *out, size_t max)
{
	struct addr a = inside->addr;
	size_t n = 0;
	bool more = true;

	for (; more && n < max && prefix_contains(inside, &a);
	     more = next(&a, 128)) {
		size_t before = n;

		for (size_t i = 0; n == before && i < c->n_cgn; i++)
			if (cgn_outside(&c->cgn[i], &a, &out[n]) == 0)
				n++;
	}
	return n;
}

static size_t map_e_targets(const struct conf *c, const struct prefix *inside,
    struct target *out, size_t max)
{
	const struct conf_map_e *m = rule_of_v6(c, &inside->addr);
	struct addr a = inside->addr;
	size_t n = 0;
	unsigned len;
	bool more = true;

	if (!m)
		return 0;
	len = m->v6.len + m->ea_bits;
	if (inside->len > len || inside->len < m->v6.len)
		return 0;
	if (len == inside->len)
		return map_e_outside(m, &a, out, max);
	for (; more && n < max && prefix_contains(inside, &a);
	     more = next(&a, len))
		n += map_e_outside(m, &a, out + n, max - n);
	return n;
}

size_t shared_targets(const struct conf *c, const struct prefix *inside,
    struct target *out, size_t max)
{
	if (!addr_is_v4(&inside->addr))
		return map_e_targets(c, inside, out, max);
	/* A network of customers is no customer's holding: 16 bits of
	 * addresses bound the walk. */
	if (inside->len < 112)
		return 0;
	return cgn_targets(c, inside, out, max);
}
