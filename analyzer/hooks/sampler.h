/* SPDX-License-Identifier: Apache-2.0 */
/* What the lists of one driver said over time: rows of enforcer_sample, one a
 * minute at the most while the numbers change, else one an hour. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"
#include "store/rows.h"

/* By one list. */
struct held_counts {
	int64_t wanted, held, missing, extra;
};
struct sampler {
	struct db *db;
	const char *driver; /* both borrowed */
	struct enforcer_sample row;
	bool begun; /* row is of lists that came */
	bool mixed; /* they did not all say the same */
	bool hole;  /* since its last list nobody knows */
};

/* Goes on from the newest row of the process before. 0, or -1. */
int sampler_init(struct sampler *s, struct db *db, const char *driver);
/* A list came whole. What cannot be written now goes with the next list. */
void sampler_take(
    struct sampler *s, const struct held_counts *n, int64_t now_us);
/* The driver was lost, or its list: until the next one nobody knows. */
void sampler_lose(struct sampler *s);
