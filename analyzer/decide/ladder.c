/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/ladder.h"

#include "base/clock.h"

#define STEPS_MAX ((int)(sizeof(((struct conf *)0)->ladder_s) / 8))

int ladder_steps(const struct conf *c)
{
	int n = 0;

	while (n < STEPS_MAX && c->ladder_s[n] > 0)
		n++;
	return n > 0 ? n : 1;
}

int ladder_next(const struct ladder *l, const struct conf *c, int64_t now_us)
{
	int steps = ladder_steps(c);

	if (l->step == 0 || now_us - l->last_us > c->ladder_memory_s * US_PER_S)
		return 1;
	return l->step < steps ? l->step + 1 : steps;
}

int64_t ladder_seconds(const struct conf *c, int step)
{
	int steps = ladder_steps(c);

	return c->ladder_s[(step < steps ? step : steps) - 1];
}
