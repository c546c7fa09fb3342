/* SPDX-License-Identifier: Apache-2.0 */
/* How long a detector's block lasts: each repeat within the memory climbs
 * one step, up to the last. */
#pragma once

#include <stdint.h>

#include "base/conf.h"

/* All zero: never blocked. */
struct ladder {
	int step;        /* of the last block, from 1; 0: none */
	int64_t last_us; /* when that block ended, or began while it lasts */
};

/* Steps in use: those before the first 0, at least one. */
int ladder_steps(const struct conf *c);
/* The step of a block that begins now. */
int ladder_next(const struct ladder *l, const struct conf *c, int64_t now_us);
int64_t ladder_seconds(const struct conf *c, int step);
