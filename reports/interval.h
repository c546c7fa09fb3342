/* SPDX-License-Identifier: Apache-2.0 */
/* Exact 95 % confidence intervals of counts: never narrower than they say,
 * however few there are. Clopper and Pearson, Biometrika 26 (1934), of a
 * share; Garwood, Biometrika 28 (1936), of a Poisson count. */
#pragma once

#include <stdint.h>

struct interval {
	double low, high;
};

/* Of the share that n of total is; 0 to 1 when total is 0. n <= total. */
struct interval interval_share(int64_t n, int64_t total);
/* Of the mean whose count was n. */
struct interval interval_count(int64_t n);
