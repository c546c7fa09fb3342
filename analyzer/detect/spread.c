/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/spread.h"

#include <stdlib.h>
#include <string.h>

#define BITS  2048
#define WORDS (BITS / 64)

void spread_clear(struct spread *s)
{
	free(s->bits);
	keyset_clear(&s->helos);
	memset(s, 0, sizeof(*s));
}

/* Whole numbers only: the same on every machine. */
uint32_t spread_bits(int64_t servers)
{
	int64_t unset = (int64_t)BITS << 32;

	for (int64_t i = 0; i < servers && i < 4 * BITS; i++)
		unset -= unset / BITS;
	return BITS - (uint32_t)((unset + (INT64_C(1) << 31)) >> 32);
}

static int begin(struct spread *s, const struct spread_session *of)
{
	spread_clear(s);
	s->bits = calloc(WORDS, sizeof(*s->bits));
	if (s->bits == NULL)
		return -1;
	s->since_us = of->ts_us;
	s->first_obs = of->obs_no;
	return 0;
}

int spread_note(struct spread *s, const struct spread_rule *r,
    const struct spread_session *of)
{
	uint32_t at = (uint32_t)(of->server >> 32) % BITS;
	uint64_t bit = UINT64_C(1) << at % 64;
	int64_t need = r->servers;

	if ((s->bits == NULL || of->ts_us - s->since_us >= r->span_us) &&
	    begin(s, of) == -1)
		return -1;
	s->sessions++;
	s->n_bits += (s->bits[at / 64] & bit) == 0;
	s->bits[at / 64] |= bit;
	if (of->helo != 0 && r->helos > 0 &&
	    keyset_add(&s->helos, of->helo, r->helos) == -1)
		return -1;
	if (r->helos > 0 && s->helos.n >= r->helos)
		need = (need + 3) / 4;
	if (s->need_bits == 0 || s->need != need) {
		s->need = (uint32_t)need;
		s->need_bits = spread_bits(need);
	}
	if (s->n_bits < s->need_bits)
		return 0;
	s->servers = (uint32_t)need;
	return 1;
}
