/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 addresses that several customers share by a formula (network.cgn,
 * network.map_e): from the public address and port to the address that the
 * directory knows, and back. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/conf.h"
#include "store/rows.h"

/* 0: not shared by a formula, *inside is *a; 1: translated; -1: shared, but
 * nobody has the port, or it is 0 (not known): no customer may be named.
 * *inside is set in the first two: of MAP-E the first address of the CE's
 * end-user prefix. */
int shared_inside(const struct conf *c, const struct addr *a, uint16_t port,
    struct addr *inside);
/* What the customer who holds `inside` has of shared addresses: an address
 * (length 128) and a port range each. How many, at most max; 0: none. Only
 * whole holdings count: a prefix inside of a CE's end-user prefix has none,
 * since others may hold the rest. */
size_t shared_targets(const struct conf *c, const struct prefix *inside,
    struct target *out, size_t max);
