/* SPDX-License-Identifier: Apache-2.0 */
/* MAP-E, also sold as v6plus (RFC 7597 sections 5.1 to 5.3): which customer
 * edge (CE) has a port of a shared IPv4 address, and the way back. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/conf.h"
#include "store/rows.h"

/* The end-user IPv6 prefix of the CE that has this port: 0 not of this rule,
 * 1 *ce is set, -1 of the rule, but nobody's: a port whose leading
 * psid_offset bits are 0 (section 5.1), or port 0 of a shared address. */
int map_e_inside(const struct conf_map_e *m, const struct addr *outside,
    uint16_t port, struct prefix *ce);
/* The IPv4 address and port ranges of the CE whose end-user prefix holds
 * `inside`: how many, at most max; 0: not of this rule. A rule with offset a
 * has (1 << a) - 1 ranges, one with offset 0 one. */
size_t map_e_outside(const struct conf_map_e *m, const struct addr *inside,
    struct target *out, size_t max);
/* How many ranges there are. */
size_t map_e_ranges(const struct conf_map_e *m);
