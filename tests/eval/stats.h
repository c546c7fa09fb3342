/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds and quantiles. Sources: F. Garwood, Fiducial limits for the Poisson
 * distribution, Biometrika 28 (1936); C. J. Clopper and E. S. Pearson, The
 * use of confidence or fiducial limits, Biometrika 26 (1934). */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Greatest mean under which n or fewer events still have the chance alpha. */
double stats_poisson_upper(uint64_t n, double alpha);
/* Least probability under which k or more of n have the chance alpha. */
double stats_binomial_lower(uint64_t k, uint64_t n, double alpha);
/* The same from above: greatest with k or fewer. */
double stats_binomial_upper(uint64_t k, uint64_t n, double alpha);
/* The value at rank ceil(q n); sorts v. NAN when n is 0. */
double stats_quantile(double *v, size_t n, double q);

#define STATS_HIST 64
/* Bootstrap by customer: hist[c] customers had c events. The quantile q of
 * the sum of events over as many customers drawn anew. */
double stats_bootstrap(
    const uint64_t hist[STATS_HIST], double q, int rounds, uint64_t seed);
