/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/curves.h"

#include <math.h>
#include <string.h>

#include "tests/eval/report.h"

#define NEVER      (INT64_C(1) << 20)
#define NEVER_H    (INT64_MAX / 8)
#define SWEEP_STEP 10

enum rule { RULE_BURST = 1, RULE_SCORE = 2, RULE_SPOOFED = 4, RULE_ALL = 7 };

static const double factors[CURVES_FACTORS] = {
    .25, .35, .5, .71, 1, 1.41, 2, 4, 8};

static int64_t scaled(int64_t v, double factor)
{
	int64_t x = llround((double)v * factor);

	return x > 0 ? x : 1;
}

/* A policy of its own, with other thresholds; rules that are not named can
 * never hold. */
static void scale(struct policy *p, struct conf *c, const struct policy *from,
    enum rule rules, double f)
{
	*c = *from->conf;
	*p = *from;
	p->conf = c;
	for (int i = 0; i < CLASS_COUNT; i++) {
		p->threshold_milli[i] = (rules & RULE_SCORE) != 0
					    ? scaled(p->threshold_milli[i], f)
					    : NEVER_H;
		p->hurry_threshold_milli[i] =
		    (rules & RULE_SCORE) != 0
			? scaled(p->hurry_threshold_milli[i], f)
			: NEVER_H;
		policy_set_spread(p, i,
		    (rules & RULE_BURST) != 0
			? scaled(p->spread_all[i].servers, f)
			: 0);
		p->burst_servers[i] = scaled(p->burst_servers[i], f);
		p->burst_connections[i] =
		    (rules & RULE_BURST) != 0
			? scaled(p->burst_connections[i], f)
			: NEVER;
	}
	c->spoof_threshold_milli = scaled(c->spoof_threshold_milli, f);
	c->spoof_min_servers = scaled(c->spoof_min_servers, f);
	c->spoof_min_messages = (rules & RULE_SPOOFED) != 0
				    ? scaled(c->spoof_min_messages, f)
				    : NEVER;
}

static void plan_all(struct run_plan *p, const struct curves_size *n)
{
	for (size_t k = 0; k < kinds_n; k++)
		if (kind_is_normal(&kinds[k], SIGHT_PORT25))
			p->customers[k] = n->normals;
		else if (kind_is_shown(&kinds[k]))
			p->customers[k] = n->bots;
}

/* peer -1: Sekisho. */
static struct point point_of(const struct run *r, double factor, int peer)
{
	struct point at = {.factor = factor};
	struct tally all = report_normals(r);
	double sum = 0;
	int n = 0;

	at.wrong = per_million(
	    peer < 0 ? all.block_days : all.peer_alarms[peer], all.days);
	for (size_t k = 0; k < kinds_n; k++) {
		const struct tally *t = &r->v[k];

		if (!kind_is_shown(&kinds[k]) || t->began == 0)
			continue;
		sum += peer < 0
			   ? recall(t)
			   : (double)t->peer_found[peer] / (double)t->began;
		n++;
	}
	at.recall = n > 0 ? sum / n : 0;
	return at;
}

static int roc_line(const struct trial *t, const struct curves_size *n,
    struct curves *c, int line, enum rule rules)
{
	for (int i = 0; i < CURVES_FACTORS; i++) {
		struct policy policy;
		struct conf conf;
		struct trial other = *t;
		struct run_plan p = {.trial = &other,
		    .processes = n->processes,
		    .progress = n->progress ? c->v[line].name : NULL};
		struct run r;

		scale(&policy, &conf, t->policy, rules, factors[i]);
		other.policy = &policy;
		other.peer_factor = rules == RULE_ALL ? factors[i] : 0;
		plan_all(&p, n);
		if (run_all(&p, &r) != 0)
			return -1;
		c->v[line].v[i] = point_of(&r, factors[i], -1);
		for (int k = 0; k < PEER_COUNT && rules == RULE_ALL; k++)
			c->v[4 + k].v[i] = point_of(&r, factors[i], k);
		run_free(&r);
	}
	return 0;
}

int curves_roc(
    const struct trial *t, const struct curves_size *n, struct curves *c)
{
	static const struct {
		const char *name;
		enum rule rules;
	} lines[4] = {{"sekisho", RULE_ALL}, {"burst", RULE_BURST},
	    {"score", RULE_SCORE}, {"spoofed", RULE_SPOOFED}};

	memset(c, 0, sizeof(*c));
	for (int i = 0; i < 4; i++)
		snprintf(
		    c->v[i].name, sizeof(c->v[i].name), "%s", lines[i].name);
	for (int i = 0; i < PEER_COUNT; i++)
		snprintf(
		    c->v[4 + i].name, sizeof(c->v[i].name), "%s", peer_name(i));
	for (int i = 0; i < 4; i++)
		if (roc_line(t, n, c, i, lines[i].rules) != 0)
			return -1;
	return 0;
}

void curves_points(const struct curves *c, FILE *out, enum table_style style)
{
	struct table b;

	table_begin(
	    &b, out, style, "rules|factor|wrong days per million|recall");
	for (int i = 0; i < CURVES_LINES; i++)
		for (int k = 0; k < CURVES_FACTORS; k++) {
			table_text(&b, c->v[i].name);
			table_number(&b, c->v[i].v[k].factor, 2);
			table_number(&b, c->v[i].v[k].wrong, 1);
			table_number(&b, c->v[i].v[k].recall, 4);
		}
}

/* More bots at as few wrong days, and fewer wrong days at as many bots; equal
 * only where nothing can be better. */
static bool is_better(const struct point *peer, double best, double least)
{
	return (best > peer->recall || (best == peer->recall && best >= 1)) &&
	       (least < peer->wrong || (least == peer->wrong && least <= 0));
}

/* The peer's own factor 1 against the points of ours. */
void curves_compare(const struct curves *c, FILE *out, enum table_style style)
{
	const struct point *ours = c->v[0].v;
	struct table b;

	table_begin(&b, out, style,
	    "peer|wrong days|recall|ours at no more wrong|ours at no less "
	    "recall|reached");
	for (int i = 4; i < CURVES_LINES; i++) {
		const struct point *p = NULL;
		double best = NAN, least = NAN;

		for (int k = 0; k < CURVES_FACTORS; k++)
			if (c->v[i].v[k].factor == 1)
				p = &c->v[i].v[k];
		for (int k = 0; k < CURVES_FACTORS && p != NULL; k++) {
			if (ours[k].wrong <= p->wrong)
				best = fmax(best, ours[k].recall);
			if (ours[k].recall >= p->recall)
				least = fmin(least, ours[k].wrong);
		}
		table_text(&b, c->v[i].name);
		table_number(&b, p != NULL ? p->wrong : NAN, 1);
		table_number(&b, p != NULL ? p->recall : NAN, 4);
		table_number(&b, best, 4);
		table_number(&b, least, 1);
		table_text(
		    &b, p != NULL && is_better(p, best, least) ? "yes" : "no");
	}
}

/* --- sweeps ------------------------------------------------------------- */

static int one_kind(const struct trial *t, const struct curves_size *n,
    size_t kind, uint64_t customers, struct run *r)
{
	struct run_plan p = {.trial = t,
	    .processes = n->processes,
	    .progress = n->progress ? kinds[kind].name : NULL};

	p.customers[kind] = customers;
	return run_all(&p, r);
}

/* Between two values of the parameter, on a logarithmic scale. */
static double crossing(double v0, double r0, double v1, double r1)
{
	double part = r1 != r0 ? (.5 - r0) / (r1 - r0) : .5;

	return v0 * pow(v1 / v0, part);
}

static int sweep_kind(const struct trial *t, const struct curves_size *n,
    size_t k, struct table *b)
{
	const struct kind *kind = &kinds[k];
	double v[SWEEP_STEP], y[SWEEP_STEP], at = NAN;

	for (int i = 0; i < SWEEP_STEP; i++) {
		struct trial other = *t;
		struct run r;

		v[i] = kind->sweep_lo * pow(kind->sweep_hi / kind->sweep_lo,
					    i / (double)(SWEEP_STEP - 1));
		other.main_param = v[i];
		other.peer_factor = 0;
		if (one_kind(&other, n, k, n->bots, &r) != 0)
			return -1;
		y[i] = recall(&r.v[k]);
		run_free(&r);
		if (i > 0 && (y[i] < .5) != (y[i - 1] < .5))
			at = crossing(v[i - 1], y[i - 1], v[i], y[i]);
	}
	table_text(b, kind->name);
	table_text(b, kind->params[kind->main_param].name);
	table_number(b, v[0], 3);
	table_number(b, y[0], 3);
	table_number(b, v[SWEEP_STEP - 1], 3);
	table_number(b, y[SWEEP_STEP - 1], 3);
	table_number(b, at, 3);
	return 0;
}

int curves_sweep(const struct trial *t, const struct curves_size *n, FILE *out,
    enum table_style style)
{
	struct table b;

	table_begin(&b, out, style,
	    "bots|       parameter|from|recall|to|recall|recall .5 at");
	for (size_t k = 0; k < kinds_n; k++)
		if (kinds[k].aim != AIM_NONE && kinds[k].main_param >= 0 &&
		    sweep_kind(t, n, k, &b) != 0)
			return -1;
	return 0;
}

static int load_kind(const struct trial *t, const struct curves_size *n,
    size_t k, struct table *b)
{
	static const double loads[] = {1, 1.5, 2, 3, 5, 8, 13, 20, 30, 50};
	size_t i = 0, all = sizeof(loads) / sizeof(loads[0]);
	uint64_t blocked = 0;

	for (; i < all; i++) {
		struct trial other = *t;
		struct run r;

		other.load = loads[i];
		other.peer_factor = 0;
		if (one_kind(&other, n, k, n->normals, &r) != 0)
			return -1;
		blocked = r.v[k].blocked_customers + r.v[k].accused_customers;
		run_free(&r);
		if (blocked > 0)
			break;
	}
	table_text(b, kinds[k].name);
	table_number(b, blocked > 0 ? loads[i] : NAN, 1);
	table_count(b, blocked);
	table_count(b, n->normals);
	return 0;
}

int curves_load(const struct trial *t, const struct curves_size *n, FILE *out,
    enum table_style style)
{
	struct table b;

	table_begin(&b, out, style, "normals|first wrong at load|blocked|of");
	for (size_t k = 0; k < kinds_n; k++)
		if (kinds[k].aim == AIM_NONE && load_kind(t, n, k, &b) != 0)
			return -1;
	return 0;
}
