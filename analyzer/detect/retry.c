/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/retry.h"

#include <stdlib.h>
#include <string.h>

#include "analyzer/detect/keyset.h"

#define FIRST 4

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

uint64_t retry_key(const struct observation *o)
{
	uint64_t part[2], rcpts, h;

	memcpy(part, o->mail_from_hash, sizeof(part));
	memcpy(&rcpts, o->rcpt_hash, sizeof(rcpts));
	if (part[0] == 0 && part[1] == 0 && o->rcpt_domains[0] == '\0')
		return 0;
	h = mix(mix(part[0], part[1]), (uint64_t)o->declared_bytes);
	if (rcpts != 0) {
		h = mix(h, rcpts);
		return h != 0 ? h : 1;
	}
	h = mix(h, (uint64_t)o->rcpt_count);
	h = mix(h, key_of_name(o->rcpt_domains, strlen(o->rcpt_domains)));
	return h != 0 ? h : 1;
}

static struct retry *place(struct retries *r)
{
	struct retry *oldest = r->v;
	struct retry *v;
	uint8_t cap = r->cap == 0 ? FIRST : (uint8_t)(2 * r->cap);

	if (r->n < r->cap)
		return &r->v[r->n++];
	if (r->n < RETRIES_MAX) {
		v = realloc(r->v, cap * sizeof(*v));
		if (v == NULL)
			return NULL;
		r->v = v;
		r->cap = cap;
		return &r->v[r->n++];
	}
	for (uint8_t i = 1; i < r->n; i++)
		if (r->v[i].ts_us < oldest->ts_us)
			oldest = &r->v[i];
	return oldest;
}

int retries_note(
    struct retries *r, uint64_t key, int64_t now_us, int64_t memory_us)
{
	struct retry *at = r->v;
	bool again;

	while (at < r->v + r->n && at->key != key)
		at++;
	if (at < r->v + r->n) {
		again = now_us - at->ts_us <= memory_us;
		at->ts_us = now_us;
		return again;
	}
	at = place(r);
	if (at == NULL)
		return -1;
	*at = (struct retry){key, now_us};
	return 0;
}

bool retries_are_over(
    const struct retries *r, int64_t now_us, int64_t memory_us)
{
	for (uint8_t i = 0; i < r->n; i++)
		if (now_us - r->v[i].ts_us <= memory_us)
			return false;
	return true;
}

void retries_clear(struct retries *r)
{
	free(r->v);
	memset(r, 0, sizeof(*r));
}
