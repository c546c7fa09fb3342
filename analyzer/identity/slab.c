/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/identity/slab.h"

#include <stdlib.h>
#include <string.h>

#include "base/huge.h"

void slab_init(struct slab *s, size_t record_bytes)
{
	memset(s, 0, sizeof(*s));
	s->record_bytes = record_bytes;
}

void slab_clear(struct slab *s)
{
	for (uint32_t i = 0; i < s->n_chunks; i++)
		huge_free(s->chunks[i], SLAB_CHUNK * s->record_bytes);
	free(s->chunks);
	slab_init(s, s->record_bytes);
}

static int add_chunk(struct slab *s)
{
	char *chunk;

	if (s->n_chunks == s->cap_chunks) {
		uint32_t cap = s->cap_chunks ? 2 * s->cap_chunks : 16;
		char **v = realloc(s->chunks, cap * sizeof(*v));

		if (v == NULL)
			return -1;
		s->chunks = v;
		s->cap_chunks = cap;
	}
	chunk = huge_new(SLAB_CHUNK * s->record_bytes);
	if (chunk == NULL)
		return -1;
	s->chunks[s->n_chunks++] = chunk;
	return 0;
}

uint32_t slab_new(struct slab *s)
{
	uint32_t n = s->free;

	if (n != 0) {
		memcpy(&s->free, slab_at(s, n), sizeof(s->free));
	} else {
		if (s->used == UINT32_MAX ||
		    (s->used == s->n_chunks * SLAB_CHUNK && add_chunk(s) != 0))
			return 0;
		n = ++s->used;
	}
	memset(slab_at(s, n), 0, s->record_bytes);
	return n;
}

void slab_give(struct slab *s, uint32_t n)
{
	memcpy(slab_at(s, n), &s->free, sizeof(s->free));
	s->free = n;
}

size_t slab_bytes(const struct slab *s)
{
	return s->n_chunks * SLAB_CHUNK * s->record_bytes +
	       s->cap_chunks * sizeof(*s->chunks);
}
