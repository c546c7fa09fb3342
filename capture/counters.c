/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/counters.h"

#define COUNTER_NAME(id, name) name,
static const char *const names[] = {COUNTER_LIST(COUNTER_NAME)};

void counter_set(struct counters *c, enum counter id, uint64_t n)
{
	c->v[id] = n;
}

const char *counter_name(enum counter id)
{
	return id < COUNTER_COUNT ? names[id] : "?";
}
