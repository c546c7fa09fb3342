/* SPDX-License-Identifier: Apache-2.0 */
/* Binary heap of the customers for whom something is due, by due time, then
 * customer id. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct customer;

struct due_slot {
	struct customer *c;
};
/* All zero is an empty heap. */
struct due_heap {
	struct due_slot *v; /* from 1, so that heap_at 0 means outside */
	size_t n, cap;
};

/* due_us INT64_MAX takes the customer out. 0, or -1 without memory. */
int due_set(struct due_heap *h, struct customer *c, int64_t due_us);
/* INT64_MAX: nothing. */
int64_t due_next(const struct due_heap *h);
/* The first customer in order with due_us <= now_us that comes after
 * (after_us, after_id); NULL: none. */
const struct customer *due_after(const struct due_heap *h, int64_t now_us,
    int64_t after_us, const char *after_id);
void due_free(struct due_heap *h);
