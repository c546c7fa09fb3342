/* SPDX-License-Identifier: Apache-2.0 */
/* How often the score raises a false alarm, and how soon a true one: the run
 * length of S = max(0, S + w) until S >= h, for a given mix of labels.
 *
 * Sources: E. S. Page, Continuous inspection schemes, Biometrika 41 (1954);
 * D. Brook and D. A. Evans, An approach to the probability distribution of
 * CUSUM run length, Biometrika 59 (1972); D. Siegmund, Importance sampling in
 * the Monte Carlo study of sequential tests, Annals of Statistics 4 (1976). */
#pragma once

#include <stdint.h>

#include "base/vocab.h"

struct cusum {
	int32_t weight_milli[LABEL_COUNT];
	/* Share of each label among the observations that count; any scale:
	 * what counts is its part of the sum. */
	double share[LABEL_COUNT];
};

struct cusum_length {
	double from_zero;      /* observations until the alarm, on average */
	double from_half;      /* the same after a block: S begins at h / 2 */
	int32_t lattice_milli; /* weights were rounded up to multiples of it */
};

/* By the Markov chain, exact while the weights have a lattice of at most
 * CUSUM_STATES_MAX states; otherwise a lower bound, since rounding up makes
 * alarms more frequent. INFINITY: no alarm ever, or after 10^12 and more. 0;
 * -1: no memory, or no share is positive. */
#define CUSUM_STATES_MAX 1024
int cusum_run_length(
    const struct cusum *c, int32_t threshold_milli, struct cusum_length *l);

struct cusum_sample {
	double from_zero;
	double error; /* one standard error of it */
};
/* The same by importance sampling of n excursions, a second way that shares no
 * code with the first: the seed gives the numbers. 0; -1: the mix has no
 * upward step, or drifts upward, where plain counting is good enough. */
int cusum_sample(const struct cusum *c, int32_t threshold_milli, int64_t n,
    uint64_t seed, struct cusum_sample *s);

/* The least threshold, in 1/1000 nat, with a mean run length from h / 2,
 * where an earlier alarm leaves it, of at least this many observations; 0: none
 * up to threshold_max_milli. -1: no memory or no mix. */
int32_t cusum_threshold(
    const struct cusum *c, double run_length, int32_t threshold_max_milli);
