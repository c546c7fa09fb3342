/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/decide/ladder.h"

#include <stdlib.h>
#include <string.h>

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

int ladder_begin(
    struct ladder *l, const struct conf *c, int64_t incident_id, int64_t now_us)
{
	struct ladder_past *p = l->past;

	if (p == NULL && (p = l->past = calloc(1, sizeof(*p))) == NULL)
		return -1;
	if (p->n == LADDER_PAST) {
		struct ladder base = {p->base_step, p->base_us, NULL};

		p->base_step = ladder_next(&base, c, p->v[0].began_us);
		p->base_us = p->v[0].ended_us;
		memmove(&p->v[0], &p->v[1], sizeof(p->v) - sizeof(p->v[0]));
		p->n--;
	}
	l->step = ladder_next(l, c, now_us);
	l->last_us = now_us;
	p->v[p->n].incident_id = incident_id;
	p->v[p->n].began_us = p->v[p->n].ended_us = now_us;
	p->n++;
	return 0;
}

void ladder_end(struct ladder *l, int64_t now_us)
{
	l->last_us = now_us;
	if (l->past != NULL && l->past->n > 0)
		l->past->v[l->past->n - 1].ended_us = now_us;
}

void ladder_forgive(struct ladder *l, const struct conf *c, int64_t incident_id)
{
	struct ladder_past *p = l->past;
	int kept = 0;

	if (p == NULL)
		return;
	l->step = p->base_step;
	l->last_us = p->base_us;
	for (int i = 0; i < p->n; i++) {
		if (p->v[i].incident_id == incident_id)
			continue;
		l->step = ladder_next(l, c, p->v[i].began_us);
		l->last_us = p->v[i].ended_us;
		p->v[kept++] = p->v[i];
	}
	p->n = kept;
}

void ladder_free(struct ladder *l)
{
	free(l->past);
	memset(l, 0, sizeof(*l));
}

int64_t ladder_seconds(const struct conf *c, int step)
{
	int steps = ladder_steps(c);

	return c->ladder_s[(step < steps ? step : steps) - 1];
}
