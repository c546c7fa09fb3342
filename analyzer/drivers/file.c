/* SPDX-License-Identifier: Apache-2.0 */
/* sekisho-driver-file LIST: a hook driver that keeps a list of blocked
 * prefixes as a file, for routers and firewalls that pull it. */
#include <errno.h>
#include <getopt.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "analyzer/drivers/file/blocklist.h"
#include "analyzer/drivers/kit/attempt.h"
#include "analyzer/drivers/kit/options.h"
#include "analyzer/drivers/kit/state.h"
#include "analyzer/drivers/kit/talk.h"
#include "base/log.h"

#define BATCH_MAX       16384
#define ENTRIES_DEFAULT 1000000
#define ENTRIES_MAX     10000000

static const char mod[] = "driver-file";

struct app {
	struct replace_conf list, json;
	char json_path[PATH_MAX];
	long max;
	struct ledger *ledger;
	int64_t generation;
};

/* --- the files -------------------------------------------------------------*/

/* What pullers get now; an empty list where it is none. */
static void read_list(const struct app *app, struct blocklist *b)
{
	size_t len;
	char *text = replace_read(app->list.path, &len);

	memset(b, 0, sizeof(*b));
	if (text == NULL && errno != ENOENT)
		log_warn(mod, "%s cannot be read: %s", app->list.path,
		    strerror(errno));
	if (text != NULL && blocklist_parse(b, text, len) != 0)
		log_warn(mod,
		    "%s is not as it was written; it is written anew with the "
		    "next decision",
		    app->list.path);
	free(text);
}

static int write_list(
    struct app *app, const char *lines, size_t len, size_t count, char *why)
{
	size_t text_len = 0;
	char *text =
	    blocklist_text(lines, len, count, app->generation + 1, &text_len);
	int rc;

	if (text == NULL)
		log_fatal(mod, "no memory");
	rc = replace_file(&app->list, text, text_len, why, ORDER_ERROR_SIZE);
	if (rc == 0)
		app->generation++;
	free(text);
	return rc;
}

/* The file has these lines already: who pulls it by its time or its
 * generation need not do so. */
static bool is_written(
    const struct app *app, const char *lines, size_t len, size_t count)
{
	size_t want_len = 0, got_len = 0;
	char *want =
	    blocklist_text(lines, len, count, app->generation, &want_len);
	char *got = replace_read(app->list.path, &got_len);
	bool same = want != NULL && got != NULL && want_len == got_len &&
		    memcmp(want, got, got_len) == 0;

	free(want);
	free(got);
	return same;
}

/* The state first: after a crash between the two the list is made from it. */
static int save(struct app *app, char *why)
{
	size_t len = 0, count = 0;
	char *lines = blocklist_lines(app->ledger, &len, &count);
	bool written;
	int rc;

	if (lines == NULL)
		log_fatal(mod, "no memory");
	written = is_written(app, lines, len, count);
	rc = state_save(&app->json, app->ledger,
	    app->generation + (written ? 0 : 1), false, why, ORDER_ERROR_SIZE);
	if (rc == 0 && !written)
		rc = write_list(app, lines, len, count, why);
	free(lines);
	return rc;
}

/* --- orders ----------------------------------------------------------------*/

static bool is_wanted(void *arg, struct order *o)
{
	const struct app *app = arg;

	return attempt_admits(
	    app->ledger, o, app->max, "addresses and port ranges (-n)");
}

static void apply(void *arg, struct order **v, size_t n)
{
	struct app *app = arg;
	struct attempt *a = attempt_begin(app->ledger, v, n, is_wanted, app);
	char why[ORDER_ERROR_SIZE];

	attempt_end(a, attempt_size(a) == 0 || save(app, why) == 0, why);
}

/* --- what there is ---------------------------------------------------------*/

static void write_entry(
    struct jsonw *j, const struct blocklist *b, const struct ledger_entry *e)
{
	struct target *v = calloc(e->n + 1, sizeof(*v));
	size_t n = 0;

	if (v == NULL)
		log_fatal(mod, "no memory");
	for (size_t i = 0; i < e->n; i++)
		if (blocklist_has(b, &e->targets[i]))
			v[n++] = e->targets[i];
	if (n > 0)
		talk_write_held(j, e->subscriber, e->seq, v, n, e->until_us);
	free(v);
}

static int list(void *arg, struct jsonw *j, char *why, size_t n)
{
	const struct app *app = arg;
	const struct ledger_entry *e;
	const struct ledger_claim *c;
	struct blocklist b;

	(void)why;
	(void)n;
	read_list(app, &b);
	for (e = ledger_entries(app->ledger); e != NULL; e = e->hh.next)
		write_entry(j, &b, e);
	for (size_t i = 0; i < b.n; i++) {
		c = ledger_find(app->ledger, &b.v[i]);
		if (c == NULL || c->n_owners == 0)
			talk_write_held(j, NULL, 0, &b.v[i], 1, 0);
	}
	free(b.v);
	return 0;
}

/* --- start -----------------------------------------------------------------*/

static void start(struct app *app)
{
	char why[ORDER_ERROR_SIZE];
	struct blocklist b;

	app->ledger = ledger_new();
	if (state_load(app->json.path, app->ledger, &app->generation, why,
		sizeof(why)) != 0)
		log_warn(mod,
		    "%s; who is blocked is learned from the dispatcher again",
		    why);
	read_list(app, &b);
	if (b.generation > app->generation)
		app->generation = b.generation;
	free(b.v);
	/* Who is to be blocked is told in a moment; until then the list stays
	 * as it is, unless we know better. */
	if (ledger_n_entries(app->ledger) > 0 && save(app, why) != 0)
		log_fatal(mod, "%s", why);
}

static void usage(FILE *out)
{
	fputs("usage: sekisho-driver-file [-j FILE] [-m MODE] [-J MODE] "
	      "[-u USER[:GROUP]]\n"
	      "                           [-n MAX] LIST\n"
	      "A hook driver of sekisho-hooks(8): keeps the file LIST of who "
	      "is blocked.\n"
	      "  -j FILE          the same as JSON, with subscribers; "
	      "LIST.json\n"
	      "  -m MODE          of LIST; 644\n"
	      "  -J MODE          of the JSON file; 600\n"
	      "  -u USER[:GROUP]  who owns both\n"
	      "  -n MAX           addresses and port ranges; 1000000\n"
	      "  --help, --version\n",
	    out);
}

/* "www-data", "www-data:adm", ":adm" */
static void owner_of(struct app *app, const char *text)
{
	char user[64];
	const char *colon = strchr(text, ':');
	size_t n = colon != NULL ? (size_t)(colon - text) : strlen(text);
	const struct passwd *pw;
	const struct group *gr;

	snprintf(user, sizeof(user), "%.*s", (int)n, text);
	if (n > 0) {
		pw = getpwnam(user);
		if (pw == NULL)
			log_fatal(mod, "-u: there is no user \"%s\"", user);
		else
			app->list.uid = app->json.uid = pw->pw_uid;
	}
	if (colon != NULL) {
		gr = getgrnam(colon + 1);
		if (gr == NULL)
			log_fatal(
			    mod, "-u: there is no group \"%.60s\"", colon + 1);
		else
			app->list.gid = app->json.gid = gr->gr_gid;
	}
}

static int options_read(struct app *app, int argc, char **argv)
{
	int c;

	while ((c = option_next(argc, argv, "j:m:J:u:n:")) != -1) {
		switch (c) {
		case 'j':
			app->json.path = optarg;
			break;
		case 'm':
			app->list.mode = option_mode(mod, 'm', optarg);
			break;
		case 'J':
			app->json.mode = option_mode(mod, 'J', optarg);
			break;
		case 'u':
			owner_of(app, optarg);
			break;
		case 'n':
			app->max =
			    option_number(mod, 'n', optarg, 1, ENTRIES_MAX);
			break;
		default:
			return option_other(c, "sekisho-driver-file", usage);
		}
	}
	if (optind + 1 != argc) {
		usage(stderr);
		return 2;
	}
	app->list.path = argv[optind];
	if (app->json.path == NULL) {
		snprintf(app->json_path, sizeof(app->json_path), "%s.json",
		    app->list.path);
		app->json.path = app->json_path;
	}
	return -1;
}

int main(int argc, char **argv)
{
	static struct app app = {
	    .list = {.mode = 0644, .uid = (uid_t)-1, .gid = (gid_t)-1},
	    .json = {.mode = 0600, .uid = (uid_t)-1, .gid = (gid_t)-1},
	    .max = ENTRIES_DEFAULT,
	};
	int rc = options_read(&app, argc, argv);
	struct talk talk = {.mod = mod,
	    .ports = true,
	    .port_sets = true,
	    .batch_max = BATCH_MAX,
	    .apply = apply,
	    .list = list,
	    .arg = &app};

	if (rc >= 0)
		return rc;
	talk.max_entries = app.max;
	(void)signal(SIGPIPE, SIG_IGN);
	start(&app);
	talk_run(&talk, STDIN_FILENO, stdout);
	ledger_free(app.ledger);
	return 0;
}
