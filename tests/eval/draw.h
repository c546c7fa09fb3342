/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers of distributions. One stream each customer, named by seed,
 * kind and number: so nothing depends on who else is simulated, or where. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "tests/gen/prng.h"

/* The stream of customer number n of that kind. */
void draw_seed(struct prng *p, uint64_t seed, const char *kind, uint64_t n);
/* 0 <= x < 1 */
double draw_unit(struct prng *p);
bool draw_chance(struct prng *p, double probability);
double draw_uniform(struct prng *p, double lo, double hi);
/* Evenly on a logarithmic scale; 0 < lo <= hi. */
double draw_log(struct prng *p, double lo, double hi);
/* Mean 1. */
double draw_exp(struct prng *p);
/* 0 .. n - 1 with weights 1 / (k + 1): few are chosen often. n > 0. */
uint32_t draw_zipf(struct prng *p, uint32_t n);
/* Poisson of a mean up to some hundred. */
uint32_t draw_poisson(struct prng *p, double mean);
