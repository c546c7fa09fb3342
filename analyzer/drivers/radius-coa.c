/* SPDX-License-Identifier: Apache-2.0 */
/* sekisho-driver-radius-coa: a hook driver that closes port 25 of a session
 * where it ends, at the NAS, by CoA-Requests (RFC 5176). */
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/drivers/kit/attempt.h"
#include "analyzer/drivers/kit/options.h"
#include "analyzer/drivers/kit/state.h"
#include "analyzer/drivers/kit/talk.h"
#include "analyzer/drivers/radius/tell.h"
#include "base/log.h"

#define CONF_DEFAULT    "/etc/sekisho/radius-coa.conf"
#define STATE_DEFAULT   "/var/lib/sekisho/radius-coa.json"
#define ENTRIES_DEFAULT 100000
#define ENTRIES_MAX     1000000

static const char mod[] = "driver-radius-coa";

struct app {
	const char *conf_path;
	struct nas_list nas;
	struct replace_conf state;
	long max;
	struct ledger *ledger; /* what NASes have acknowledged */
};

/* --- orders ----------------------------------------------------------------*/

static bool is_wanted(const struct app *app, struct order *o)
{
	return (o->again || !ledger_is_same(app->ledger, o)) &&
	       attempt_admits(app->ledger, o, app->max, "targets (-m)");
}

static int save(struct app *app, struct order *o)
{
	char why[ORDER_ERROR_SIZE];

	if (state_save(&app->state, app->ledger, 0, false, why, sizeof(why)) ==
	    0)
		return 0;
	order_refuse(o, "%s", why);
	return -1;
}

/* The file names at any time at least what a NAS may have been sent: before a
 * block, both what is held and what will be; after it, what is. */
static void decide(struct app *app, struct order *o)
{
	if (!is_wanted(app, o))
		return;
	if (o->op == ORDER_BLOCK) {
		ledger_widen(app->ledger, o);
		if (save(app, o) != 0)
			return;
	}
	if (nas_tell(&app->nas, app->ledger, o) != 0)
		return;
	ledger_note(app->ledger, o);
	(void)save(app, o);
}

static void apply(void *arg, struct order **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		decide(arg, v[i]);
}

/* A NAS cannot be asked: this is what was acknowledged, or is under way. */
/* --- start -----------------------------------------------------------------*/

/* Who knows sessions by the subscriber does not need his address. */
static bool knows_port_sets(const struct app *app)
{
	for (size_t i = 0; i < app->nas.n; i++)
		if (nas_session_has(&app->nas.v[i], "%{ipv"))
			return false;
	return true;
}

static void start(struct app *app)
{
	char why[NAS_ERROR_SIZE];
	int64_t generation;

	if (nas_load(&app->nas, app->conf_path, why) != 0)
		log_fatal(mod, "-c: %s", why);
	app->ledger = ledger_new();
	if (state_load(app->state.path, app->ledger, &generation, why,
		sizeof(why)) != 0)
		log_warn(mod,
		    "%s; who is blocked is learned from the dispatcher again",
		    why);
	if (state_save(&app->state, app->ledger, 0, false, why, sizeof(why)) !=
	    0)
		log_fatal(mod, "-s: %s", why);
}

static void usage(FILE *out)
{
	fputs("usage: sekisho-driver-radius-coa [-c FILE] [-s FILE] [-m MAX]\n"
	      "A hook driver of sekisho-hooks(8): CoA-Requests to the NAS of "
	      "a session.\n"
	      "  -c FILE  which NAS serves whom, and what it is sent;\n"
	      "           " CONF_DEFAULT "\n"
	      "  -s FILE  what was acknowledged; " STATE_DEFAULT "\n"
	      "  -m MAX   targets; 100000\n"
	      "  --help, --version\n",
	    out);
}

static int options_read(struct app *app, int argc, char **argv)
{
	int c;

	while ((c = option_next(argc, argv, "c:s:m:")) != -1) {
		switch (c) {
		case 'c':
			app->conf_path = optarg;
			break;
		case 's':
			app->state.path = optarg;
			break;
		case 'm':
			app->max =
			    option_number(mod, 'm', optarg, 1, ENTRIES_MAX);
			break;
		default:
			return option_other(
			    c, "sekisho-driver-radius-coa", usage);
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
	    .conf_path = CONF_DEFAULT,
	    .state = {.path = STATE_DEFAULT,
		.mode = 0600,
		.uid = (uid_t)-1,
		.gid = (gid_t)-1},
	    .max = ENTRIES_DEFAULT,
	};
	int rc = options_read(&app, argc, argv);
	struct talk talk = {.mod = mod,
	    .ports = true,
	    .batch_max = 1,
	    .apply = apply,
	    .arg = &app};

	if (rc >= 0)
		return rc;
	talk.max_entries = app.max;
	(void)signal(SIGPIPE, SIG_IGN);
	start(&app);
	talk.port_sets = knows_port_sets(&app);
	talk.told = app.ledger;
	talk_run(&talk, STDIN_FILENO, stdout);
	ledger_free(app.ledger);
	nas_free(&app.nas);
	return 0;
}
