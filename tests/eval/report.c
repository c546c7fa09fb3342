/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/report.h"

#include <math.h>
#include <stdlib.h>

#define ALPHA  .05
#define ROUNDS 2000
#define SEED   1

struct tally report_normals(const struct run *r)
{
	struct tally all = {0};

	for (size_t k = 0; k < kinds_n; k++) {
		const struct tally *t = &r->v[k];

		if (kinds[k].aim != AIM_NONE)
			continue;
		all.customers += t->customers;
		all.days += t->days;
		all.rows += t->rows;
		all.lost += t->lost;
		all.blocks += t->blocks;
		all.block_days += t->block_days;
		all.blocked_customers += t->blocked_customers;
		for (int i = 0; i < STATS_HIST; i++)
			all.hist[i] += t->hist[i];
		for (int i = 0; i < INCIDENT_KIND_COUNT; i++)
			all.by_kind[i] += t->by_kind[i];
		for (int i = 0; i < PEER_COUNT; i++)
			all.peer_alarms[i] += t->peer_alarms[i];
	}
	return all;
}

double per_million(uint64_t n, uint64_t days)
{
	return days > 0 ? (double)n * 1e6 / (double)days : 0;
}

double upper_exact(const struct tally *t)
{
	if (t->days == 0)
		return NAN;
	return stats_poisson_upper(t->blocks, ALPHA) * 1e6 / (double)t->days;
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

/* --- the two tables, in three forms ------------------------------------- */

static const char *duration(double s, char text[16])
{
	if (isnan(s))
		snprintf(text, 16, "-");
	else if (s < 120)
		snprintf(text, 16, "%.1f s", s);
	else if (s < 7200)
		snprintf(text, 16, "%.1f min", s / 60);
	else if (s < 172800)
		snprintf(text, 16, "%.1f h", s / 3600);
	else
		snprintf(text, 16, "%.1f d", s / 86400);
	return text;
}

static const char *count(double n, char text[16])
{
	snprintf(text, 16, isnan(n) ? "-" : "%.0f", n);
	return text;
}

static double lower(const struct tally *t)
{
	return stats_binomial_lower(t->found, t->began, ALPHA);
}

static void bots(const struct run *r, FILE *out, const char *format)
{
	for (size_t k = 0; k < kinds_n; k++) {
		const struct tally *t = &r->v[k];
		char s[3][16], m[3][16];

		if (kinds[k].aim == AIM_NONE || t->customers == 0)
			continue;
		fprintf(out, format, kinds[k].name,
		    (unsigned long long)t->began, recall(t), lower(t),
		    duration(found_seconds(r, k, .5), s[0]),
		    duration(found_seconds(r, k, .9), s[1]),
		    duration(found_seconds(r, k, .99), s[2]),
		    count(found_messages(r, k, .5), m[0]),
		    count(found_messages(r, k, .9), m[1]),
		    count(found_messages(r, k, .99), m[2]));
	}
}

static void normal(
    const struct tally *t, const char *name, FILE *out, const char *format)
{
	fprintf(out, format, name, (unsigned long long)t->days,
	    (double)t->rows / (double)(t->days > 0 ? t->days : 1),
	    (unsigned long long)t->blocks,
	    (unsigned long long)t->blocked_customers,
	    per_million(t->blocks, t->days), upper_exact(t),
	    upper_bootstrap(t),
	    (unsigned long long)t->by_kind[INCIDENT_BOT_BURST],
	    (unsigned long long)t->by_kind[INCIDENT_SPAM_BOT],
	    (unsigned long long)t->by_kind[INCIDENT_SPOOFED_SENDER]);
}

static void normals(const struct run *r, FILE *out, const char *format)
{
	struct tally all = report_normals(r);

	for (size_t k = 0; k < kinds_n; k++)
		if (kinds[k].aim == AIM_NONE && r->v[k].customers > 0)
			normal(&r->v[k], kinds[k].name, out, format);
	if (all.customers > 0)
		normal(&all, "all", out, format);
}

static void peers_of(const struct run *r, FILE *out, const char *name,
    const char *cell, const char *end)
{
	fprintf(out, "%s", name);
	(void)r;
	for (int i = 0; i < PEER_COUNT; i++)
		fprintf(out, cell, peer_name(i));
	fprintf(out, "%s", end);
}

void report_text(const struct run *r, FILE *out)
{
	fprintf(out,
	    "\n%-14s %6s %6s %6s  %29s  %22s\n%-14s %6s %6s %6s  %9s %9s %9s"
	    "  %7s %7s %6s\n",
	    "bots", "", "", "lower", "time to find", "messages to find", "",
	    "n", "recall", "95 %", "median", "p90", "p99", "median", "p90",
	    "p99");
	bots(r, out,
	    "%-14s %6llu %6.4f %6.4f  %9s %9s %9s  %7s %7s %6s\n");
	fprintf(out,
	    "\n%-14s %10s %6s %7s %7s  %26s  %20s\n%-14s %10s %6s %7s %7s  "
	    "%8s %8s %8s  %6s %6s %6s\n",
	    "normals", "active", "rows", "wrong", "custo-",
	    "per million active days", "by rule", "", "days", "a day",
	    "blocks", "mers", "measured", "exact95", "boot95", "burst",
	    "score", "spoof");
	normals(r, out,
	    "%-14s %10llu %6.0f %7llu %7llu  %8.2f %8.2f %8.2f  %6llu %6llu "
	    "%6llu\n");
}

void report_markdown(const struct run *r, FILE *out)
{
	fprintf(out,
	    "| bots | n | recall | lower 95 %% | time: median | p90 | p99 | "
	    "messages: median | p90 | p99 |\n|---|---|---|---|---|---|---|---|"
	    "---|---|\n");
	bots(r, out,
	    "| `%s` | %llu | %.4f | %.4f | %s | %s | %s | %s | %s | %s |\n");
	fprintf(out,
	    "\n| normals | active days | rows a day | wrong blocks | customers"
	    " | per million days | exact 95 %% | bootstrap 95 %% | burst | "
	    "score | spoofed |\n|---|---|---|---|---|---|---|---|---|---|---|"
	    "\n");
	normals(r, out,
	    "| `%s` | %llu | %.0f | %llu | %llu | %.2f | %.2f | %.2f | %llu | "
	    "%llu | %llu |\n");
}

void report_json(const struct run *r, FILE *out)
{
	(void)peers_of;
	fprintf(out, "{\"took_s\":%.1f,\"kinds\":[", r->took_s);
	for (size_t k = 0, n = 0; k < kinds_n; k++) {
		const struct tally *t = &r->v[k];

		if (t->customers == 0)
			continue;
		fprintf(out,
		    "%s\n{\"kind\":\"%s\",\"bot\":%s,\"customers\":%llu,"
		    "\"days\":%llu,\"rows\":%llu,\"blocks\":%llu,"
		    "\"blocked_customers\":%llu,\"began\":%llu,\"found\":%llu,"
		    "\"lost\":%llu}",
		    n++ > 0 ? "," : "", kinds[k].name,
		    kinds[k].aim != AIM_NONE ? "true" : "false",
		    (unsigned long long)t->customers,
		    (unsigned long long)t->days, (unsigned long long)t->rows,
		    (unsigned long long)t->blocks,
		    (unsigned long long)t->blocked_customers,
		    (unsigned long long)t->began,
		    (unsigned long long)t->found,
		    (unsigned long long)t->lost);
	}
	fprintf(out, "\n]}\n");
}
