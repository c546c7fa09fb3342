/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/keyset.h"

#include <stdlib.h>
#include <string.h>

#define KEYSET_FIRST 2

/* The finaliser of splitmix64: a bijection, hence no two IPv4 addresses
 * share a key. Unkeyed on purpose: results must repeat bit for bit, and a
 * collision can only make a count smaller. */
static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

static int insert(uint64_t *slots, uint32_t cap, uint64_t key)
{
	uint32_t i = (uint32_t)key & (cap - 1);

	while (slots[i] != 0) {
		if (slots[i] == key)
			return 0;
		i = (i + 1) & (cap - 1);
	}
	slots[i] = key;
	return 1;
}

static int grow(struct keyset *k)
{
	uint32_t cap = k->cap == 0 ? KEYSET_FIRST : k->cap * 2;
	uint64_t *slots = calloc(cap, sizeof(*slots));

	if (slots == NULL)
		return -1;
	for (uint32_t i = 0; i < k->cap; i++)
		if (k->slots[i] != 0)
			insert(slots, cap, k->slots[i]);
	free(k->slots);
	k->slots = slots;
	k->cap = cap;
	return 0;
}

int keyset_add(struct keyset *k, uint64_t key, uint32_t max)
{
	int added;

	if (key == 0)
		key = 1;
	if (k->n >= max)
		return 0;
	if (k->n * 4 >= k->cap * 3 && grow(k) == -1)
		return -1;
	added = insert(k->slots, k->cap, key);
	k->n += (uint32_t)added;
	return added;
}

void keyset_clear(struct keyset *k)
{
	free(k->slots);
	memset(k, 0, sizeof(*k));
}

uint64_t key_of_addr(const struct addr *a)
{
	uint64_t hi, lo;

	memcpy(&hi, a->b, 8);
	memcpy(&lo, a->b + 8, 8);
	return mix(lo ^ (hi == 0 ? 0 : mix(hi)));
}

uint64_t key_of_name(const char *s, size_t len)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c >= 'A' && c <= 'Z')
			c += 'a' - 'A';
		h = (h ^ c) * UINT64_C(0x100000001b3);
	}
	return mix(h);
}
