/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/stats.h"

#include <math.h>
#include <stdlib.h>

#include "tests/eval/draw.h"

#define STEPS      200
#define TINY       1e-300
#define ROUNDS_MAX 4096

/* P(X <= n) of a Poisson law, summed downwards from the greatest term. */
static double poisson_below(uint64_t n, double mean)
{
	uint64_t top = mean < (double)n ? (uint64_t)mean : n;
	double first =
	    exp((double)top * log(mean) - mean - lgamma((double)top + 1));
	double term = first, sum = first;

	for (uint64_t k = top; k > 0 && term > sum * 1e-17; k--)
		sum += term *= (double)k / mean;
	term = first;
	for (uint64_t k = top + 1; k <= n && term > sum * 1e-17; k++)
		sum += term *= mean / (double)k;
	return sum;
}

double stats_poisson_upper(uint64_t n, double alpha)
{
	double lo = 1e-9, hi = (double)n + 10 * sqrt((double)n + 1) + 50;

	for (int i = 0; i < STEPS; i++) {
		double mid = (lo + hi) / 2;

		if (poisson_below(n, mid) > alpha)
			lo = mid;
		else
			hi = mid;
	}
	return hi;
}

/* Continued fraction of the incomplete beta function by Lentz's method
 * (NIST DLMF 8.17.22). */
static double beta_fraction(double a, double b, double x)
{
	double c = 1, d = 1 - (a + b) * x / (a + 1), f;

	d = 1 / (fabs(d) < TINY ? TINY : d);
	f = d;
	for (int m = 1; m < 10000; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x /
			     ((a + 2 * m) * (a + 2 * m + 1));
		double step;

		d = 1 + even * d;
		c = 1 + even / c;
		d = 1 / (fabs(d) < TINY ? TINY : d);
		c = fabs(c) < TINY ? TINY : c;
		f *= d * c;
		d = 1 + odd * d;
		c = 1 + odd / c;
		d = 1 / (fabs(d) < TINY ? TINY : d);
		c = fabs(c) < TINY ? TINY : c;
		step = d * c;
		f *= step;
		if (fabs(step - 1) < 1e-15)
			break;
	}
	return f;
}

/* P(X >= k) of n with probability p: the regularized I_p(k, n - k + 1). */
static double binomial_above(uint64_t k, uint64_t n, double p)
{
	double a = (double)k, b = (double)(n - k) + 1, front;

	if (k == 0)
		return 1;
	front = exp(
	    lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(p) + b * log1p(-p));
	if (p < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, p) / a;
	return 1 - front * beta_fraction(b, a, 1 - p) / b;
}

double stats_binomial_lower(uint64_t k, uint64_t n, double alpha)
{
	double lo = 0, hi = 1;

	if (k == 0)
		return 0;
	for (int i = 0; i < STEPS; i++) {
		double mid = (lo + hi) / 2;

		if (binomial_above(k, n, mid) < alpha)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

double stats_binomial_upper(uint64_t k, uint64_t n, double alpha)
{
	return 1 - stats_binomial_lower(n - k, n, alpha);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double stats_quantile(double *v, size_t n, double q)
{
	size_t at;

	if (n == 0)
		return NAN;
	qsort(v, n, sizeof(*v), by_value);
	at = (size_t)ceil(q * (double)n);
	return v[at > 0 ? at - 1 : 0];
}

/* Customers with c events in a new draw: close to Poisson, since they are a
 * small part of all; to normal where they are many. */
static double drawn_again(struct prng *p, uint64_t n)
{
	double u, v;

	if (n < 500)
		return draw_poisson(p, (double)n);
	u = draw_exp(p);
	v = draw_unit(p);
	return fmax(
	    0, (double)n + sqrt((double)n) * sqrt(2 * u) * cos(2 * M_PI * v));
}

double stats_bootstrap(
    const uint64_t hist[STATS_HIST], double q, int rounds, uint64_t seed)
{
	double sums[ROUNDS_MAX];
	struct prng p;

	if (rounds > ROUNDS_MAX)
		rounds = ROUNDS_MAX;
	draw_seed(&p, seed, "bootstrap", 0);
	for (int i = 0; i < rounds; i++) {
		sums[i] = 0;
		for (int c = 1; c < STATS_HIST; c++)
			if (hist[c] > 0)
				sums[i] += c * drawn_again(&p, hist[c]);
	}
	return stats_quantile(sums, (size_t)rounds, q);
}
