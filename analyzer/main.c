/* SPDX-License-Identifier: Apache-2.0 */
/* sekisho-analyzer: records in; observations, incidents and decisions out. */
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "analyzer/live.h"
#include "analyzer/replay.h"
#include "base/log.h"
#include "base/version.h"

static const char usage_text[] =
    "usage: sekisho-analyzer [-c CONF] [--db DB] [--socket PATH] [--replay]\n"
    "                        [--logins FILE]\n"
    "\n"
    "Takes records from capture agents on a unix socket, keeps the\n"
    "observation log and decides. With --replay it reads them from standard\n"
    "input, applies them in record order and ends.\n"
    "\n"
    "  -c, --config CONF  configuration file (sekisho.conf(5))\n"
    "      --db DB        database file, instead of the configured one\n"
    "      --socket PATH  socket, instead of the configured one\n"
    "      --replay       records from standard input\n"
    "      --logins FILE  with --replay: first a submission server's log\n"
    "  -v, --verbose      debug messages\n"
    "  -h, --help         this text\n"
    "      --version      version\n"
    "\n"
    "example: sekisho-analyzer -c /etc/sekisho/sekisho.conf\n";

struct options {
	const char *config, *db, *socket, *logins;
	bool replay, verbose;
};

enum { OPT_DB = 256, OPT_SOCKET, OPT_REPLAY, OPT_LOGINS, OPT_VERSION };

/* -1: go on; else the exit code. */
static int parse_options(struct options *o, int argc, char **argv)
{
	static const struct option longopts[] = {
	    {"config", required_argument, NULL, 'c'},
	    {"db", required_argument, NULL, OPT_DB},
	    {"socket", required_argument, NULL, OPT_SOCKET},
	    {"replay", no_argument, NULL, OPT_REPLAY},
	    {"logins", required_argument, NULL, OPT_LOGINS},
	    {"verbose", no_argument, NULL, 'v'},
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, OPT_VERSION},
	    {NULL, 0, NULL, 0},
	};
	int ch;

	while ((ch = getopt_long(argc, argv, "c:vh", longopts, NULL)) != -1) {
		switch (ch) {
		case 'c':
			o->config = optarg;
			break;
		case OPT_DB:
			o->db = optarg;
			break;
		case OPT_SOCKET:
			o->socket = optarg;
			break;
		case OPT_LOGINS:
			o->logins = optarg;
			break;
		case OPT_REPLAY:
			o->replay = true;
			break;
		case 'v':
			o->verbose = true;
			log_set_level(LOG_LEVEL_DEBUG);
			break;
		case 'h':
			fputs(usage_text, stdout);
			return 0;
		case OPT_VERSION:
			puts("sekisho-analyzer " SEKISHO_VERSION);
			return 0;
		default:
			fputs("try sekisho-analyzer --help\n", stderr);
			return 2;
		}
	}
	if (o->logins && !o->replay) {
		fputs("sekisho-analyzer: --logins needs --replay; a daemon "
		      "reads logins.files\n",
		    stderr);
		return 2;
	}
	if (optind == argc)
		return -1;
	fprintf(stderr,
	    "sekisho-analyzer: %s: no argument is expected; try "
	    "--help\n",
	    argv[optind]);
	return 2;
}

static void set_string(char **field, const char *value)
{
	if (!value)
		return;
	free(*field);
	*field = strdup(value);
	if (!*field)
		log_fatal("analyzer", "out of memory");
}

int main(int argc, char **argv)
{
	struct options o = {0};
	char err[CONF_ERROR_BYTES];
	struct conf c;
	uv_loop_t loop;
	int code = parse_options(&o, argc, argv);

	if (code >= 0)
		return code;
	if (conf_load(&c, o.config, err) != 0 || conf_check(&c, err) != 0) {
		log_error("analyzer", "%s", err);
		conf_free(&c);
		return 2;
	}
	set_string(&c.db, o.db);
	set_string(&c.socket, o.socket);
	/* What is written here is about people: for our own group only. */
	umask(0027);
	signal(SIGPIPE, SIG_IGN);
	/* A replay's decisions are in its database; a daemon's in the log. */
	if (o.replay && !o.verbose)
		log_set_level(LOG_LEVEL_WARN);
	if (uv_loop_init(&loop) != 0)
		log_fatal("analyzer", "no event loop: out of descriptors?");
	code = o.replay ? replay_run(&loop, &c, o.logins) : live_run(&loop, &c);
	if (uv_loop_close(&loop) != 0)
		log_debug("analyzer", "handles were left open at the end");
	conf_free(&c);
	return code;
}
