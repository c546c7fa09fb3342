/* SPDX-License-Identifier: Apache-2.0 */
/* Which incidents a request means: parameters and filter expression, and a
 * walk over those that match. */
#pragma once

#include "reports/api/call.h"
#include "reports/filter.h"

/* Rows that one request reads before it stops and says so. */
#define INCIDENTS_SCAN 100000

struct incidents {
	struct filter filter;
	struct incident_page page;
	uint32_t states, kinds; /* bits; 0: all */
	uint64_t classes[2];    /* bits of the numbers */
	bool some_classes;
	int64_t min_peak;
	bool plain; /* nothing but bounds of time asks */
	/* counted is all that is asked: the store counts without a walk */
	bool exact;
	struct read_range counted;
	/* of the walk */
	int64_t scanned;
	bool cut;                    /* INCIDENTS_SCAN was reached */
	int64_t last_value, last_id; /* of the last row read */
	int (*cb)(void *arg, const struct incident *i);
	void *arg;
};

/* malloc'd; NULL after a problem. live_only: without a state, those that are
 * not closed. */
struct incidents *incidents_new(struct call *c, bool live_only);
/* Walks in the order of page. Non-zero from cb ends it and is returned. */
int incidents_walk(struct incidents *w, struct db *db,
    int (*cb)(void *arg, const struct incident *i), void *arg);
