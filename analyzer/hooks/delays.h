/* SPDX-License-Identifier: Apache-2.0 */
/* How long after it was noticed a decision was delivered, for each driver, as
 * counters that are written with the rows. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/conf.h"
#include "base/latency.h"
#include "store/db.h"

/* What is not written yet; all zero: nothing. */
struct delays {
	int64_t n[CONF_DRIVERS_MAX][LATENCY_STEPS];
	int64_t sum_us[CONF_DRIVERS_MAX];
};

void delays_note(struct delays *d, size_t driver, int64_t us);
/* Inside a transaction. 0, or -1. When that has committed, the caller makes d
 * all zero. */
int delays_write(const struct delays *d, struct db *db, const struct conf *conf,
    int64_t now_us);
