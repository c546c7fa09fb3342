/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gen/shared.h"

#include <stdio.h>
#include <string.h>

#define PORTS 240 /* what a MAP-E household of these rules has */
#define BLOCK 1000

enum shared_kind shared_kind_parse(const char *name)
{
	if (strcmp(name, "cgn") == 0)
		return SHARED_CGN;
	return strcmp(name, "map_e") == 0 ? SHARED_MAP_E : SHARED_NONE;
}

/* MAP-E: 4 bits that are not 0, the household's 8 bits, 4 bits. */
uint16_t shared_port(enum shared_kind kind, int home, uint32_t k)
{
	k %= PORTS;
	if (kind == SHARED_CGN)
		return (uint16_t)(1024 + home * BLOCK + (int)k);
	return (uint16_t)(((k >> 4) + 1) << 12 | (uint32_t)home << 4 | k % 16);
}

const char *shared_inside(
    enum shared_kind kind, int home, char *buf, size_t size)
{
	if (kind == SHARED_CGN)
		snprintf(buf, size, "100.64.1.%d/32", home);
	else
		snprintf(buf, size, "2001:db8:11%x:%x000::/52", home >> 4,
		    home & 15);
	return buf;
}

const char *shared_conf(enum shared_kind kind)
{
	switch (kind) {
	case SHARED_CGN:
		return "\tcgn = {\"" SHARED_ADDR
		       " 100.64.1.0-100.64.1.63 1024-65535 1000\"}\n";
	case SHARED_MAP_E:
		return "\tmap_e = {\"2001:db8:110::/44 " SHARED_ADDR
		       "/32 8 4\"}\n";
	case SHARED_NONE:
		break;
	}
	return "";
}
