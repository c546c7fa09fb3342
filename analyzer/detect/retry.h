/* SPDX-License-Identifier: Apache-2.0 */
/* Deferred messages of one client: a server that comes back with one, again
 * and again for days, has met one refusal. A message is known by what its
 * envelope leaves: the sender's hash, the recipients' in one, the declared
 * size; a row without the recipients' hash has their domains and number. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/rows.h"

#define RETRIES_MAX 32 /* messages; the one that came last stays longest */

struct retry {
	uint64_t key;
	int64_t ts_us; /* it was deferred last */
};
/* All zero is empty. */
struct retries {
	struct retry *v;
	uint8_t n, cap;
};

/* 0: the row does not tell messages apart. */
uint64_t retry_key(const struct observation *o);
/* 1: this message was deferred within memory_us; 0: it is new; -1: no memory.
 * It is remembered from now on. */
int retries_note(
    struct retries *r, uint64_t key, int64_t now_us, int64_t memory_us);
/* None of them would be known again, from now on. */
bool retries_are_over(
    const struct retries *r, int64_t now_us, int64_t memory_us);
void retries_clear(struct retries *r); /* frees, empty again */
