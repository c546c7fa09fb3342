/* SPDX-License-Identifier: Apache-2.0 */
/* Connection attempts whose outcome is known: counted, and told one by one or
 * in sums (capture/flood.h). */
#pragma once

#include <stdint.h>

#include "base/conf.h"
#include "capture/emit.h"
#include "capture/flood.h"

/* conf and emit: borrowed. */
struct attempts {
	const struct conf *conf;
	struct emit *emit;
	struct flood *flood;
	int64_t summary_us; /* of the sums that are told now */
};

/* seed as of flood_new(). 0, or -1 without memory. */
int attempts_init(struct attempts *a, const struct conf *c, struct emit *emit,
    const uint8_t seed[static 16]);
void attempts_clear(struct attempts *a);
void attempts_answered(struct attempts *a, struct flow *f, int64_t now_us);
/* OUTCOME_NONE: evicted, nobody knows what would have come. */
void attempts_failed(
    struct attempts *a, struct flow *f, Sekisho__Outcome o, int64_t now_us);
/* Sums that are due, each with the time at which it was. */
void attempts_tell(struct attempts *a, int64_t now_us);
/* The capture ends: all sums. */
void attempts_end(struct attempts *a, int64_t now_us);
