/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/cgn.h"

#include <stdbool.h>

static bool within(
    const struct addr *a, const struct addr *first, const struct addr *last)
{
	return addr_is_v4(a) && addr_compare(first, a) <= 0 &&
	       addr_compare(a, last) <= 0;
}

static uint32_t blocks(const struct conf_cgn *g)
{
	return (uint32_t)(g->last_port - g->first_port + 1) / g->block_ports;
}

int cgn_inside(const struct conf_cgn *g, const struct addr *outside,
    uint16_t port, struct addr *inside)
{
	uint64_t index;
	uint32_t block;

	if (!within(outside, &g->outside_first, &g->outside_last))
		return 0;
	if (port < g->first_port || port > g->last_port)
		return -1;
	block = (uint32_t)(port - g->first_port) / g->block_ports;
	if (block >= blocks(g))
		return -1;
	index = (uint64_t)(addr_v4_number(outside) -
			   addr_v4_number(&g->outside_first)) *
		    blocks(g) +
		block;
	if (index >
	    addr_v4_number(&g->inside_last) - addr_v4_number(&g->inside_first))
		return -1;
	*inside = addr_from_v4_number(
	    addr_v4_number(&g->inside_first) + (uint32_t)index);
	return 1;
}

int cgn_outside(
    const struct conf_cgn *g, const struct addr *inside, struct target *out)
{
	uint32_t index, first;

	if (!within(inside, &g->inside_first, &g->inside_last))
		return -1;
	index = addr_v4_number(inside) - addr_v4_number(&g->inside_first);
	first = g->first_port + index % blocks(g) * g->block_ports;
	out->prefix.addr = addr_from_v4_number(
	    addr_v4_number(&g->outside_first) + index / blocks(g));
	out->prefix.len = 128;
	out->first_port = (uint16_t)first;
	out->last_port = (uint16_t)(first + g->block_ports - 1);
	return 0;
}
