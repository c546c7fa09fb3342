/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of the histograms of time that the daemons count and the desk
 * shows: 10 ms to 60 s, and what takes longer. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define LATENCY_STEPS 13 /* the last one: longer */

/* The first step whose bound is not below us; what is below 0, by clocks that
 * differ, took no time. */
size_t latency_step(int64_t us);
/* As a part of a counter's name, "250ms"; the last one is "more". */
const char *latency_name(size_t step);
/* As Prometheus has it, in seconds: "0.25", "+Inf". */
const char *latency_bound(size_t step);
