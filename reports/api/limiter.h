/* SPDX-License-Identifier: Apache-2.0 */
/* How often something went wrong for somebody lately: a table of a fixed
 * size; who shares a slot with another shares the count, too. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"

#define LIMITER_SLOTS 4096
#define LIMITER_KEY   ADDR_STRLEN

struct limiter {
	struct {
		int64_t since_us;
		int count;
	} slots[LIMITER_SLOTS];
	uint8_t seed[16];
	int most; /* failures within window_us */
	int64_t window_us;
};

/* 0, or -1: no random numbers. */
int limiter_init(struct limiter *l, int most, int64_t window_us);
/* Who it is: an address, of IPv6 its /64, which one customer has all of; NULL:
 * the unix socket. The length of key. */
size_t limiter_key(const struct addr *a, char key[static LIMITER_KEY]);
/* Seconds to wait; 0: go on. */
int64_t limiter_wait_s(
    const struct limiter *l, const void *who, size_t n, int64_t now_us);
void limiter_failed(
    struct limiter *l, const void *who, size_t n, int64_t now_us);
