/* SPDX-License-Identifier: Apache-2.0 */
/* From a hash to the number of a record: open addressing, 8 bytes a place.
 * What a record's key is, its owner knows. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct index_place {
	uint32_t tag;    /* the hash, cut; its low bits are the place */
	uint32_t number; /* 0: empty */
};
struct index {
	struct index_place *v;
	uint32_t mask, n; /* mask 0: no table yet */
};

/* Whether the record has the key that is looked for. */
typedef bool (*index_same)(const void *owner, uint32_t number, const void *key);

void index_clear(struct index *ix);
/* Where the number stands, which may be replaced there; NULL: nowhere. Good
 * until the next index_add() or index_drop(). */
uint32_t *index_find(const struct index *ix, uint64_t hash, index_same same,
    const void *owner, const void *key);
/* The key must not be in it. 0, or -1 without memory. */
int index_add(struct index *ix, uint64_t hash, uint32_t number);
/* What index_find() gave. */
void index_drop(struct index *ix, uint32_t *number);
size_t index_bytes(const struct index *ix);
