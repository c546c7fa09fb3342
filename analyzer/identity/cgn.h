/* SPDX-License-Identifier: Apache-2.0 */
/* Deterministic CGN (RFC 7422 section 2, sequential): inside address i has
 * block i % k of outside address i / k, k blocks to an address. Ports of the
 * range behind the last whole block, and blocks behind the last inside
 * address, are nobody's (the RFC's dynamic pool). */
#pragma once

#include <stdint.h>

#include "base/conf.h"
#include "store/rows.h"

/* Who has this port of an outside address: 0 not of this pool, 1 *inside is
 * set, -1 of the pool, but nobody's. Port 0: not known, so nobody's. */
int cgn_inside(const struct conf_cgn *g, const struct addr *outside,
    uint16_t port, struct addr *inside);
/* The address (length 128) and ports of an inside address; 0, or -1: not of
 * this pool. */
int cgn_outside(
    const struct conf_cgn *g, const struct addr *inside, struct target *out);
