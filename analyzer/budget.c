/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/budget.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/clock.h"
#include "store/rows.h"

struct spender {
	char customer[ROW_ID_LEN];
	int64_t used;
	UT_hash_handle hh;
};

/* The table only holds who spent in the present hour, so that its size is
 * bounded by the total. */
struct budget {
	int64_t per_subscriber, total;
	int64_t hour, used;
	struct spender *spenders;
};

struct budget *budget_new(int64_t per_subscriber, int64_t total)
{
	struct budget *b = calloc(1, sizeof(*b));

	if (b) {
		b->per_subscriber = per_subscriber;
		b->total = total;
		b->hour = INT64_MIN;
	}
	return b;
}

static void forget_all(struct budget *b)
{
	struct spender *s = b->spenders, *next;

	HASH_CLEAR(hh, b->spenders);
	for (; s; s = next) {
		next = s->hh.next;
		free(s);
	}
	b->used = 0;
}

void budget_free(struct budget *b)
{
	if (!b)
		return;
	forget_all(b);
	free(b);
}

static struct spender *find(
    struct budget *b, const char *customer, int64_t ts_us)
{
	int64_t hour = ts_us / (3600 * US_PER_S);
	struct spender *s;

	if (hour > b->hour) {
		forget_all(b);
		b->hour = hour;
	}
	HASH_FIND_STR(b->spenders, customer, s);
	if (s)
		return s;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	strncpy(s->customer, customer, sizeof(s->customer) - 1);
	HASH_ADD_STR(b->spenders, customer, s);
	return s;
}

bool budget_take(struct budget *b, const char *customer, int64_t ts_us)
{
	struct spender *s;

	/* Nobody new enters the table once the hour is spent. */
	if (ts_us / (3600 * US_PER_S) <= b->hour && b->used >= b->total)
		return false;
	s = find(b, customer, ts_us);
	if (!s || s->used >= b->per_subscriber)
		return false;
	s->used++;
	b->used++;
	return true;
}

void budget_restore(struct budget *b, const char *customer, int64_t ts_us)
{
	struct spender *s = find(b, customer, ts_us);

	if (s) {
		s->used++;
		b->used++;
	}
}
