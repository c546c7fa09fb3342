/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/api/limiter.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "reports/api/secret.h"

int limiter_init(struct limiter *l, int most, int64_t window_us)
{
	memset(l, 0, sizeof(*l));
	l->most = most;
	l->window_us = window_us;
	return secret_random(l->seed, sizeof(l->seed));
}

static size_t slot_of(const struct limiter *l, const void *who, size_t n)
{
	uint8_t text[sizeof(l->seed) + 128], hash[SECRET_BYTES];
	uint32_t key;

	if (n > 128)
		n = 128;
	memcpy(text, l->seed, sizeof(l->seed));
	memcpy(text + sizeof(l->seed), who, n);
	secret_hash(text, sizeof(l->seed) + n, hash);
	memcpy(&key, hash, sizeof(key));
	return key % LIMITER_SLOTS;
}

size_t limiter_key(const struct addr *a, char key[static LIMITER_KEY])
{
	struct addr home;

	if (!a)
		return (size_t)snprintf(key, LIMITER_KEY, "socket");
	home = *a;
	if (!addr_is_v4(a))
		memset(home.b + 8, 0, 8);
	return strlen(addr_format(&home, key));
}

int64_t limiter_wait_s(
    const struct limiter *l, const void *who, size_t n, int64_t now_us)
{
	size_t i = slot_of(l, who, n);
	int64_t end = l->slots[i].since_us + l->window_us;

	if (l->slots[i].count < l->most || end <= now_us)
		return 0;
	return (end - now_us) / US_PER_S + 1;
}

void limiter_failed(
    struct limiter *l, const void *who, size_t n, int64_t now_us)
{
	size_t i = slot_of(l, who, n);

	if (l->slots[i].since_us + l->window_us <= now_us) {
		l->slots[i].since_us = now_us;
		l->slots[i].count = 0;
	}
	if (l->slots[i].count < l->most)
		l->slots[i].count++;
}
