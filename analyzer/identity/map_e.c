/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/map_e.h"

static uint64_t high_half(const struct addr *a)
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | a->b[i];
	return v;
}

static unsigned suffix_bits(const struct conf_map_e *m)
{
	return 128u - m->v4.len;
}

static unsigned psid_bits(const struct conf_map_e *m)
{
	return m->ea_bits - suffix_bits(m);
}

static uint64_t low_bits(unsigned n)
{
	return (UINT64_C(1) << n) - 1;
}

int map_e_inside(const struct conf_map_e *m, const struct addr *outside,
    uint16_t port, struct prefix *ce)
{
	unsigned k = psid_bits(m), a = m->psid_offset;
	uint64_t ea, high;

	if (!addr_is_v4(outside) || !prefix_contains(&m->v4, outside))
		return 0;
	if (k > 0 && (port == 0 || (a > 0 && port >> (16 - a) == 0)))
		return -1;
	ea = addr_v4_number(outside) & low_bits(suffix_bits(m));
	if (k > 0)
		ea = ea << k | ((port >> (16 - a - k)) & low_bits(k));
	ce->len = (uint8_t)(m->v6.len + m->ea_bits);
	/* The end of the prefix is at most bit 64; EA 0 may end at bit 0. */
	high = high_half(&m->v6.addr);
	if (m->ea_bits > 0)
		high |= ea << (64 - ce->len);
	ce->addr = m->v6.addr;
	for (int i = 0; i < 8; i++)
		ce->addr.b[i] = (uint8_t)(high >> (56 - 8 * i));
	return 1;
}

size_t map_e_ranges(const struct conf_map_e *m)
{
	if (psid_bits(m) == 0 || m->psid_offset == 0)
		return 1;
	return ((size_t)1 << m->psid_offset) - 1;
}

static struct target range_of(
    const struct conf_map_e *m, uint32_t v4, uint32_t psid, uint32_t high)
{
	unsigned k = psid_bits(m), rest = 16 - m->psid_offset - k;
	struct target t = {{addr_from_v4_number(v4), 128}, 0, UINT16_MAX};

	if (k == 0)
		return t;
	t.first_port = (uint16_t)((high << k | psid) << rest);
	t.last_port = (uint16_t)(t.first_port + low_bits(rest));
	return t;
}

size_t map_e_outside(const struct conf_map_e *m, const struct addr *inside,
    struct target *out, size_t max)
{
	unsigned k = psid_bits(m);
	size_t n = map_e_ranges(m);
	uint64_t ea = 0;
	uint32_t v4;

	if (addr_is_v4(inside) || !prefix_contains(&m->v6, inside))
		return 0;
	if (m->ea_bits > 0)
		ea = high_half(inside) >> (64 - m->v6.len - m->ea_bits) &
		     low_bits(m->ea_bits);
	v4 = addr_v4_number(&m->v4.addr) | (uint32_t)(ea >> k);
	for (size_t i = 0; i < n && i < max; i++)
		out[i] = range_of(m, v4, (uint32_t)(ea & low_bits(k)),
		    (uint32_t)(m->psid_offset > 0 ? i + 1 : 0));
	return n < max ? n : max;
}
