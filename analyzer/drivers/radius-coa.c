/* SPDX-License-Identifier: Apache-2.0 */
/* sekisho-driver-radius-coa: a hook driver that closes port 25 of a session
 * where it ends, at the NAS, by CoA-Requests (RFC 5176). */
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "analyzer/drivers/kit/options.h"
#include "analyzer/drivers/kit/state.h"
#include "analyzer/drivers/kit/talk.h"
#include "analyzer/drivers/radius/coa.h"
#include "analyzer/drivers/radius/session.h"
#include "base/log.h"
#include "base/version.h"

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

/* --- one order -------------------------------------------------------------*/

static struct nas_session_order order_of(const struct order *o)
{
	return (struct nas_session_order){.subscriber = o->subscriber,
	    .seq = o->seq,
	    .until_us = o->until_us,
	    .now_s = (int64_t)time(NULL)};
}

/* 0, or the order has an error. A session that has ended needs no unblock. */
static int send_one(const struct nas_session *s, struct order *o, bool block)
{
	struct nas_session_order values = order_of(o);
	char *text = nas_session_request(s, &values, block);
	char why[COA_TEXT_SIZE];
	enum coa_result result = coa_send(s->nas, text, why);

	free(text);
	if (result == COA_ACK || (result == COA_NO_SESSION && !block))
		return 0;
	o->permanent = result == COA_NEVER;
	order_refuse(o, "%s", why);
	return -1;
}

static int send_blocks(const struct nas_session_list *now, struct order *o)
{
	for (size_t i = 0; i < now->n; i++)
		if (send_one(&now->v[i], o, true) != 0)
			return -1;
	return 0;
}

/* An address that somebody else has now, and is blocked at. */
static bool is_anothers(
    const struct app *app, const struct order *o, const struct target *t)
{
	const struct ledger_claim *c =
	    t != NULL ? ledger_find(app->ledger, t) : NULL;

	for (size_t i = 0; c != NULL && i < c->n_owners; i++)
		if (strcmp(c->owners[i]->subscriber, o->subscriber) != 0)
			return true;
	return false;
}

/* A session that is blocked under another key now is not opened by its old
 * one. */
static int send_unblocks(const struct app *app,
    const struct nas_session_list *before, const struct nas_session_list *now,
    struct order *o)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct nas_session *s = &before->v[i];

		if (nas_sessions_have(now, s) ||
		    nas_session_is_at(s, o->targets, o->n_targets) ||
		    (s->by_ipv4 && is_anothers(app, o, s->ipv4)) ||
		    (s->by_ipv6 && is_anothers(app, o, s->ipv6)))
			continue;
		if (send_one(s, o, false) != 0)
			return -1;
	}
	return 0;
}

static int send_order(const struct app *app, struct order *o)
{
	const struct ledger_entry *e = ledger_entry(app->ledger, o->subscriber);
	struct nas_session_order values = order_of(o);
	struct nas_session_list before = {0}, now = {0};
	char why[ORDER_ERROR_SIZE];
	int rc = nas_sessions_of(
	    &now, &app->nas, &values, o->targets, o->n_targets, why);

	if (rc != 0) {
		order_refuse(o, "%s", why);
		o->permanent = true;
	}
	/* A NAS that is no longer in the configuration cannot be asked. */
	if (rc == 0 && e != NULL &&
	    nas_sessions_of(
		&before, &app->nas, &values, e->targets, e->n, why) != 0)
		log_warn(mod, "%s; what it was sent stays", why);
	if (rc == 0)
		rc = send_blocks(&now, o);
	if (rc == 0)
		rc = send_unblocks(app, &before, &now, o);
	nas_sessions_free(&before);
	nas_sessions_free(&now);
	return rc;
}

/* --- orders ----------------------------------------------------------------*/

static bool is_wanted(const struct app *app, struct order *o)
{
	if (ledger_is_old(app->ledger, o) || ledger_is_same(app->ledger, o))
		return false;
	o->permanent = o->other_ports;
	if (o->other_ports)
		order_refuse(o, "this driver closes port 25 only");
	else if (o->op == ORDER_BLOCK &&
		 ledger_size_with(app->ledger, o) > (size_t)app->max)
		order_refuse(
		    o, "the driver is full: %ld targets (-m)", app->max);
	return o->error[0] == '\0';
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
	if (send_order(app, o) != 0)
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
static int list(void *arg, struct jsonw *j, char *why, size_t n)
{
	const struct app *app = arg;

	(void)why;
	(void)n;
	talk_write_told(j, app->ledger);
	return 0;
}

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
	static const struct option options[] = {
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'},
	    {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:s:m:", options, NULL)) != -1) {
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
		case 'h':
			usage(stdout);
			return 0;
		case 'V':
			puts("sekisho-driver-radius-coa " SEKISHO_VERSION);
			return 0;
		default:
			usage(stderr);
			return 2;
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
	    .list = list,
	    .arg = &app};

	if (rc >= 0)
		return rc;
	talk.max_entries = app.max;
	(void)signal(SIGPIPE, SIG_IGN);
	start(&app);
	talk.port_sets = knows_port_sets(&app);
	talk_run(&talk, STDIN_FILENO, stdout);
	ledger_free(app.ledger);
	nas_free(&app.nas);
	return 0;
}
