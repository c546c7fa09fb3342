/* SPDX-License-Identifier: Apache-2.0 */
/* Customers by name: open addressing with linear probing, at most three
 * quarters full. Sixteen bytes a place; the hash beside the pointer keeps
 * those who were not meant out of the cache. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct customer;

struct roster_place {
	uint64_t hash;
	struct customer *c; /* NULL: free */
};
/* All zero is empty. */
struct roster {
	struct roster_place *v;
	size_t n, cap; /* cap: a power of two, or 0 */
};

/* NULL: not there. */
struct customer *roster_find(const struct roster *r, const char *id);
/* One who is not there. 0, or -1 without memory. */
int roster_add(struct roster *r, struct customer *c);
/* One who is there. */
void roster_remove(struct roster *r, const struct customer *c);
void roster_free(struct roster *r); /* empty again; the customers stay */
