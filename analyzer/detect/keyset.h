/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded set of 64-bit keys, for counting what is distinct. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

/* All zero is an empty set. */
struct keyset {
	uint64_t *slots; /* open addressing; 0 is free */
	uint32_t n, cap; /* cap: a power of two, or 0 */
};

/* 1: new; 0: known, or the set holds max; -1: no memory. */
int keyset_add(struct keyset *k, uint64_t key, uint32_t max);
void keyset_clear(struct keyset *k); /* frees, empty again */

/* Equal addresses give equal keys, different IPv4 addresses different ones;
 * two IPv6 addresses share one by chance of 2^-64. */
uint64_t key_of_addr(const struct addr *a);
/* ASCII letter case does not matter. */
uint64_t key_of_name(const char *s, size_t len);
