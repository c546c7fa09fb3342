/* SPDX-License-Identifier: Apache-2.0 */
/* sekisho-driver-exec PROGRAM [ARGUMENT...]: a hook driver that runs PROGRAM
 * once for each decision; docs/HOOKS.md has its environment. One decision at
 * a time, so it simply waits: no event loop. */
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/drivers/kit/ledger.h"
#include "analyzer/drivers/kit/options.h"
#include "analyzer/drivers/kit/run.h"
#include "analyzer/drivers/kit/talk.h"
#include "base/log.h"

#define ENTRIES_MAX   100000
#define PROGRAM_MAX_S 3600

static const char mod[] = "driver-exec";

struct app {
	char **argv;
	int timeout_s;
	struct ledger *ledger; /* what PROGRAM has been told */
};

/* --- the program's environment ---------------------------------------------*/

static void set_string(const char *name, const char *s)
{
	(void)setenv(name, s != NULL ? s : "", 1);
}

static void set_number(const char *name, int64_t v)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, v);
	(void)setenv(name, text, 1);
}

static bool is_named(const struct order *o, const struct target *t)
{
	for (size_t i = 0; i < o->n_targets; i++)
		if (target_compare(&o->targets[i], t) == 0)
			return true;
	return false;
}

/* Targets as words: "192.0.2.7/32 2001:db8::/64", or those with ports:
 * "203.0.113.7/32#1024-2047". Those that but names are left out. */
static void set_words(const char *name, const struct target *v, size_t n,
    bool shared, const struct order *but)
{
	char *text, prefix[PREFIX_STRLEN];
	size_t size;
	FILE *f = open_memstream(&text, &size);
	const char *sep = "";

	if (f == NULL)
		log_fatal(mod, "no memory");
	for (size_t i = 0; i < n; i++) {
		if (target_is_shared(&v[i]) != shared ||
		    (but != NULL && is_named(but, &v[i])))
			continue;
		fprintf(f, "%s%s", sep, prefix_format(&v[i].prefix, prefix));
		if (shared)
			fprintf(f, "#%d-%d", v[i].first_port, v[i].last_port);
		sep = " ";
	}
	if (fclose(f) != 0)
		log_fatal(mod, "no memory");
	set_string(name, text);
	free(text);
}

/* Our own: the program inherits it. What an unblock takes out is what was put
 * in; a block takes the place of that. held may be NULL. */
static void set_environment(
    const struct order *o, const struct ledger_entry *held)
{
	bool block = o->op == ORDER_BLOCK;
	const struct target *v = o->targets;
	size_t n = o->n_targets;

	if (!block && held != NULL) {
		v = held->targets;
		n = held->n;
	}
	set_string("SEKISHO_OP", block ? "block" : "unblock");
	set_string("SEKISHO_EVENT", o->event);
	set_string("SEKISHO_CAUSE", o->cause);
	set_string("SEKISHO_SUBSCRIBER", o->subscriber);
	set_number("SEKISHO_SEQ", o->seq);
	set_number("SEKISHO_UNTIL_US", o->until_us);
	set_words("SEKISHO_TARGETS", v, n, false, NULL);
	set_words("SEKISHO_PORT_SETS", v, n, true, NULL);
	if (held == NULL) {
		n = 0;
	} else if (block) {
		v = held->targets;
		n = held->n;
	}
	set_words("SEKISHO_REMOVED", v, n, false, block ? o : NULL);
	set_words("SEKISHO_REMOVED_PORT_SETS", v, n, true, block ? o : NULL);
}

/* --- decisions -------------------------------------------------------------*/

static int tell_program(const struct app *app, struct order *o)
{
	struct run r = {.argv = app->argv, .timeout_s = app->timeout_s};
	size_t n = strlen(o->line);
	int rc;

	set_environment(o, ledger_entry(app->ledger, o->subscriber));
	/* A line with its line feed. */
	o->line[n] = '\n';
	r.input = o->line;
	r.n_input = n + 1;
	rc = run_program(&r);
	o->line[n] = '\0';
	if (rc != 0)
		order_refuse(o, "%s", r.why);
	return rc;
}

static bool is_full(const struct app *app, const struct order *o)
{
	return o->op == ORDER_BLOCK &&
	       ledger_entry(app->ledger, o->subscriber) == NULL &&
	       ledger_n_entries(app->ledger) >= ENTRIES_MAX;
}

static void decide(struct app *app, struct order *o)
{
	const struct ledger_entry *e = ledger_entry(app->ledger, o->subscriber);

	if (ledger_is_old(app->ledger, o))
		return;
	/* The same decision again: its answer came too late. */
	if (o->op == ORDER_BLOCK && e != NULL && e->seq == o->seq)
		return;
	if (is_full(app, o)) {
		order_refuse(o, "the driver is full");
		return;
	}
	if (tell_program(app, o) != 0)
		return;
	ledger_note(app->ledger, o);
}

static void apply(void *arg, struct order **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		decide(arg, v[i]);
}

static void usage(FILE *out)
{
	fputs("usage: sekisho-driver-exec [-p] [-t SECONDS] PROGRAM "
	      "[ARGUMENT...]\n"
	      "A hook driver of sekisho-hooks(8): runs PROGRAM for each "
	      "decision.\n"
	      "  -p          PROGRAM knows shared addresses "
	      "(SEKISHO_PORT_SETS)\n"
	      "  -t SECONDS  PROGRAM is killed after it; 10\n"
	      "  --help, --version\n",
	    out);
}

int main(int argc, char **argv)
{
	static struct app app = {.timeout_s = 10};
	struct talk talk = {.mod = mod,
	    .ports = true,
	    .max_entries = ENTRIES_MAX,
	    .batch_max = 1,
	    .keeps_lines = true,
	    .apply = apply,
	    .arg = &app};
	int c;

	/* "+": the options of PROGRAM are its own. */
	while ((c = option_next(argc, argv, "+pt:")) != -1) {
		switch (c) {
		case 'p':
			talk.port_sets = true;
			break;
		case 't':
			app.timeout_s = (int)option_number(
			    mod, 't', optarg, 1, PROGRAM_MAX_S);
			break;
		default:
			return option_other(c, "sekisho-driver-exec", usage);
		}
	}
	if (optind == argc) {
		usage(stderr);
		return 2;
	}
	app.argv = argv + optind;
	app.ledger = ledger_new();
	(void)signal(SIGPIPE, SIG_IGN);
	talk.told = app.ledger;
	talk_run(&talk, STDIN_FILENO, stdout);
	ledger_free(app.ledger);
	return 0;
}
