/* SPDX-License-Identifier: Apache-2.0 */
/* sekisho-driver-flowspec-exabgp: a hook driver that closes TCP port 25 in
 * routers, by BGP FlowSpec rules of exabgp. It comes in two parts: with -b it
 * is the program that exabgp runs, without, the driver, which calls it. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "analyzer/drivers/flowspec/bridge.h"
#include "analyzer/drivers/flowspec/exabgp.h"
#include "analyzer/drivers/kit/options.h"

#define STATE_DEFAULT  "/var/lib/sekisho/flowspec-exabgp.json"
#define SOCKET_DEFAULT "/run/exabgp/sekisho.sock"

static const char mod[] = "driver-flowspec-exabgp";

static void usage(FILE *out)
{
	fputs("usage: sekisho-driver-flowspec-exabgp [-c SOCKET] [-t ACTION] "
	      "[-s FILE] [-m MAX]\n"
	      "       sekisho-driver-flowspec-exabgp -b SOCKET [-M MODE]\n"
	      "A hook driver of sekisho-hooks(8): FlowSpec rules of exabgp.\n"
	      "  -b SOCKET  be the program that exabgp runs\n"
	      "  -M MODE    of the socket; 660\n"
	      "  -c SOCKET  call that program; " SOCKET_DEFAULT "\n"
	      "  -t ACTION  of a rule, in exabgp's words; discard\n"
	      "  -s FILE    who holds which rule; " STATE_DEFAULT "\n"
	      "  -m MAX     rules; 2000\n"
	      "  --help, --version\n",
	    out);
}

struct app {
	struct flow flow;
	struct exabgp exabgp;
	const char *bridge; /* NULL: we are the driver */
	mode_t mode;
};

static int options_read(struct app *app, int argc, char **argv)
{
	int c;

	while ((c = option_next(argc, argv, "b:M:c:t:s:m:")) != -1) {
		switch (c) {
		case 'b':
			app->bridge = optarg;
			break;
		case 'M':
			app->mode = option_mode(mod, 'M', optarg);
			break;
		case 'c':
			app->exabgp.socket = optarg;
			break;
		case 't':
			app->exabgp.action = optarg;
			break;
		case 's':
			app->flow.state.path = optarg;
			break;
		case 'm':
			app->flow.max =
			    option_number(mod, 'm', optarg, 1, FLOW_MAX);
			break;
		default:
			return option_other(
			    c, "sekisho-driver-flowspec-exabgp", usage);
		}
	}
	if (optind == argc)
		return -1;
	usage(stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static struct app app = {
	    .flow = {.mod = mod,
		.state = {.path = STATE_DEFAULT,
		    .mode = 0600,
		    .uid = (uid_t)-1,
		    .gid = (gid_t)-1},
		.max = FLOW_MAX_DEFAULT},
	    .exabgp = {.socket = SOCKET_DEFAULT, .action = "discard"},
	    .mode = 0660,
	};
	int rc = options_read(&app, argc, argv);

	if (rc >= 0)
		return rc;
	(void)signal(SIGPIPE, SIG_IGN);
	if (app.bridge != NULL)
		return bridge_run(
		    mod, app.bridge, app.mode, STDIN_FILENO, STDOUT_FILENO);
	app.flow.speaker = exabgp_speaker(&app.exabgp);
	flow_run(&app.flow);
	return 0;
}
