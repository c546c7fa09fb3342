/* SPDX-License-Identifier: Apache-2.0 */
/* The customers of the directory, each once: what is known of them whatever
 * they hold. */
#pragma once

#include <stdint.h>

#include "analyzer/identity/index.h"
#include "analyzer/identity/slab.h"
#include "base/vocab.h"

/* As a span of the directory it fills a line of the cache, where a short name
 * stands, too. */
struct holder {
	char *id; /* with own_domains behind its NUL: text, or malloc'd */
	uint32_t id_hash; /* cut */
	uint32_t first;   /* of what it holds or held: the directory's */
	uint32_t held;    /* how many */
	uint8_t id_len;   /* of id, without the NUL */
	bool kept;        /* the subscriber file names it */
	enum line_class line_class;
	char text[36];
};

struct holders {
	struct slab slab;
	struct index by_id;
	uint64_t key[2]; /* of the hash */
	size_t text_bytes;
};

void holders_init(struct holders *h);
void holders_clear(struct holders *h);
static inline struct holder *holders_at(const struct holders *h, uint32_t n)
{
	return slab_at(&h->slab, n);
}
/* 0: unknown. */
uint32_t holders_find(const struct holders *h, const char *id);
/* The customer of that name, new if need be. 0: no memory. */
uint32_t holders_get(struct holders *h, const char *id);
/* Space separated; 0, or -1 without memory. */
int holders_set_domains(struct holders *h, uint32_t n, const char *domains);
/* Without a look at the text: it stands elsewhere in memory. */
static inline const char *holders_domains(const struct holder *h)
{
	return h->id + h->id_len + 1;
}
/* Forgets one that holds nothing and is not kept. */
void holders_drop_idle(struct holders *h, uint32_t n);
size_t holders_bytes(const struct holders *h);
