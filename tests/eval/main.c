/* SPDX-License-Identifier: Apache-2.0 */
/* Evaluation of the detector on labelled populations: docs/EVALUATION.md. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/eval/report.h"

struct options {
	uint64_t seed, normals, bots;
	int days, processes;
	double shift, load;
	enum tier tier;
	const char *policy, *only;
};

static const struct option longs[] = {
    {"seed", required_argument, NULL, 's'},
    {"normals", required_argument, NULL, 'n'},
    {"bots", required_argument, NULL, 'b'},
    {"days", required_argument, NULL, 'd'},
    {"processes", required_argument, NULL, 'p'},
    {"shift", required_argument, NULL, 'S'},
    {"load", required_argument, NULL, 'L'},
    {"tier", required_argument, NULL, 't'},
    {"policy", required_argument, NULL, 'c'},
    {"only", required_argument, NULL, 'k'},
    {NULL, 0, NULL, 0},
};

static void usage(FILE *out)
{
	fprintf(out,
	    "usage: eval [--seed N] [--normals N] [--bots N] [--days N]\n"
	    "    [--processes N] [--shift F] [--load F] [--tier flow|domains]\n"
	    "    [--policy FILE] [--only KIND]\n"
	    "Customers are counted for each kind.\n");
}

static int parse(struct options *o, int argc, char **argv)
{
	int c, tier;

	while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (c) {
		case 's':
			o->seed = strtoull(optarg, NULL, 10);
			break;
		case 'n':
			o->normals = strtoull(optarg, NULL, 10);
			break;
		case 'b':
			o->bots = strtoull(optarg, NULL, 10);
			break;
		case 'd':
			o->days = atoi(optarg);
			break;
		case 'p':
			o->processes = atoi(optarg);
			break;
		case 'S':
			o->shift = atof(optarg);
			break;
		case 'L':
			o->load = atof(optarg);
			break;
		case 'c':
			o->policy = optarg;
			break;
		case 'k':
			o->only = optarg;
			break;
		case 't':
			tier = tier_parse(optarg);
			if (tier == -1)
				return -1;
			o->tier = (enum tier)tier;
			break;
		default:
			return -1;
		}
	return optind == argc ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct options o = {.seed = 2,
	    .normals = 500,
	    .bots = 200,
	    .days = 30,
	    .processes = 2,
	    .shift = 1,
	    .load = 1,
	    .tier = PRIVACY_DOMAINS};
	struct conf conf;
	struct policy policy;
	char err[CONF_ERROR_BYTES];
	struct run r;
	uint64_t rows = 0;

	if (parse(&o, argc, argv) != 0) {
		usage(stderr);
		return 2;
	}
	if (conf_load(&conf, o.policy, err) != 0) {
		fprintf(stderr, "eval: %s\n", err);
		return 2;
	}
	conf.dynamic_port25_open = true;
	if (policy_init(&policy, &conf) != 0)
		return 1;
	struct trial t = {.policy = &policy,
	    .tier = o.tier,
	    .seed = o.seed,
	    .days = o.days,
	    .load = o.load,
	    .shift = o.shift,
	    .main_param = NAN,
	    .peer_factor = 1};
	struct run_plan p = {
	    .trial = &t, .processes = o.processes, .progress = "eval"};
	for (size_t k = 0; k < kinds_n; k++)
		if (o.only == NULL || strcmp(o.only, kinds[k].name) == 0)
			p.customers[k] =
			    kinds[k].aim == AIM_NONE ? o.normals : o.bots;
	if (run_all(&p, &r) != 0) {
		fprintf(stderr, "eval: a process failed\n");
		return 1;
	}
	report_tables(&r, stdout, TABLE_TEXT);
	rows = report_rows(&r);
	printf("rows %llu in %.1f s, %.0f ns a row and process\n",
	    (unsigned long long)rows, r.took_s,
	    r.took_s * 1e9 * o.processes / (double)rows);
	run_free(&r);
	conf_free(&conf);
	return 0;
}
