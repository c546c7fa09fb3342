/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/interval.h"

#include <math.h>

#define TAIL  .025
#define STEPS 200  /* of a bisection: to the last bit of a double */
#define TERMS 1000 /* of a continued fraction */
#define TINY  1e-300
#define CLOSE 1e-15

static double not_zero(double x)
{
	return fabs(x) < TINY ? TINY : x;
}

/* The continued fraction of the incomplete beta function by Lentz's method
 * (Abramowitz and Stegun 26.5.8). */
static double beta_fraction(double a, double b, double x)
{
	double c = 1, d = 1 / not_zero(1 - (a + b) * x / (a + 1)), h = d;

	for (int m = 1; m < TERMS; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x /
			     ((a + 2 * m) * (a + 2 * m + 1));
		double step;

		d = 1 / not_zero(1 + even * d);
		c = not_zero(1 + even / c);
		h *= d * c;
		d = 1 / not_zero(1 + odd * d);
		c = not_zero(1 + odd / c);
		step = d * c;
		h *= step;
		if (fabs(step - 1) < CLOSE)
			break;
	}
	return h;
}

/* I_x(a, b), regularised. */
static double beta(double a, double b, double x)
{
	double front;

	if (x <= 0 || x >= 1)
		return x <= 0 ? 0 : 1;
	front = exp(
	    lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, x) / a;
	return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

/* P(a, x), regularised: the series below a + 1, the continued fraction above
 * (Abramowitz and Stegun 6.5.29, 6.5.31). */
static double gamma_lower(double a, double x)
{
	double front = exp(a * log(x) - x - lgamma(a));
	double sum = 1 / a, term = sum, b = x + 1 - a, c = 1 / TINY;
	double d = 1 / not_zero(b), h = d;

	if (x < a + 1) {
		for (int n = 1; n < 100 * TERMS && term > sum * CLOSE; n++) {
			term *= x / (a + n);
			sum += term;
		}
		return front * sum;
	}
	for (int n = 1; n < 100 * TERMS; n++) {
		double an = -n * (n - a), step;

		b += 2;
		d = 1 / not_zero(an * d + b);
		c = not_zero(b + an / c);
		step = d * c;
		h *= step;
		if (fabs(step - 1) < CLOSE)
			break;
	}
	return 1 - front * h;
}

/* Where a rising function of x passes p. */
static double solve(double (*f)(double a, double b, double x), double a,
    double b, double high, double p)
{
	double low = 0;

	for (int i = 0; i < STEPS; i++) {
		double mid = (low + high) / 2;

		if (f(a, b, mid) < p)
			low = mid;
		else
			high = mid;
	}
	return (low + high) / 2;
}

static double poisson_tail(double a, double b, double x)
{
	(void)b;
	return x <= 0 ? 0 : gamma_lower(a, x);
}

struct interval interval_share(int64_t n, int64_t total)
{
	struct interval i = {0, 1};
	double k = (double)n, rest = (double)(total - n);

	if (n > 0)
		i.low = solve(beta, k, rest + 1, 1, TAIL);
	if (n < total)
		i.high = solve(beta, k + 1, rest, 1, 1 - TAIL);
	return i;
}

struct interval interval_count(int64_t n)
{
	struct interval i = {0, 0};
	double k = (double)n, far = k + 20 * sqrt(k + 1) + 20;

	if (n > 0)
		i.low = solve(poisson_tail, k, 0, far, TAIL);
	i.high = solve(poisson_tail, k + 1, 0, far, 1 - TAIL);
	return i;
}
