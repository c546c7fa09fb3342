/* SPDX-License-Identifier: Apache-2.0 */
/* trafficgen: sample traffic with known truth. */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/version.h"
#include "tests/gen/population.h"
#include "tests/gen/scene.h"
#include "tests/gen/sideout.h"

#define USAGE 2

struct options {
	const char *scenario, *out, *truth, *conf, *marks, *share, *deeds;
	struct sideout_paths side;
	uint64_t seed, copies, population;
};

#define COPIES_MAX 200

static const char help[] =
    "usage: trafficgen --scenario NAME|all --seed N --out X.pcap\n"
    "           --truth X.csv --subscribers Y.csv --zone Z.zone\n"
    "           [--conf C.conf] [--key-file KEY] [--marks M.txt]\n"
    "           [--share KIND]\n"
    "       trafficgen --population N --deeds D.csv ... (the other options)\n"
    "       trafficgen --list | --help | --version\n\n"
    "Makes a capture of mail traffic whose truth is known. The same seed\n"
    "gives the same bytes, whatever compiled this program.\n\n"
    "  --scenario NAME     what happens (see --list); all: everything but\n"
    "                      shared_*; shared: these\n"
    "  --copies N          as N customers do it at once (M0001, ...), 200 at\n"
    "                      the most; --scenario names one of a dynamic line\n"
    "  --population N      N customers of each of the evaluation's kinds that\n"
    "                      send, 60 at the most, instead of --scenario; not\n"
    "                      the same bytes everywhere\n"
    "  --deeds FILE        what they did, summed\n"
    "  --seed N            0 .. 18446744073709551615; default 1\n"
    "  --out FILE          the capture\n"
    "  --truth FILE        what the scenario must and must not lead to\n"
    "  --subscribers FILE  who has which address\n"
    "  --zone FILE         the DNS of it, as a root zone\n"
    "  --conf FILE         a configuration that names these files\n"
    "  --key-file FILE     the hash key that it names (not made here)\n"
    "  --marks FILE        strings that may never leave the capture agent\n"
    "  --share KIND        how shared_* share their address: cgn, map_e\n"
    "  --list              names of the scenarios\n";

static _Noreturn void bad_usage(void)
{
	fputs(help, stderr);
	exit(USAGE);
}

static _Noreturn void list_scenarios(void)
{
	for (size_t i = 0; i < n_scenarios; i++)
		puts(scenarios[i].name);
	exit(0);
}

static uint64_t parse_seed(const char *text)
{
	char *end;
	uint64_t seed;

	errno = 0;
	seed = strtoull(text, &end, 10);
	if (errno != 0 || *text < '0' || *text > '9' || *end != '\0') {
		fprintf(stderr,
		    "trafficgen: %s: give a number from 0 to "
		    "18446744073709551615\n",
		    text);
		exit(USAGE);
	}
	return seed;
}

/* Where the option's text goes; NULL: it has none or is no text. */
static const char **text_option(struct options *o, int opt)
{
	switch (opt) {
	case 's':
		return &o->scenario;
	case 'o':
		return &o->out;
	case 't':
		return &o->truth;
	case 'u':
		return &o->side.subscribers;
	case 'z':
		return &o->side.zone;
	case 'c':
		return &o->conf;
	case 'k':
		return &o->side.key_file;
	case 'm':
		return &o->marks;
	case 'S':
		return &o->share;
	case 'd':
		return &o->deeds;
	default:
		return NULL;
	}
}

static const struct option longs[] = {
    {"scenario", required_argument, NULL, 's'},
    {"seed", required_argument, NULL, 'n'},
    {"copies", required_argument, NULL, 'N'},
    {"population", required_argument, NULL, 'P'},
    {"deeds", required_argument, NULL, 'd'},
    {"out", required_argument, NULL, 'o'},
    {"truth", required_argument, NULL, 't'},
    {"subscribers", required_argument, NULL, 'u'},
    {"zone", required_argument, NULL, 'z'},
    {"conf", required_argument, NULL, 'c'},
    {"key-file", required_argument, NULL, 'k'},
    {"marks", required_argument, NULL, 'm'},
    {"share", required_argument, NULL, 'S'}, {"list", no_argument, NULL, 'l'},
    {"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0}};

/* Exits when nothing is to be made. */
static void parse_options(struct options *o, int argc, char **argv)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		const char **text = text_option(o, opt);

		if (text != NULL) {
			*text = optarg;
		} else if (opt == 'n') {
			o->seed = parse_seed(optarg);
		} else if (opt == 'N') {
			o->copies = parse_seed(optarg);
		} else if (opt == 'P') {
			o->population = parse_seed(optarg);
		} else if (opt == 'l') {
			list_scenarios();
		} else if (opt == 'h') {
			fputs(help, stdout);
			exit(0);
		} else if (opt == 'V') {
			puts("trafficgen " SEKISHO_VERSION);
			exit(0);
		} else {
			exit(USAGE); /* getopt has said why */
		}
	}
	if (optind < argc || (o->scenario == NULL) == (o->population == 0) ||
	    o->out == NULL || o->truth == NULL || o->side.subscribers == NULL ||
	    o->side.zone == NULL || o->copies > COPIES_MAX ||
	    o->population > POPULATION_MAX ||
	    (o->deeds == NULL) != (o->population == 0))
		bad_usage();
}

static FILE *open_file(const char *path)
{
	FILE *f = fopen(path, "w");

	if (f == NULL)
		log_fatal("trafficgen",
		    "cannot write %s: %s; give a path that can be written",
		    path, strerror(errno));
	return f;
}

static void close_file(FILE *f, const char *path)
{
	int bad = ferror(f);

	if (fclose(f) != 0 || bad)
		log_fatal("trafficgen",
		    "writing %s failed: %s; make room and run again", path,
		    strerror(errno));
}

/* The same at the same time, by others: their dice fall differently. */
static void play_copies(
    struct world *w, const struct scenario *sc, uint64_t n, FILE *truth)
{
	char name[64], customer[16], prefix[PREFIX_STRLEN];
	struct scenario copy = *sc;

	copy.name = name;
	copy.customer = customer;
	copy.prefix = prefix;
	for (unsigned int i = 1; i <= n; i++) {
		snprintf(name, sizeof(name), "%.40s.%u", sc->name, i);
		sideout_copy(i, customer, sizeof(customer), prefix);
		scene_play(w, &copy, truth);
	}
}

static bool is_played(const struct options *o, const struct scenario *sc)
{
	if (strcmp(o->scenario, "all") == 0)
		return sc->homes == 0;
	if (strcmp(o->scenario, "shared") == 0)
		return sc->homes > 0;
	return strcmp(o->scenario, sc->name) == 0;
}

/* Who has which address is the same for all but these. */
static enum shared_kind find_share(const struct options *o)
{
	enum shared_kind kind =
	    shared_kind_parse(o->share != NULL ? o->share : "cgn");

	if (kind == SHARED_NONE) {
		fprintf(stderr, "trafficgen: --share %s: give cgn or map_e\n",
		    o->share);
		exit(USAGE);
	}
	return o->scenario != NULL && strncmp(o->scenario, "shared", 6) == 0
		   ? kind
		   : SHARED_NONE;
}

static void play_scenarios(struct world *w, const struct options *o, FILE *f)
{
	const struct scenario *one = scenario_find(o->scenario);

	if (one == NULL && strcmp(o->scenario, "all") != 0 &&
	    strcmp(o->scenario, "shared") != 0) {
		fprintf(stderr,
		    "trafficgen: no scenario %s; see trafficgen --list\n",
		    o->scenario);
		exit(USAGE);
	}
	if (one != NULL && o->copies > 0)
		play_copies(w, one, o->copies, f);
	for (size_t i = 0; i < n_scenarios && o->copies == 0; i++)
		if (is_played(o, &scenarios[i]))
			scene_play(w, &scenarios[i], f);
}

static void play_population(struct world *w, struct population *people,
    const struct options *o, FILE *truth)
{
	FILE *f = open_file(o->deeds);

	population_play(people, w, (unsigned int)o->population, truth, f);
	close_file(f, o->deeds);
}

static void play(
    struct world *w, struct population *people, const struct options *o)
{
	FILE *f = open_file(o->truth);

	fputs("scenario,customer,class,address,expect_incidents,"
	      "expect_block,must_not,sessions,first_us,last_us\n",
	    f);
	if (o->population > 0)
		play_population(w, people, o, f);
	else
		play_scenarios(w, o, f);
	close_file(f, o->truth);
	if (pcapout_write(&w->out, o->out) == -1)
		log_fatal("trafficgen",
		    "cannot write %s: %s; give a path that can be written",
		    o->out, strerror(errno));
}

static void write_conf(const struct world *w, const struct options *o)
{
	FILE *f = open_file(o->conf);

	if (o->population > 0)
		sideout_conf(w, &o->side, ", \"" POPULATION_NETWORKS "\"",
		    ", \"" POPULATION_VALIDATED "\"", f);
	else
		sideout_conf(w, &o->side,
		    o->copies > 0 ? ", \"100.65.0.0/16\"" : "", "", f);
	close_file(f, o->conf);
}

static void write_side_files(const struct world *w,
    const struct population *people, const struct options *o)
{
	FILE *f = open_file(o->side.subscribers);

	sideout_subscribers(w, (unsigned int)o->copies, f);
	population_subscribers(people, f);
	close_file(f, o->side.subscribers);
	f = open_file(o->side.zone);
	sideout_zone(w, f);
	population_zone(people, f);
	close_file(f, o->side.zone);
	if (o->conf != NULL)
		write_conf(w, o);
	if (o->marks != NULL) {
		f = open_file(o->marks);
		world_write_marks(w, f);
		close_file(f, o->marks);
	}
}

int main(int argc, char **argv)
{
	struct options o = {.seed = 1, .side = {.key_file = "hash.key"}};
	struct population people = {0};
	struct world w;

	parse_options(&o, argc, argv);
	world_init(&w, o.seed);
	w.share = find_share(&o);
	play(&w, &people, &o);
	write_side_files(&w, &people, &o);
	printf("%zu packets in %s\n", w.out.n, o.out);
	population_free(&people);
	world_free(&w);
	return 0;
}
