/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/cusum.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* --- the lattice ---------------------------------------------------------- */

/* The walk in steps of the lattice: S is the sum of whole steps. */
struct walk {
	int32_t unit_milli;
	int step[LABEL_COUNT];
	double p[LABEL_COUNT];
	int n;        /* steps with a probability */
	int up, down; /* longest */
	int h;        /* states 0 .. h - 1; the alarm is at h */
};

static int32_t gcd(int32_t a, int32_t b)
{
	while (b != 0) {
		int32_t r = a % b;

		a = b;
		b = r;
	}
	return a;
}

static int floor_div(int32_t a, int32_t unit)
{
	return a >= 0 ? a / unit : -((-a + unit - 1) / unit);
}

static int ceil_div(int32_t a, int32_t unit)
{
	return -floor_div(-a, unit);
}

static int walk_init(
    struct walk *w, const struct cusum *c, int32_t threshold_milli)
{
	double sum = 0;
	int32_t unit = 0;

	memset(w, 0, sizeof(*w));
	for (int i = 0; i < LABEL_COUNT; i++) {
		if (!(c->share[i] > 0))
			continue;
		sum += c->share[i];
		unit = gcd(unit, abs(c->weight_milli[i]));
	}
	if (!(sum > 0) || threshold_milli <= 0)
		return -1;
	if (unit == 0)
		unit = 1; /* nothing ever moves */
	while (threshold_milli / unit >= CUSUM_STATES_MAX)
		unit *= 2;
	w->unit_milli = unit;
	w->h = ceil_div(threshold_milli, unit);
	for (int i = 0; i < LABEL_COUNT; i++) {
		int step = ceil_div(c->weight_milli[i], unit);

		if (!(c->share[i] > 0))
			continue;
		w->step[w->n] = step;
		w->p[w->n++] = c->share[i] / sum;
		if (step > w->up)
			w->up = step;
		if (-step > w->down)
			w->down = -step;
	}
	return 0;
}

/* --- the chain ------------------------------------------------------------ */

/* (I - Q) L = 1 for the lengths L, Q being the steps among the states below
 * h. Only the diagonals from -down to +up are not zero, and stay so while the
 * rows are eliminated. Q is substochastic: no pivot is needed. */
struct band {
	int n, down, up;
	double *a; /* row i, column i - down + j */
	double *b;
};

static double *at(struct band *m, int i, int j)
{
	size_t width = (size_t)m->down + (size_t)m->up + 1;

	return &m->a[(size_t)i * width + (size_t)(j - i + m->down)];
}

static void fill(struct band *m, const struct walk *w)
{
	for (int i = 0; i < m->n; i++) {
		*at(m, i, i) += 1;
		m->b[i] = 1;
		for (int k = 0; k < w->n; k++) {
			int to = i + w->step[k];

			if (to < 0)
				to = 0;
			if (to < m->n)
				*at(m, i, to) -= w->p[k];
		}
	}
}

static void eliminate(struct band *m)
{
	for (int i = 0; i < m->n; i++) {
		int last = i + m->down < m->n ? i + m->down : m->n - 1;
		int right = i + m->up < m->n ? i + m->up : m->n - 1;

		for (int r = i + 1; r <= last; r++) {
			const double *restrict from = at(m, i, i);
			double *restrict to = at(m, r, i);
			double f = *to / *from;

			if (f == 0)
				continue;
			for (int j = 0; j <= right - i; j++)
				to[j] -= f * from[j];
			m->b[r] -= f * m->b[i];
		}
	}
}

static void substitute(struct band *m)
{
	for (int i = m->n - 1; i >= 0; i--) {
		int right = i + m->up < m->n ? i + m->up : m->n - 1;

		for (int j = i + 1; j <= right; j++)
			m->b[i] -= *at(m, i, j) * m->b[j];
		m->b[i] /= *at(m, i, i);
	}
}

/* A chain that can't be left has no finite length; neither has one whose
 * length is beyond what doubles hold to a few digits. */
static double finite_or_never(double length)
{
	return length > 0 && length < 1e12 ? length : INFINITY;
}

int cusum_run_length(
    const struct cusum *c, int32_t threshold_milli, struct cusum_length *l)
{
	struct walk w;
	struct band m;
	size_t width;
	int rc = -1;

	if (walk_init(&w, c, threshold_milli) != 0)
		return -1;
	l->lattice_milli = w.unit_milli;
	l->from_zero = l->from_half = INFINITY;
	if (w.up == 0)
		return 0;
	m.n = w.h;
	m.down = w.down < w.h ? w.down : w.h - 1;
	m.up = w.up < w.h ? w.up : w.h - 1;
	width = (size_t)m.down + (size_t)m.up + 1;
	m.a = calloc((size_t)m.n * width, sizeof(*m.a));
	m.b = calloc((size_t)m.n, sizeof(*m.b));
	if (m.a && m.b) {
		fill(&m, &w);
		eliminate(&m);
		substitute(&m);
		l->from_zero = finite_or_never(m.b[0]);
		l->from_half = finite_or_never(m.b[w.h / 2]);
		rc = 0;
	}
	free(m.a);
	free(m.b);
	return rc;
}

int32_t cusum_threshold(
    const struct cusum *c, double run_length, int32_t threshold_max_milli)
{
	int32_t lo = 0, hi = threshold_max_milli;
	struct cusum_length l;

	if (cusum_run_length(c, hi, &l) != 0)
		return -1;
	if (l.from_half < run_length)
		return 0;
	/* hi always suffices, lo never */
	while (hi - lo > 1) {
		int32_t mid = lo + (hi - lo) / 2;

		if (cusum_run_length(c, mid, &l) != 0)
			return -1;
		if (l.from_half >= run_length)
			hi = mid;
		else
			lo = mid;
	}
	return hi;
}

/* --- the second way ------------------------------------------------------- */

/* xorshift64*, S. Vigna, ACM TOMS 42 (2016). */
static double uniform(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (double)(*state * UINT64_C(2685821657736338717) >> 11) /
	       (double)(UINT64_C(1) << 53);
}

static int draw(const struct walk *w, const double *p, uint64_t *state)
{
	double u = uniform(state);
	int k = 0;

	while (k + 1 < w->n && u >= p[k])
		u -= p[k++];
	return w->step[k];
}

static double moment(const struct walk *w, double theta)
{
	double m = 0;

	for (int k = 0; k < w->n; k++)
		m += w->p[k] * exp(theta * w->step[k]);
	return m;
}

/* The positive root of E exp(theta w) = 1: under the mix that it tilts, the
 * walk drifts up, and its path has the likelihood exp(-theta S). */
static double find_tilt(const struct walk *w)
{
	double lo = 0, hi = 1.0 / w->up;

	while (moment(w, hi) < 1)
		hi *= 2;
	for (int i = 0; i < 200; i++) {
		double mid = (lo + hi) / 2;

		if (moment(w, mid) < 1)
			lo = mid;
		else
			hi = mid;
	}
	return hi;
}

/* One excursion from 0 until S is 0 again or the alarm comes: its length, and
 * where it ended. */
static int64_t excursion(
    const struct walk *w, const double *p, uint64_t *state, int *end)
{
	int64_t n = 0;
	int s = 0;

	do {
		s += draw(w, p, state);
		n++;
	} while (s > 0 && s < w->h);
	*end = s;
	return n;
}

int cusum_sample(const struct cusum *c, int32_t threshold_milli, int64_t n,
    uint64_t seed, struct cusum_sample *s)
{
	double tilted[LABEL_COUNT], theta, drift = 0, rate, var;
	double hits = 0, hits2 = 0, length = 0;
	uint64_t state = seed * 2 + 1;
	struct walk w;
	int end;

	if (walk_init(&w, c, threshold_milli) != 0)
		return -1;
	for (int k = 0; k < w.n; k++)
		drift += w.p[k] * w.step[k];
	if (w.up == 0 || drift >= 0 || n < 2)
		return -1;
	theta = find_tilt(&w);
	for (int k = 0; k < w.n; k++)
		tilted[k] = w.p[k] * exp(theta * w.step[k]);
	for (int64_t i = 0; i < n; i++) {
		double x = 0;

		excursion(&w, tilted, &state, &end);
		if (end >= w.h)
			x = exp(-theta * end);
		hits += x;
		hits2 += x * x;
		length += (double)excursion(&w, w.p, &state, &end);
	}
	rate = hits / (double)n;
	var = (hits2 / (double)n - rate * rate) / (double)(n - 1);
	s->from_zero = length / (double)n / rate;
	s->error = s->from_zero * sqrt(var > 0 ? var : 0) / rate;
	return 0;
}
