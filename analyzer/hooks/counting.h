/* SPDX-License-Identifier: Apache-2.0 */
/* What a driver has refused of blocked customers, asked for from time to time
 * and written down for the analyzer: a line that goes on trying is not quiet.
 */
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hooks;

/* All zero: never asked. */
struct counting {
	bool asked;     /* the answer is under way */
	bool has_begun; /* an answer came whole: numbers can be compared */
	int64_t due_us; /* ask then; 0: at once */
	int64_t last_us, asked_us; /* the time is the dispatcher's */
};

void counting_begin(struct counting *c, int64_t now_us);
/* A part of the answer of the index-th driver. */
void counting_part(
    struct counting *c, struct hooks *h, size_t index, json_t *counters);
/* The answer is whole, or (ok false) will not be. Again every_us later. */
void counting_end(struct counting *c, bool ok, int64_t every_us);
