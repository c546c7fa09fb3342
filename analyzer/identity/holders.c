/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/holders.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/siphash.h"

_Static_assert(sizeof(struct holder) == 64, "a line of the cache");

void holders_init(struct holders *h)
{
	memset(h, 0, sizeof(*h));
	slab_init(&h->slab, sizeof(struct holder));
	/* A customer's name may come from the network: without a good key the
	 * table is only slower. */
	if (getrandom(h->key, sizeof(h->key), 0) < 0)
		h->key[0] = (uint64_t)(uintptr_t)h;
}

static void free_text(struct holders *hs, struct holder *h)
{
	if (h->id == NULL || h->id == h->text)
		return;
	hs->text_bytes -= h->id_len + 1U + strlen(holders_domains(h)) + 1;
	free(h->id);
}

void holders_clear(struct holders *h)
{
	for (uint32_t n = 1; n <= h->slab.used; n++)
		if (holders_at(h, n)->held != UINT32_MAX)
			free_text(h, holders_at(h, n));
	slab_clear(&h->slab);
	index_clear(&h->by_id);
	h->text_bytes = 0;
}

/* Names have at most 63 bytes. */
static uint64_t hash_of(const struct holders *h, const char *id)
{
	uint64_t m[9] = {0};
	size_t len = strlen(id);

	if (len > 64)
		len = 64;
	memcpy(m, id, len);
	m[8] = len;
	return siphash(h->key, m, 9);
}

static bool same(const void *owner, uint32_t n, const void *key)
{
	return strcmp(holders_at(owner, n)->id, key) == 0;
}

uint32_t holders_find(const struct holders *h, const char *id)
{
	uint32_t *n = index_find(&h->by_id, hash_of(h, id), same, h, id);

	return n ? *n : 0;
}

static int set_text(
    struct holders *hs, struct holder *h, const char *id, const char *domains)
{
	size_t len = strlen(id) + 1, more = strlen(domains) + 1;
	bool fits = len + more <= sizeof(h->text);
	char *text = fits ? h->text : malloc(len + more);

	if (text == NULL)
		return -1;
	free_text(hs, h);
	memcpy(text, id, len);
	memcpy(text + len, domains, more);
	h->id = text;
	h->id_len = (uint8_t)(len - 1);
	hs->text_bytes += fits ? 0 : len + more;
	return 0;
}

uint32_t holders_get(struct holders *hs, const char *id)
{
	uint32_t n = holders_find(hs, id);
	uint64_t hash;

	if (n != 0)
		return n;
	n = slab_new(&hs->slab);
	if (n == 0)
		return 0;
	hash = hash_of(hs, id);
	if (set_text(hs, holders_at(hs, n), id, "") != 0 ||
	    index_add(&hs->by_id, hash, n) != 0) {
		free_text(hs, holders_at(hs, n));
		holders_at(hs, n)->held = UINT32_MAX;
		slab_give(&hs->slab, n);
		return 0;
	}
	holders_at(hs, n)->id_hash = (uint32_t)hash;
	return n;
}

int holders_set_domains(struct holders *hs, uint32_t n, const char *domains)
{
	struct holder *h = holders_at(hs, n);
	char id[64];

	if (strcmp(holders_domains(h), domains) == 0)
		return 0;
	strncpy(id, h->id, sizeof(id) - 1);
	id[sizeof(id) - 1] = '\0';
	return set_text(hs, h, id, domains);
}

void holders_drop_idle(struct holders *hs, uint32_t n)
{
	struct holder *h = holders_at(hs, n);
	uint32_t *place;

	if (h->held != 0 || h->kept)
		return;
	place = index_find(&hs->by_id, h->id_hash, same, hs, h->id);
	if (place != NULL)
		index_drop(&hs->by_id, place);
	free_text(hs, h);
	h->id = NULL;
	slab_give(&hs->slab, n);
	/* slab_give() has written into the first bytes only */
	h->held = UINT32_MAX;
}

size_t holders_bytes(const struct holders *h)
{
	return slab_bytes(&h->slab) + index_bytes(&h->by_id) + h->text_bytes;
}
