/* SPDX-License-Identifier: Apache-2.0 */
/* Who had an address at a time. Built from leases; a look-up always takes
 * the packet's time. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "store/rows.h"

struct directory;

struct directory *directory_new(void);
void directory_free(struct directory *d);
/* Copies the lease. 0, or -1 without memory. */
int directory_add(struct directory *d, const struct lease *l);
/* After the last add, before the first look-up. */
void directory_seal(struct directory *d);
/* Longest prefix that was held at at_us, or NULL. Borrowed from d. */
const struct lease *directory_find(
    const struct directory *d, const struct addr *a, int64_t at_us);
/* The customer's prefixes at at_us; returns the count, at most max. */
size_t directory_targets(const struct directory *d, const char *customer,
    int64_t at_us, struct prefix *targets, size_t max);
/* Any lease of the customer at at_us, or NULL. */
const struct lease *directory_customer(
    const struct directory *d, const char *customer, int64_t at_us);
