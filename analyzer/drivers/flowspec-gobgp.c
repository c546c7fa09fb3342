/* SPDX-License-Identifier: Apache-2.0 */
/* sekisho-driver-flowspec-gobgp: a hook driver that closes TCP port 25 in
 * routers, by BGP FlowSpec rules of gobgpd(8). */
#include <getopt.h>
#include <stdio.h>

#include "analyzer/drivers/flowspec/gobgp.h"
#include "analyzer/drivers/kit/options.h"

#define STATE_DEFAULT "/var/lib/sekisho/flowspec-gobgp.json"

static const char mod[] = "driver-flowspec-gobgp";

static void usage(FILE *out)
{
	fputs("usage: sekisho-driver-flowspec-gobgp [-u HOST] [-p PORT] "
	      "[-t ACTION] [-s FILE]\n"
	      "                                     [-m MAX]\n"
	      "A hook driver of sekisho-hooks(8): FlowSpec rules of gobgpd.\n"
	      "  -u HOST    where gobgpd listens for gobgp; 127.0.0.1\n"
	      "  -p PORT    50051\n"
	      "  -t ACTION  of a rule, in gobgp's words; discard\n"
	      "  -s FILE    who holds which rule; " STATE_DEFAULT "\n"
	      "  -m MAX     rules; 2000\n"
	      "  --help, --version\n",
	    out);
}

static int options_read(struct flow *f, struct gobgp *g, int argc, char **argv)
{
	int c;

	while ((c = option_next(argc, argv, "u:p:t:s:m:")) != -1) {
		switch (c) {
		case 'u':
			g->host = optarg;
			break;
		case 'p':
			g->port = optarg;
			break;
		case 't':
			g->action = optarg;
			break;
		case 's':
			f->state.path = optarg;
			break;
		case 'm':
			f->max = option_number(mod, 'm', optarg, 1, FLOW_MAX);
			break;
		default:
			return option_other(
			    c, "sekisho-driver-flowspec-gobgp", usage);
		}
	}
	if (optind == argc)
		return -1;
	usage(stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static struct gobgp gobgp = {.action = "discard"};
	static struct flow flow = {
	    .mod = mod,
	    .state = {.path = STATE_DEFAULT,
		.mode = 0600,
		.uid = (uid_t)-1,
		.gid = (gid_t)-1},
	    .max = FLOW_MAX_DEFAULT,
	};
	int rc = options_read(&flow, &gobgp, argc, argv);

	if (rc >= 0)
		return rc;
	flow.speaker = gobgp_speaker(&gobgp);
	flow_run(&flow);
	return 0;
}
