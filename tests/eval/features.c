/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/eval/features.h"

#include <math.h>
#include <string.h>

#include "tests/eval/report.h"

#define BOTS_SHOWN 10

/* ln of how much likelier a bot's refused mail meets the feature than an
 * honest one's: scripts/eval features with SEED=1, first table. */
#define DOMAINS_MILLI 1800
#define HELOS_MILLI   1700
#define SENDERS_MILLI 1700
#define UNKNOWN_MILLI 3700

static void nothing(struct conf *c)
{
	(void)c;
}

/* So small that no decision changes: it only says where they hold. */
static void watch(struct conf *c)
{
	c->novelty_domains_milli = c->novelty_helos_milli = 1;
	c->novelty_senders_milli = c->novelty_unknown_milli = 1;
}

static void no_min_domains(struct conf *c)
{
	c->min_domains = 1;
}

static void no_spread_helos(struct conf *c)
{
	c->spread_helos = 0;
}

static void no_bad_percent(struct conf *c)
{
	c->burst_bad_percent = 0;
}

static void domains(struct conf *c)
{
	c->novelty_domains_milli = DOMAINS_MILLI;
}

static void helos(struct conf *c)
{
	c->novelty_helos_milli = HELOS_MILLI;
}

static void senders(struct conf *c)
{
	c->novelty_senders_milli = SENDERS_MILLI;
}

static void unknown(struct conf *c)
{
	c->novelty_unknown_milli = UNKNOWN_MILLI;
}

static void four(struct conf *c)
{
	domains(c);
	helos(c);
	senders(c);
	unknown(c);
}

static const struct {
	const char *name;
	void (*change)(struct conf *c);
} variants[] = {
    {"as configured", nothing},
    {"without min_domains", no_min_domains},
    {"without spread_helos", no_spread_helos},
    {"without burst_bad_percent", no_bad_percent},
    {"with novelty_domains", domains},
    {"with novelty_helos", helos},
    {"with novelty_senders", senders},
    {"with novelty_unknown", unknown},
    {"with these four", four},
};
#define VARIANTS (sizeof(variants) / sizeof(variants[0]))

static int run_variant(const struct trial *t, const struct features_size *n,
    const char *name, void (*change)(struct conf *c), struct run *r)
{
	struct conf conf = *t->policy->conf;
	struct policy policy = *t->policy;
	struct trial other = *t;
	struct run_plan p = {
	    .trial = &other, .processes = n->processes, .progress = name};

	change(&conf);
	policy.conf = &conf;
	other.policy = &policy;
	other.peer_factor = 0;
	for (size_t k = 0; k < kinds_n; k++)
		if (kind_is_normal(&kinds[k], SIGHT_PORT25))
			p.customers[k] = n->normals;
		else if (kind_is_shown(&kinds[k]))
			p.customers[k] = n->bots;
	return run_all(&p, r);
}

/* --- where they hold ---------------------------------------------------- */

static void add_holds(
    const struct run *r, bool bots, int f, uint64_t *holds, uint64_t *of)
{
	*holds = *of = 0;
	for (size_t k = 0; k < kinds_n; k++) {
		if ((kinds[k].aim != AIM_NONE) != bots)
			continue;
		*holds += r->v[k].holds[f];
		*of += r->v[k].refused;
	}
}

static int tell_holds(const struct trial *t, const struct features_size *n,
    FILE *out, enum table_style style)
{
	static const char *const names[NOVELTY_FEATURES] = {
	    [NOVELTY_DOMAINS] = "novelty_domains",
	    [NOVELTY_HELOS] = "novelty_helos",
	    [NOVELTY_SENDERS] = "novelty_senders",
	    [NOVELTY_UNKNOWN] = "novelty_unknown_percent"};
	struct table b;
	struct run r;

	if (run_variant(t, n, "where they hold", watch, &r) != 0)
		return -1;
	table_begin(&b, out, style,
	    "feature|bots' refused mails|where it holds|honest refused "
	    "mails|where it holds|ln of the ratio");
	for (int f = 0; f < NOVELTY_FEATURES; f++) {
		uint64_t holds[2], of[2];
		double share[2];

		for (int i = 0; i < 2; i++) {
			add_holds(&r, i == 0, f, &holds[i], &of[i]);
			share[i] =
			    of[i] > 0 ? (double)holds[i] / (double)of[i] : NAN;
		}
		table_text(&b, names[f]);
		table_count(&b, of[0]);
		table_number(&b, share[0], 3);
		table_count(&b, of[1]);
		table_number(&b, share[1], 3);
		table_number(&b, log(share[0] / share[1]), 2);
	}
	run_free(&r);
	return 0;
}

/* --- with and without --------------------------------------------------- */

/* What a variant came to, by place in kinds[]. */
struct result {
	double seconds[RUN_KINDS], recall[RUN_KINDS];
};

static void keep(const struct run *r, struct result *to)
{
	for (size_t k = 0; k < kinds_n; k++) {
		to->seconds[k] = found_seconds(r, k, .5);
		to->recall[k] = recall(&r->v[k]);
	}
}

static void tell_wrong(const struct run *r, const char *name, struct table *b)
{
	struct tally all = report_normals(r);

	table_text(b, name);
	table_count(b, all.blocks);
	table_count(b, all.blocked_customers);
	table_count(b, all.days);
	table_number(b, per_million(all.blocks, all.days), 2);
	table_number(b, upper_exact(&all), 2);
}

static void tell_bots(
    const struct result *v, bool times, FILE *out, enum table_style style)
{
	char titles[TABLE_COLUMNS * 24];
	size_t len = (size_t)snprintf(titles, sizeof(titles), "%s",
	    times ? "median time to detect" : "recall");
	struct table b;

	for (size_t k = 0; k < kinds_n && len < sizeof(titles) - 24; k++)
		if (kind_is_shown(&kinds[k]))
			len += (size_t)snprintf(titles + len,
			    sizeof(titles) - len, "|%.20s", kinds[k].name);
	fputs("\n", out);
	table_begin(&b, out, style, titles);
	for (size_t i = 0; i < VARIANTS; i++) {
		table_text(&b, variants[i].name);
		for (size_t k = 0; k < kinds_n; k++)
			if (kind_is_shown(&kinds[k]) && times)
				table_seconds(&b, v[i].seconds[k]);
			else if (kind_is_shown(&kinds[k]))
				table_number(&b, v[i].recall[k], 4);
	}
}

int features_all(const struct trial *t, const struct features_size *n,
    FILE *out, enum table_style style)
{
	struct result results[VARIANTS];
	struct table b;

	report_heading(out, style, "Where the novelty features hold");
	if (tell_holds(t, n, out, style) != 0)
		return -1;
	report_heading(out, style, "With and without each feature");
	table_begin(&b, out, style,
	    "policy|wrong blocks|customers|active days|per million days|exact "
	    "95 %");
	for (size_t i = 0; i < VARIANTS; i++) {
		struct run r;

		if (run_variant(
			t, n, variants[i].name, variants[i].change, &r) != 0)
			return -1;
		tell_wrong(&r, variants[i].name, &b);
		keep(&r, &results[i]);
		run_free(&r);
		fflush(out);
	}
	tell_bots(results, true, out, style);
	tell_bots(results, false, out, style);
	return 0;
}
