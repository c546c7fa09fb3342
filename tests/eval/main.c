/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluation of the detector on labelled populations: docs/EVALUATION.md. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/eval/curves.h"
#include "tests/eval/features.h"
#include "tests/eval/parts.h"
#include "tests/eval/report.h"

struct options {
	uint64_t seed, normals, bots, points;
	uint64_t watch; /* number of the customer, plus 1 */
	int days, processes;
	bool kinds;    /* only say what they are */
	bool features; /* only with and without each */
	double shift, load;
	double also_shift; /* 0: not */
	enum tier tier;
	const char *policy, *only, *json, *markdown, *svg, *parts;
};

static const struct option longs[] = {
    {"seed", required_argument, NULL, 's'},
    {"normals", required_argument, NULL, 'n'},
    {"bots", required_argument, NULL, 'b'},
    {"points", required_argument, NULL, 'x'},
    {"days", required_argument, NULL, 'd'},
    {"processes", required_argument, NULL, 'p'},
    {"shift", required_argument, NULL, 'S'},
    {"also-shift", required_argument, NULL, 'A'},
    {"load", required_argument, NULL, 'L'},
    {"tier", required_argument, NULL, 't'},
    {"policy", required_argument, NULL, 'c'},
    {"only", required_argument, NULL, 'k'},
    {"watch", required_argument, NULL, 'w'},
    {"json", required_argument, NULL, 'j'},
    {"markdown", required_argument, NULL, 'm'},
    {"kinds", no_argument, NULL, 'K'},
    {"features", no_argument, NULL, 'F'},
    {"svg", required_argument, NULL, 'g'},
    {"parts", required_argument, NULL, 'P'},
    {NULL, 0, NULL, 0},
};

static int usage(void)
{
	fprintf(stderr,
	    "usage: eval [--seed N] [--normals N] [--bots N] [--points N]\n"
	    "    [--days N] [--processes N] [--shift F] [--load F]\n"
	    "    [--also-shift F]\n"
	    "    [--tier flow|envelope|domains] [--policy FILE]\n"
	    "    [--only KIND [--watch N]]\n"
	    "    [--kinds] [--features] [--json FILE] [--markdown FILE]\n"
	    "    [--svg FILE] [--parts DIRECTORY]\n"
	    "Customers are counted for each kind. --points: normals of each\n"
	    "kind at each point of a curve; 0: no curves. --also-shift: the\n"
	    "normals once more, each parameter times F. --parts keeps each\n"
	    "kind that is done, and does not run again what is kept.\n"
	    "--watch prints the rows of one customer, --kinds what the\n"
	    "populations are, --features what each feature that looks at\n"
	    "novelty brings.\n");
	return 2;
}

static int parse_files(struct options *o, int c)
{
	switch (c) {
	case 'c':
		o->policy = optarg;
		return 0;
	case 'k':
		o->only = optarg;
		return kind_find(optarg) != NULL ? 0 : -1;
	case 'j':
		o->json = optarg;
		return 0;
	case 'm':
		o->markdown = optarg;
		return 0;
	case 'g':
		o->svg = optarg;
		return 0;
	case 'P':
		o->parts = optarg;
		return 0;
	default:
		return -1;
	}
}

static int parse_number(struct options *o, int c)
{
	char *end;
	double v = strtod(optarg, &end);

	if (*end != '\0' || v < 0 || v > 1e9)
		return -1;
	switch (c) {
	case 's':
		o->seed = (uint64_t)v;
		return 0;
	case 'n':
		o->normals = (uint64_t)v;
		return 0;
	case 'b':
		o->bots = (uint64_t)v;
		return 0;
	case 'x':
		o->points = (uint64_t)v;
		return 0;
	case 'w':
		o->watch = (uint64_t)v + 1;
		return 0;
	case 'd':
		o->days = (int)v;
		return v >= 1 && v <= 3650 ? 0 : -1;
	case 'p':
		o->processes = (int)v;
		return v >= 1 && v <= 64 ? 0 : -1;
	case 'S':
		o->shift = v;
		return v > 0 ? 0 : -1;
	case 'A':
		o->also_shift = v;
		return v > 0 ? 0 : -1;
	case 'L':
		o->load = v;
		return v > 0 ? 0 : -1;
	default:
		return -1;
	}
}

static int parse(struct options *o, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		int tier = -1;

		if (c == '?')
			return -1;
		if (c == 'K') {
			o->kinds = true;
			continue;
		}
		if (c == 'F') {
			o->features = true;
			continue;
		}
		if (c == 't' && (tier = tier_parse(optarg)) == -1)
			return -1;
		if (tier != -1)
			o->tier = (enum tier)tier;
		else if (strchr("ckjmgP", c) != NULL ? parse_files(o, c) != 0
						     : parse_number(o, c) != 0)
			return -1;
	}
	return optind == argc && (o->watch == 0 || o->only != NULL) ? 0 : -1;
}

/* --- one customer, row by row --------------------------------------------- */

static void print_row(
    void *arg, const struct observation *o, const struct effects *fx)
{
	(void)arg;
	printf("%12.3f %-11s %-12s %+6d score %6d %s\n",
	    (double)(o->ts_us - LIFE_T0_US) / 1e6, obs_kind_name(o->kind),
	    label_name(o->label), o->weight_milli, o->score_milli,
	    o->rcpt_domains);
	for (size_t i = 0; i < fx->n; i++) {
		const struct incident *in = &fx->v[i].u.incident;

		if (fx->v[i].kind == EFFECT_INCIDENT &&
		    in->kind == INCIDENT_COMPROMISED_ACCOUNT)
			printf("             I%" PRId64 " %s: %s\n", in->id,
			    incident_state_name(in->state), in->summary);
		if (fx->v[i].kind == EFFECT_DECISION)
			printf("             D%" PRId64 " %s: %s\n",
			    fx->v[i].u.decision.seq,
			    action_name(fx->v[i].u.decision.action),
			    fx->v[i].u.decision.reason);
	}
}

static int watch(const struct trial *t, const struct options *o)
{
	struct lab *l = lab_new();
	const struct kind *k = kind_find(o->only);
	struct outcome out;
	int rc = -1;

	if (l == NULL)
		return -1;
	lab_watch(l, print_row, NULL);
	rc = lab_run(l, t, k, o->watch - 1, &out);
	for (int i = 0; i < LIFE_PARAMS && k->params[i].name != NULL; i++)
		printf("%s: %g\n", k->params[i].name, lab_param(l, i));
	printf(
	    "blocks: %u, incidents of accounts: %u\n", out.blocks, out.accused);
	lab_free(l);
	return rc;
}

/* --- all of them ---------------------------------------------------- */

static FILE *open_output(const char *name)
{
	FILE *f = fopen(name, "w");

	if (f == NULL)
		fprintf(stderr, "eval: %s: %s\n", name, strerror(errno));
	else /* A run that is ended leaves what it has. */
		setvbuf(f, NULL, _IOLBF, 0);
	return f;
}

static int close_output(FILE *f, const char *name)
{
	if (fclose(f) == 0)
		return 0;
	fprintf(stderr, "eval: %s: %s\n", name, strerror(errno));
	return -1;
}

static int draw_svg(const struct curves *c, const char *name)
{
	FILE *f;

	if (name == NULL)
		return 0;
	f = open_output(name);
	if (f == NULL)
		return -1;
	curves_svg(c, f);
	return close_output(f, name);
}

static int curves_all(const struct trial *t, const struct options *o, FILE *out,
    enum table_style style)
{
	struct curves_size n = {
	    o->points, o->points / 2 + 1, o->processes, true};
	struct curves_size some = {
	    o->points / 4 + 1, o->points + 1, o->processes, true};
	struct curves c;

	if (curves_roc(t, &n, &c) != 0 || draw_svg(&c, o->svg) != 0)
		return -1;
	report_heading(out, style,
	    "Each published rule beside the best of our thresholds");
	curves_compare(&c, out, style);
	report_heading(out, style, "Points of the curves");
	curves_points(&c, out, style);
	report_heading(out, style, "How little a bot must do to stay unseen");
	if (curves_sweep(t, &some, out, style) != 0)
		return -1;
	report_heading(out, style, "How much an honest customer may send");
	return curves_load(t, &some, out, style);
}

static int write_json(const struct run *r, const char *name)
{
	FILE *f;

	if (name == NULL)
		return 0;
	f = open_output(name);
	if (f == NULL)
		return -1;
	report_json(r, f);
	return close_output(f, name);
}

static void tell_head(const struct trial *t, const struct options *o, FILE *out)
{
	fprintf(out,
	    "seed %" PRIu64 ", %d days, tier %s, parameters of normals times "
	    "%g, %" PRIu64 " customers of each normal kind and %" PRIu64
	    " of each kind of bot, policy %s\n",
	    t->seed, t->days, tier_name(t->tier), t->shift, o->normals, o->bots,
	    t->policy->hash);
}

/* Nobody is blocked by what an account does: these are enough for two
 * figures of an incident a thousand days. */
#define OWNERS_MOST 20000

/* Kinds that are idle on most days need more of them for as many days. */
static uint64_t customers_of(const struct options *o, const struct kind *k)
{
	uint64_t n = (uint64_t)((double)o->normals * k->many);

	if (k->aim != AIM_NONE)
		return o->bots;
	return k->sight == SIGHT_LOGINS && n > OWNERS_MOST ? OWNERS_MOST : n;
}

static int features(const struct trial *t, const struct options *o)
{
	struct features_size n = {o->normals, o->bots, o->processes};
	FILE *md = NULL;
	int rc;

	if (o->markdown == NULL)
		return features_all(t, &n, stdout, TABLE_TEXT);
	if ((md = open_output(o->markdown)) == NULL)
		return -1;
	rc = features_all(t, &n, md, TABLE_MARKDOWN);
	return close_output(md, o->markdown) == 0 ? rc : -1;
}

/* The honest ones once more, with every parameter moved. */
static int run_shifted(const struct trial *t, const struct options *o,
    const struct run_plan *of, struct run *r)
{
	struct trial moved = *t;
	struct run_plan p = *of;

	moved.shift = o->also_shift;
	moved.peer_factor = 0;
	p.trial = &moved;
	for (size_t k = 0; k < kinds_n; k++)
		if (kinds[k].aim != AIM_NONE)
			p.customers[k] = 0;
	return parts_run(&p, o->parts, r);
}

/* Each table as soon as it can be filled. */
static int tell(const struct trial *t, const struct options *o,
    const struct run_plan *p, const struct run *r, FILE *md)
{
	FILE *out = md != NULL ? md : stdout;
	enum table_style style = md != NULL ? TABLE_MARKDOWN : TABLE_TEXT;
	const struct run *shifted = NULL;
	struct run moved = {0};

	tell_head(t, o, out);
	report_tables(r, out, style);
	if (md != NULL)
		report_tables(r, stdout, TABLE_TEXT);
	fflush(stdout);
	if (o->also_shift > 0) {
		if (run_shifted(t, o, p, &moved) != 0) {
			run_free(&moved);
			return -1;
		}
		shifted = &moved;
		report_shifted(shifted, o->also_shift, out, style);
		if (md != NULL)
			report_shifted(
			    shifted, o->also_shift, stdout, TABLE_TEXT);
	}
	report_targets(r, shifted, o->also_shift, out, style);
	if (md != NULL)
		report_targets(r, shifted, o->also_shift, stdout, TABLE_TEXT);
	fflush(stdout);
	run_free(&moved);
	return o->points > 0 ? curves_all(t, o, out, style) : 0;
}

static int evaluate(const struct trial *t, const struct options *o)
{
	struct run_plan p = {.trial = t, .processes = o->processes};
	struct run r;
	FILE *md = NULL;
	int rc = -1;

	for (size_t k = 0; k < kinds_n; k++)
		if (o->only == NULL || strcmp(o->only, kinds[k].name) == 0)
			p.customers[k] = customers_of(o, &kinds[k]);
	if (o->markdown != NULL && (md = open_output(o->markdown)) == NULL)
		return -1;
	if (parts_run(&p, o->parts, &r) != 0 || write_json(&r, o->json) != 0)
		goto out;
	fprintf(stderr, "eval: %" PRIu64 " rows in %.1f s\n", report_rows(&r),
	    r.took_s);
	rc = tell(t, o, &p, &r, md);
	if (report_lost(&r) > 0) {
		fprintf(stderr, "eval: %" PRIu64 " events found no room\n",
		    report_lost(&r));
		rc = -1;
	}
out:
	run_free(&r);
	if (md != NULL && close_output(md, o->markdown) != 0)
		rc = -1;
	return rc;
}

int main(int argc, char **argv)
{
	struct options o = {.seed = 2,
	    .normals = 1000,
	    .bots = 300,
	    .days = 30,
	    .processes = (int)sysconf(_SC_NPROCESSORS_ONLN),
	    .shift = 1,
	    .load = 1,
	    .tier = PRIVACY_DOMAINS};
	struct trial t = {.main_param = NAN, .peer_factor = 1};
	struct conf conf;
	struct policy policy;
	char err[CONF_ERROR_BYTES];
	int rc;

	if (parse(&o, argc, argv) != 0)
		return usage();
	if (o.kinds) {
		report_kinds(stdout, TABLE_MARKDOWN);
		return 0;
	}
	if (conf_load(&conf, o.policy, err) != 0) {
		fprintf(stderr, "eval: %s\n", err);
		return 2;
	}
	/* Every customer here may use port 25: class rules are left out. */
	conf.classes[CLASS_DYNAMIC].port25_open = true;
	if (policy_init(&policy, &conf) != 0)
		return 1;
	t.policy = &policy;
	t.tier = o.tier;
	t.seed = o.seed;
	t.days = o.days;
	t.load = o.load;
	t.shift = o.shift;
	if (o.watch != 0)
		rc = watch(&t, &o);
	else
		rc = o.features ? features(&t, &o) : evaluate(&t, &o);
	conf_free(&conf);
	return rc == 0 ? 0 : 1;
}
