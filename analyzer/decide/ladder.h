/* SPDX-License-Identifier: Apache-2.0 */
/* How long a detector's block lasts: each repeat within the memory climbs
 * one step, up to the last. */
#pragma once

#include <stdint.h>

#include "base/conf.h"

/* The last blocks, so that one can be taken back. */
#define LADDER_PAST 8
struct ladder_past {
	int base_step; /* before the first of them */
	int64_t base_us;
	int n;
	struct {
		int64_t incident_id, began_us, ended_us;
	} v[LADDER_PAST];
};
/* All zero: never blocked. */
struct ladder {
	int step;        /* of the last block, from 1; 0: none */
	int64_t last_us; /* when that block ended, or began while it lasts */
	struct ladder_past *past; /* NULL: nothing to take back */
};

/* Steps in use: those before the first 0, at least one. */
int ladder_steps(const struct conf *c);
/* The step of a block that begins now. */
int ladder_next(const struct ladder *l, const struct conf *c, int64_t now_us);
/* A block on ladder_next()'s step. 0, or -1 without memory. */
int ladder_begin(struct ladder *l, const struct conf *c, int64_t incident_id,
    int64_t now_us);
/* The last block is over. */
void ladder_end(struct ladder *l, int64_t now_us);
/* As if the incident's blocks had never been, as far back as is known. */
void ladder_forgive(
    struct ladder *l, const struct conf *c, int64_t incident_id);
void ladder_free(struct ladder *l);
int64_t ladder_seconds(const struct conf *c, int step);
