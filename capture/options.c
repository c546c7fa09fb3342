/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/options.h"

#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/version.h"
#include "base/vocab.h"

static const char usage_text[] =
    "usage: sekisho-capture -r FILE... [-c CONF] [-o TARGET] [options]\n"
    "       sekisho-capture [-i IFACE] [-c CONF] [-o TARGET] [options]\n"
    "\n"
    "Follows mail connections in captured traffic and writes records of\n"
    "them: attempts, transactions, ends. No content leaves it.\n"
    "\n"
    "  -r, --read FILE...      capture files (pcap, pcapng, also as gzip or\n"
    "                          zstd), read in the order of packet time\n"
    "  -i, --interface IFACE   the interface that gets the mirrored traffic;\n"
    "                          default: the one of the configuration\n"
    "  -c, --config CONF       configuration file (sekisho.conf(5))\n"
    "  -o, --output TARGET     a file, or - for standard output; default:\n"
    "                          the unix socket of the configuration\n"
    "      --format FORMAT     json or frames (default), with -o\n"
    "      --tier TIER         flow, envelope or domains\n"
    "      --agent NAME        name of this tap in records\n"
    "      --speed N           files at N times real time (0: no waiting)\n"
    "      --no-dpi            do not ask nDPI\n"
    "      --summary[=full]    what was read, found and lost, on standard "
    "error\n"
    "                          at the end; full: and all counters\n"
    "  -q, --quiet             no progress on the terminal\n"
    "      --user NAME         with -i as root: who parses packets; default:\n"
    "                          the one of the configuration (nobody)\n"
    "      --workers N         with -i: processes that share the interface\n"
    "  -v, --verbose           debug messages\n"
    "  -h, --help              this text\n"
    "      --version           version\n"
    "\n"
    "example: sekisho-capture -r mail.pcap -o - --format json\n";

enum {
	OPT_FORMAT = 256,
	OPT_TIER,
	OPT_AGENT,
	OPT_SPEED,
	OPT_NO_DPI,
	OPT_SUMMARY,
	OPT_USER,
	OPT_WORKERS,
	OPT_VERSION
};

static const struct option longopts[] = {
    {"read", required_argument, NULL, 'r'},
    {"interface", required_argument, NULL, 'i'},
    {"config", required_argument, NULL, 'c'},
    {"output", required_argument, NULL, 'o'},
    {"format", required_argument, NULL, OPT_FORMAT},
    {"tier", required_argument, NULL, OPT_TIER},
    {"agent", required_argument, NULL, OPT_AGENT},
    {"speed", required_argument, NULL, OPT_SPEED},
    {"no-dpi", no_argument, NULL, OPT_NO_DPI},
    {"quiet", no_argument, NULL, 'q'},
    {"summary", optional_argument, NULL, OPT_SUMMARY},
    {"user", required_argument, NULL, OPT_USER},
    {"workers", required_argument, NULL, OPT_WORKERS},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, OPT_VERSION},
    {NULL, 0, NULL, 0},
};

static int wrong(const char *option, const char *value, const char *want)
{
	fprintf(stderr, "sekisho-capture: %s %s: %s; try --help\n", option,
	    value, want);
	return 2;
}

static int set_format(struct options *o, const char *text)
{
	o->json = strcmp(text, "json") == 0;
	if (!o->json && strcmp(text, "frames") != 0)
		return wrong("--format", text, "give json or frames");
	return -1;
}

static int set_tier(struct options *o, const char *text)
{
	o->tier = tier_parse(text);
	if (o->tier < 0)
		return wrong("--tier", text, "give flow, envelope or domains");
	return -1;
}

static int set_agent(struct options *o, const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

	if (n == 0 || n > 63 || text[n] != '\0')
		return wrong(
		    "--agent", text, "give 1 to 63 letters, digits or ._-");
	o->agent = text;
	return -1;
}

static int set_speed(struct options *o, const char *text)
{
	char *end;

	o->speed = strtod(text, &end);
	if (end == text || *end != '\0' || !isfinite(o->speed) ||
	    o->speed < 0 || o->speed > 1e6)
		return wrong(
		    "--speed", text, "give a number from 0 to 1000000");
	return -1;
}

static int set_summary(struct options *o, const char *text)
{
	if (text != NULL && strcmp(text, "full") != 0)
		return wrong("--summary", text, "give full, or nothing");
	o->summary = true;
	o->summary_full = text != NULL;
	return -1;
}

static int set_workers(struct options *o, const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (end == text || *end != '\0' || n < 1 || n > OPTIONS_WORKERS_MAX)
		return wrong("--workers", text, "give a number from 1 to 64");
	o->workers = (int)n;
	return -1;
}

static int set_value(struct options *o, int ch)
{
	switch (ch) {
	case OPT_FORMAT:
		return set_format(o, optarg);
	case OPT_TIER:
		return set_tier(o, optarg);
	case OPT_AGENT:
		return set_agent(o, optarg);
	case OPT_SPEED:
		return set_speed(o, optarg);
	case OPT_NO_DPI:
		o->no_dpi = true;
		return -1;
	case 'q':
		o->quiet = true;
		return -1;
	case OPT_SUMMARY:
		return set_summary(o, optarg);
	case OPT_USER:
		o->user = optarg;
		return -1;
	case OPT_WORKERS:
		return set_workers(o, optarg);
	case OPT_VERSION:
		puts("sekisho-capture " SEKISHO_VERSION);
		return 0;
	case 'h':
		fputs(usage_text, stdout);
		return 0;
	default:
		fputs("try sekisho-capture --help\n", stderr);
		return 2;
	}
}

static bool reads_stdin_twice(const struct options *o)
{
	size_t n = 0;

	for (char **f = o->files; *f != NULL; f++)
		n += strcmp(*f, "-") == 0;
	return n > 1;
}

static int check(const struct options *o, const char *prog)
{
	const char *why = NULL;

	if (o->n_files > 0 && o->interface != NULL)
		why = "give either files (-r) or an interface (-i), not both";
	else if (o->json && o->target == NULL)
		why = "--format json needs -o; -o - is standard output";
	else if (o->speed > 0 && o->n_files == 0)
		why = "--speed is for files (-r)";
	else if (o->workers > 0 && o->n_files > 0)
		why = "--workers is for an interface (-i)";
	else if (reads_stdin_twice(o))
		why = "standard input (-) can be read once only";
	if (why == NULL)
		return -1;
	fprintf(stderr, "%s: %s; try --help\n", prog, why);
	return 2;
}

void options_free(struct options *o)
{
	free(o->files);
	o->files = NULL;
}

int options_parse(struct options *o, int argc, char **argv)
{
	static const char prog[] = "sekisho-capture";
	bool read = false;
	int ch, rc;

	memset(o, 0, sizeof(*o));
	o->tier = -1;
	o->files = calloc((size_t)argc + 1, sizeof(*o->files));
	if (o->files == NULL)
		log_fatal("capture", "out of memory");
	while ((ch = getopt_long(argc, argv, "r:i:c:o:qvh", longopts, NULL)) !=
	       -1) {
		if (ch == 'r') {
			read = true;
			o->files[o->n_files++] = optarg;
		} else if (ch == 'i') {
			o->interface = optarg;
		} else if (ch == 'c') {
			o->config = optarg;
		} else if (ch == 'o') {
			o->target = optarg;
		} else if (ch == 'v') {
			log_set_level(LOG_LEVEL_DEBUG);
		} else if ((rc = set_value(o, ch)) >= 0) {
			return rc;
		}
	}
	if (optind < argc && !read) {
		fprintf(stderr, "%s: %s: files come after -r; try --help\n",
		    prog, argv[optind]);
		return 2;
	}
	for (int i = optind; i < argc; i++)
		o->files[o->n_files++] = argv[i];
	return check(o, prog);
}
