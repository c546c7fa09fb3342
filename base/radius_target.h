/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses, prefixes and port blocks that one Accounting-Request names.
 */
#pragma once

#include "base/radius.h"
#include "base/radius_map.h"

#define RADIUS_BLOCKS_MAX   8
#define RADIUS_PREFIXES_MAX 16

struct radius_session;

struct radius_targets {
	bool has_framed, has_netmask;
	bool framed_said; /* and not left to NAS or user */
	struct addr framed;
	uint32_t netmask;
	struct prefix v6[RADIUS_PREFIXES_MAX];
	struct addr cgn[RADIUS_BLOCKS_MAX];
	uint32_t first[RADIUS_BLOCKS_MAX], last[RADIUS_BLOCKS_MAX];
	unsigned int n_v6, n_cgn, n_first, n_last; /* last: or count */
	unsigned int over;                         /* more than there is
						    * room for */
};

/* Any attribute. False: it is one of these, and broken. */
bool radius_targets_take(struct radius_targets *t, const struct radius_map *m,
    const struct radius_attr *a);
/* All of it into targets, n_targets and refused. False: a port block that is
 * told by halves. */
bool radius_targets_set(const struct radius_targets *t,
    const struct radius_map *m, struct radius_session *s);
