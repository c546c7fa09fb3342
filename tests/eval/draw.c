/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/draw.h"

#include <math.h>

void draw_seed(struct prng *p, uint64_t seed, const char *kind, uint64_t n)
{
	prng_seed(p, seed, kind);
	p->state ^= n * UINT64_C(0xd1342543de82ef95);
	prng_next(p);
	prng_next(p);
}

double draw_unit(struct prng *p)
{
	return (double)(prng_next(p) >> 11) * 0x1p-53;
}

bool draw_chance(struct prng *p, double probability)
{
	return draw_unit(p) < probability;
}

double draw_uniform(struct prng *p, double lo, double hi)
{
	return lo + (hi - lo) * draw_unit(p);
}

double draw_log(struct prng *p, double lo, double hi)
{
	return lo * exp(log(hi / lo) * draw_unit(p));
}

double draw_exp(struct prng *p)
{
	return -log(1 - draw_unit(p));
}

/* The continuous law of density 1 / x between 1 and n + 1, cut to whole
 * numbers: no table, and close enough to Zipf's. */
uint32_t draw_zipf(struct prng *p, uint32_t n)
{
	double x = exp(log((double)n + 1) * draw_unit(p));
	uint32_t k = (uint32_t)x - 1;

	return k < n ? k : n - 1;
}

uint32_t draw_poisson(struct prng *p, double mean)
{
	double sum = draw_exp(p);
	uint32_t n = 0;

	for (; sum < mean; n++)
		sum += draw_exp(p);
	return n;
}
