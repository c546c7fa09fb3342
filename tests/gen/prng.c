/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/gen/prng.h"

void prng_seed(struct prng *p, uint64_t seed, const char *name)
{
	uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

	for (; *name != '\0'; name++)
		h = (h ^ (uint8_t)*name) * UINT64_C(1099511628211);
	p->state = h ^ (seed * UINT64_C(0x9e3779b97f4a7c15));
	prng_next(p);
}

uint64_t prng_next(struct prng *p)
{
	uint64_t z = p->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint32_t prng_below(struct prng *p, uint32_t n)
{
	return (uint32_t)(prng_next(p) % n);
}

uint32_t prng_range(struct prng *p, uint32_t lo, uint32_t hi)
{
	return lo + prng_below(p, hi - lo + 1);
}

bool prng_chance(struct prng *p, uint32_t permille)
{
	return prng_below(p, 1000) < permille;
}
