/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers that are the same for every compiler: splitmix64. Draw at
 * most once in an expression: C leaves the order of evaluation open. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct prng {
	uint64_t state;
};

/* Streams of different names are independent. */
void prng_seed(struct prng *p, uint64_t seed, const char *name);
uint64_t prng_next(struct prng *p);
/* 0 .. n-1; n > 0 */
uint32_t prng_below(struct prng *p, uint32_t n);
/* lo .. hi, both included */
uint32_t prng_range(struct prng *p, uint32_t lo, uint32_t hi);
bool prng_chance(struct prng *p, uint32_t permille);
