/* SPDX-License-Identifier: Apache-2.0 */
/* How many different names there are among many: a set of their hashes. Two
 * names in 2^64 count as one. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* All zero at first. */
struct distinct {
	uint64_t *slots; /* 0: free */
	size_t n, cap;
};

/* At most 64 bytes count. 0, or -1: no memory. */
int distinct_add(struct distinct *d, const char *name);
/* Keeps its memory. */
void distinct_empty(struct distinct *d);
void distinct_free(struct distinct *d);
