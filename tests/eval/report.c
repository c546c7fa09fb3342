/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define ALPHA  .05
#define ROUNDS 2000
#define SEED   1

static struct tally sum_normals(const struct run *r, enum sight sight)
{
	struct tally all = {0};

	for (size_t k = 0; k < kinds_n; k++) {
		const struct tally *t = &r->v[k];

		if (!kind_is_normal(&kinds[k], sight))
			continue;
		all.customers += t->customers;
		all.days += t->days;
		all.rows += t->rows;
		all.lost += t->lost;
		all.blocks += t->blocks;
		all.block_days += t->block_days;
		all.on_static += t->on_static;
		all.blocked_customers += t->blocked_customers;
		all.accused += t->accused;
		all.accused_customers += t->accused_customers;
		for (int i = 0; i < STATS_HIST; i++)
			all.hist[i] += t->hist[i];
		for (int i = 0; i < INCIDENT_KIND_COUNT; i++)
			all.by_kind[i] += t->by_kind[i];
		for (int i = 0; i < PEER_COUNT; i++)
			all.peer_alarms[i] += t->peer_alarms[i];
	}
	return all;
}

struct tally report_normals(const struct run *r)
{
	return sum_normals(r, SIGHT_PORT25);
}

struct tally report_owners(const struct run *r)
{
	return sum_normals(r, SIGHT_LOGINS);
}

double per_million(uint64_t n, uint64_t days)
{
	return days > 0 ? (double)n * 1e6 / (double)days : 0;
}

static double upper(uint64_t n, uint64_t days)
{
	if (days == 0)
		return NAN;
	return stats_poisson_upper(n, ALPHA) * 1e6 / (double)days;
}

double upper_exact(const struct tally *t)
{
	return upper(t->blocks, t->days);
}

double upper_accused(const struct tally *t)
{
	return upper(t->accused, t->days);
}

double upper_bootstrap(const struct tally *t)
{
	if (t->days == 0)
		return NAN;
	return stats_bootstrap(t->hist, 1 - ALPHA, ROUNDS, SEED) * 1e6 /
	       (double)t->days;
}

double recall(const struct tally *t)
{
	return t->began > 0 ? (double)t->found / (double)t->began : 1;
}

static double quantile_of(
    const struct run *r, size_t kind, double q, bool messages)
{
	uint64_t n = r->v[kind].customers;
	double *v, result;
	size_t found = 0;

	if (n > RUN_SAMPLES)
		n = RUN_SAMPLES;
	v = r->samples[kind] != NULL ? malloc(n * sizeof(*v)) : NULL;
	if (v == NULL)
		return NAN;
	for (uint64_t i = 0; i < n; i++) {
		const struct sample *s = &r->samples[kind][i];

		if (s->seconds >= 0)
			v[found++] = messages ? s->messages : s->seconds;
	}
	result = stats_quantile(v, found, q);
	free(v);
	return result;
}

double found_seconds(const struct run *r, size_t kind, double q)
{
	return quantile_of(r, kind, q, false);
}

double found_messages(const struct run *r, size_t kind, double q)
{
	return quantile_of(r, kind, q, true);
}

/* --- the tables ----------------------------------------------------------- */

static void bots(const struct run *r, FILE *out, enum table_style style)
{
	static const double quantiles[] = {.5, .9, .99};
	struct table b;

	table_begin(&b, out, style,
	    "bots|n|recall|at least|time: median|p90|p99|"
	    "messages: median|p90|p99");
	for (size_t k = 0; k < kinds_n; k++) {
		const struct tally *t = &r->v[k];

		if (kinds[k].aim == AIM_NONE || t->customers == 0)
			continue;
		table_text(&b, kinds[k].name);
		table_count(&b, t->began);
		table_number(&b, recall(t), 4);
		table_number(
		    &b, stats_binomial_lower(t->found, t->began, ALPHA), 4);
		for (int i = 0; i < 3; i++)
			table_seconds(&b, found_seconds(r, k, quantiles[i]));
		for (int i = 0; i < 3; i++)
			table_number(&b, found_messages(r, k, quantiles[i]), 0);
	}
}

static void normal(struct table *b, const struct tally *t, const char *name)
{
	table_text(b, name);
	table_count(b, t->days);
	table_number(b, per_million(t->rows, t->days) / 1e6, 0);
	table_count(b, t->blocks);
	table_count(b, t->blocked_customers);
	table_number(b, per_million(t->blocks, t->days), 2);
	table_number(b, upper_exact(t), 2);
	table_number(b, upper_bootstrap(t), 2);
	table_count(b, t->by_kind[INCIDENT_BOT_BURST]);
	table_count(b, t->by_kind[INCIDENT_SPAM_BOT]);
	table_count(b, t->by_kind[INCIDENT_SPOOFED_SENDER]);
	table_count(b, t->on_static);
}

static void normals(const struct run *r, FILE *out, enum table_style style)
{
	struct tally all = report_normals(r);
	struct table b;

	table_begin(&b, out, style,
	    "normals|active days|rows a day|wrong blocks|customers|"
	    "per million days|exact 95 %|bootstrap 95 %|burst|score|spoofed|on "
	    "static lines");
	for (size_t k = 0; k < kinds_n; k++)
		if (kind_is_normal(&kinds[k], SIGHT_PORT25) &&
		    r->v[k].customers > 0)
			normal(&b, &r->v[k], kinds[k].name);
	if (all.customers > 0)
		normal(&b, &all, "all");
}

static void owner(struct table *b, const struct tally *t, const char *name)
{
	table_text(b, name);
	table_count(b, t->days);
	table_number(b, per_million(t->rows, t->days) / 1e6, 0);
	table_count(b, t->accused);
	table_count(b, t->accused_customers);
	table_number(b, per_million(t->accused, t->days), 2);
	table_number(b, upper_accused(t), 2);
}

static void owners(const struct run *r, FILE *out, enum table_style style)
{
	struct tally all = report_owners(r);
	struct table b;

	table_begin(&b, out, style,
	    "owners of accounts|active days|rows a day|wrong "
	    "incidents|customers|per million days|exact 95 %");
	for (size_t k = 0; k < kinds_n; k++)
		if (kind_is_normal(&kinds[k], SIGHT_LOGINS) &&
		    r->v[k].customers > 0)
			owner(&b, &r->v[k], kinds[k].name);
	if (all.customers > 0)
		owner(&b, &all, "all");
}

static void alarms(const struct run *r, FILE *out, enum table_style style)
{
	struct table b;

	table_begin(
	    &b, out, style, "peers' rules|sekisho|ntopng|nemea|exim|spot");
	for (size_t k = 0; k < kinds_n; k++) {
		const struct tally *t = &r->v[k];
		bool normal_kind = kinds[k].aim == AIM_NONE;

		if (t->customers == 0 || kinds[k].sight == SIGHT_LOGINS)
			continue;
		table_text(&b, kinds[k].name);
		table_number(&b,
		    normal_kind ? per_million(t->block_days, t->days)
				: recall(t),
		    normal_kind ? 1 : 4);
		for (int i = 0; i < PEER_COUNT; i++)
			if (normal_kind)
				table_number(&b,
				    per_million(t->peer_alarms[i], t->days), 1);
			else
				table_number(&b,
				    (double)t->peer_found[i] /
					(double)(t->began ? t->began : 1),
				    4);
	}
}

/* What was set out to be reached. Kinds of which none was run are left out. */
static const struct goal {
	const char *kind;
	enum { GOAL_RECALL, GOAL_SECONDS, GOAL_MESSAGES } what;
	double value;
} goals[] = {
    {"burst", GOAL_RECALL, .99},
    {"spoofer", GOAL_RECALL, .99},
    {"blocked_line", GOAL_RECALL, .99},
    {"snowshoe", GOAL_RECALL, .95},
    {"mixed", GOAL_RECALL, .95},
    {"submission", GOAL_RECALL, .95},
    {"starttls", GOAL_RECALL, .95},
    {"burst", GOAL_SECONDS, 10},
    {"burst", GOAL_MESSAGES, 10},
};
#define WRONG_GOAL 1.0 /* a million active days, upper bound */

static const char *yes_no(bool reached)
{
	return reached ? "yes" : "no";
}

/* The bound needs three million days even when nothing went wrong. */
static const char *wrong_reached(const struct tally *t)
{
	if (upper_exact(t) <= WRONG_GOAL)
		return "yes";
	return per_million(t->blocks, t->days) <= WRONG_GOAL ? "too few days"
							     : "no";
}

static void goal_row(struct table *b, const char *who, const char *what,
    double want, double got, const char *reached)
{
	table_text(b, who);
	table_text(b, what);
	table_number(b, want, 2);
	table_number(b, got, 4);
	table_text(b, reached);
}

static void goal(const struct run *r, const struct goal *t, struct table *b)
{
	size_t k = (size_t)(kind_find(t->kind) - kinds);
	double v;

	if (r->v[k].customers == 0)
		return;
	switch (t->what) {
	case GOAL_RECALL:
		v = recall(&r->v[k]);
		goal_row(b, t->kind, "recall at least", t->value, v,
		    yes_no(v >= t->value));
		break;
	case GOAL_SECONDS:
		v = found_seconds(r, k, .5);
		goal_row(b, t->kind, "median seconds at most", t->value, v,
		    yes_no(v <= t->value));
		break;
	case GOAL_MESSAGES:
		v = found_messages(r, k, .5);
		goal_row(b, t->kind, "median messages at most", t->value, v,
		    yes_no(v <= t->value));
		break;
	}
}

static void wrong_goals(const struct run *r, double shift, struct table *b)
{
	struct tally all = report_normals(r);
	char who[TABLE_CELL];

	for (size_t k = 0; k < kinds_n; k++) {
		if (!kind_is_normal(&kinds[k], SIGHT_PORT25) ||
		    r->v[k].customers == 0)
			continue;
		snprintf(who, sizeof(who), "%s times %g", kinds[k].name, shift);
		goal_row(b, shift != 1 ? who : kinds[k].name,
		    "wrong a million, bound", WRONG_GOAL, upper_exact(&r->v[k]),
		    wrong_reached(&r->v[k]));
	}
	snprintf(who, sizeof(who), "all normals times %g", shift);
	if (all.customers > 0)
		goal_row(b, shift != 1 ? who : "all normals",
		    "wrong a million, bound", WRONG_GOAL, upper_exact(&all),
		    wrong_reached(&all));
}

void report_targets(const struct run *r, const struct run *shifted,
    double shift, FILE *out, enum table_style style)
{
	struct table b;

	report_heading(out, style, "Targets");

	table_begin(&b, out, style,
	    "targets|                   what|target|measured|reached");
	for (size_t i = 0; i < sizeof(goals) / sizeof(goals[0]); i++)
		goal(r, &goals[i], &b);
	wrong_goals(r, 1, &b);
	if (shifted != NULL)
		wrong_goals(shifted, shift, &b);
}

void report_heading(FILE *out, enum table_style style, const char *text)
{
	fprintf(
	    out, style == TABLE_MARKDOWN ? "\n### %s\n\n" : "\n%s\n\n", text);
}

void report_tables(const struct run *r, FILE *out, enum table_style style)
{
	report_heading(out, style, "Bots: who is found, and when");
	bots(r, out, style);
	report_heading(out, style, "Honest customers: wrong blocks");
	normals(r, out, style);
	report_heading(
	    out, style, "Honest owners of accounts: wrong incidents");
	owners(r, out, style);
	report_heading(out, style,
	    "Beside the rules of others: wrong days per million active days "
	    "of honest customers, recall of bots");
	alarms(r, out, style);
}

void report_shifted(
    const struct run *shifted, double shift, FILE *out, enum table_style style)
{
	char title[TABLE_CELL];

	snprintf(title, sizeof(title),
	    "Honest customers, every parameter times %g: wrong blocks", shift);
	report_heading(out, style, title);
	normals(shifted, out, style);
	fputs("\n", out);
	owners(shifted, out, style);
}

static void kind_row(struct table *b, const struct kind *k, int i)
{
	static const char *const laws[] = {[LAW_UNIFORM] = "even",
	    [LAW_LOG] = "even, log",
	    [LAW_CHANCE] = "yes"};
	const struct param *p = &k->params[i];
	char range[TABLE_CELL];

	table_text(b, i == 0 ? k->name : "");
	table_text(b, p->name);
	table_text(b, laws[p->law]);
	if (p->law == LAW_CHANCE)
		snprintf(range, sizeof(range), "chance %g", p->lo);
	else
		snprintf(range, sizeof(range), "%g to %g", p->lo, p->hi);
	table_text(b, range);
	table_text(b, p->why);
}

void report_kinds(FILE *out, enum table_style style)
{
	struct table b;

	table_begin(&b, out, style, "kind|what it is|static lines|validated");
	for (size_t k = 0; k < kinds_n; k++) {
		table_text(&b, kinds[k].name);
		table_text(&b, kinds[k].what);
		table_number(&b, kinds[k].fixed_line, 2);
		table_number(&b, kinds[k].validated, 2);
	}
	fputs("\n", out);
	table_begin(&b, out, style, "kind|parameter|law|range|reason");
	for (size_t k = 0; k < kinds_n; k++)
		for (int i = 0;
		     i < LIFE_PARAMS && kinds[k].params[i].name != NULL; i++)
			kind_row(&b, &kinds[k], i);
}

uint64_t report_rows(const struct run *r)
{
	uint64_t n = 0;

	for (size_t k = 0; k < kinds_n; k++)
		n += r->v[k].rows;
	return n;
}

uint64_t report_lost(const struct run *r)
{
	uint64_t n = 0;

	for (size_t k = 0; k < kinds_n; k++)
		n += r->v[k].lost;
	return n;
}

static void json_kind(const struct run *r, size_t k, FILE *out)
{
	const struct tally *t = &r->v[k];

	fprintf(out,
	    "{\"kind\":\"%s\",\"bot\":%s,\"customers\":%" PRIu64
	    ",\"days\":%" PRIu64 ",\"rows\":%" PRIu64 ",\"blocks\":%" PRIu64
	    ",\"block_days\":%" PRIu64 ",\"blocked_customers\":%" PRIu64
	    ",\"began\":%" PRIu64 ",\"found\":%" PRIu64 ",\"lost\":%" PRIu64,
	    kinds[k].name, kinds[k].aim != AIM_NONE ? "true" : "false",
	    t->customers, t->days, t->rows, t->blocks, t->block_days,
	    t->blocked_customers, t->began, t->found, t->lost);
	for (int i = 0; i < INCIDENT_KIND_COUNT; i++)
		if (t->by_kind[i] > 0)
			fprintf(out, ",\"by_%s\":%" PRIu64,
			    incident_kind_name(i), t->by_kind[i]);
	if (kind_is_normal(&kinds[k], SIGHT_LOGINS))
		fprintf(out,
		    ",\"accused\":%" PRIu64 ",\"accused_customers\":%" PRIu64
		    ",\"upper_accused\":%.4f",
		    t->accused, t->accused_customers, upper_accused(t));
	else if (kinds[k].aim == AIM_NONE)
		fprintf(out, ",\"upper_exact\":%.4f,\"upper_bootstrap\":%.4f",
		    upper_exact(t), upper_bootstrap(t));
	else if (t->found > 0)
		fprintf(out, ",\"median_s\":%.1f,\"median_messages\":%.0f",
		    found_seconds(r, k, .5), found_messages(r, k, .5));
	for (int i = 0; i < PEER_COUNT && kinds[k].sight != SIGHT_LOGINS; i++)
		fprintf(out,
		    ",\"%s\":{\"alarms\":%" PRIu64 ",\"found\":%" PRIu64 "}",
		    peer_name(i), t->peer_alarms[i], t->peer_found[i]);
	fputs("}", out);
}

void report_json(const struct run *r, FILE *out)
{
	struct tally all = report_normals(r), owned = report_owners(r);
	int n = 0;

	fprintf(out, "{\"kinds\":[");
	for (size_t k = 0; k < kinds_n; k++) {
		if (r->v[k].customers == 0)
			continue;
		fputs(n++ > 0 ? ",\n" : "\n", out);
		json_kind(r, k, out);
	}
	fprintf(out,
	    "],\n\"normals\":{\"customers\":%" PRIu64 ",\"days\":%" PRIu64
	    ",\"blocks\":%" PRIu64 "},\n\"owners\":{\"customers\":%" PRIu64
	    ",\"days\":%" PRIu64 ",\"accused\":%" PRIu64 "}}\n",
	    all.customers, all.days, all.blocks, owned.customers, owned.days,
	    owned.accused);
}
