/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/share.h"

#include <stdlib.h>
#include <string.h>

uint32_t share_behind(const struct share *s, uint16_t port)
{
	uint32_t lo = 0, hi = s->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (s->v[mid].first_port <= port)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int share_add(
    struct share *s, uint16_t first_port, uint16_t last_port, uint32_t number)
{
	uint32_t i = share_behind(s, first_port);

	if (s->n == s->cap) {
		uint32_t cap = s->cap ? 2 * s->cap : 8;
		void *v = realloc(s->v, cap * sizeof(*s->v));

		if (v == NULL)
			return -1;
		s->v = v;
		s->cap = cap;
	}
	memmove(&s->v[i + 1], &s->v[i], (s->n - i) * sizeof(*s->v));
	s->v[i] = (struct share_part){first_port, last_port, number};
	s->n++;
	if (last_port - first_port > s->widest)
		s->widest = (uint16_t)(last_port - first_port);
	return 0;
}

void share_drop(struct share *s, uint16_t first_port, uint32_t number)
{
	uint32_t i = share_behind(s, first_port);

	while (i > 0 && s->v[i - 1].first_port == first_port) {
		i--;
		if (s->v[i].number != number)
			continue;
		s->n--;
		memmove(&s->v[i], &s->v[i + 1], (s->n - i) * sizeof(*s->v));
		return;
	}
}

void share_clear(struct share *s)
{
	free(s->v);
	memset(s, 0, sizeof(*s));
}

uint32_t share_next(const struct share *s, uint16_t port, uint32_t *i)
{
	while (*i > 0) {
		const struct share_part *p = &s->v[*i - 1];

		if ((uint32_t)p->first_port + s->widest < port)
			return 0;
		--*i;
		if (port <= p->last_port)
			return p->number;
	}
	return 0;
}
