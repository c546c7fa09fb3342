/* SPDX-License-Identifier: Apache-2.0 */
/* What the desk asks: retry what is dead, compare, panic. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/hooks/channel.h"
#include "store/rows.h"

#define REQUESTS_MAX 32

/* One that is under way: it ends when the drivers have answered. */
struct request {
	struct hook_request row;
	int64_t until_us; /* then it ends with what there is */
	uint64_t list[CONF_DRIVERS_MAX];
};

struct requests {
	struct hooks *hooks;
	struct channel *channels;
	struct request v[REQUESTS_MAX];
	size_t n;
	int64_t last_id; /* the newest that was taken */
};

/* The state of panic that was left. 0, or -1. */
int requests_load(struct requests *r);
/* New ones, and those that have ended. 0, or -1: the store does not work. */
int requests_poll(struct requests *r);
/* Some are under way: poll again soon. */
static inline bool requests_wait(const struct requests *r)
{
	return r->n > 0;
}
