/* SPDX-License-Identifier: Apache-2.0 */
/* Millions of small records of one size, named by numbers from 1: half of a
 * pointer's size, and none moves when there are more. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define SLAB_CHUNK 32768 /* records */

struct slab {
	size_t record_bytes; /* at least 4 */
	char **chunks;
	uint32_t n_chunks, cap_chunks;
	uint32_t used; /* numbers given so far */
	uint32_t free; /* first of those given back; 0: none */
};

void slab_init(struct slab *s, size_t record_bytes);
void slab_clear(struct slab *s);
/* A record of zeros; 0: no memory. */
uint32_t slab_new(struct slab *s);
void slab_give(struct slab *s, uint32_t n);
static inline void *slab_at(const struct slab *s, uint32_t n)
{
	return s->chunks[(n - 1) / SLAB_CHUNK] +
	       (size_t)((n - 1) % SLAB_CHUNK) * s->record_bytes;
}
/* In memory. */
size_t slab_bytes(const struct slab *s);
