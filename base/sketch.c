/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sketch.h"

#include <math.h>
#include <stddef.h>

#define REGISTER_BITS 6
/* The paper's alpha for 64 registers. */
#define ALPHA_64 0.709

void sketch_add(struct sketch *s, uint64_t hash)
{
	uint8_t *r = &s->rank[hash % SKETCH_REGISTERS];
	/* The set bit ends the search for the first one. */
	uint64_t rest = hash >> REGISTER_BITS | UINT64_C(1)
						    << (64 - REGISTER_BITS);
	uint8_t rank = (uint8_t)(__builtin_ctzll(rest) + 1);

	if (rank > *r)
		*r = rank;
}

uint32_t sketch_count(const struct sketch *s)
{
	const double m = SKETCH_REGISTERS;
	double sum = 0, estimate;
	size_t empty = 0;

	for (size_t i = 0; i < SKETCH_REGISTERS; i++) {
		sum += ldexp(1, -s->rank[i]);
		empty += s->rank[i] == 0;
	}
	estimate = ALPHA_64 * m * m / sum;
	if (estimate <= 2.5 * m && empty > 0)
		estimate = m * log(m / (double)empty);
	/* 64-bit hashes: no correction for many is needed. */
	return estimate >= UINT32_MAX ? UINT32_MAX : (uint32_t)lround(estimate);
}
