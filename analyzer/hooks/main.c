/* SPDX-License-Identifier: Apache-2.0 */
/* sekisho-hooks: tells the hook drivers what was decided. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "analyzer/hooks/dispatch.h"
#include "analyzer/hooks/watch.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/version.h"
#include "store/db.h"
#include "store/hook_lock.h"

#define POLL_MS        200  /* when something waits, or nothing tells */
#define LOOK_MS        1000 /* although nothing was told */
#define REST_MS        10   /* between two looks */
#define WAIT_FOR_DB_S  30
#define ONCE_POLLS_MAX 50 /* while the store does not work */

static const char mod[] = "hooks";

struct app {
	struct conf conf;
	const char *conf_path, *db_path;
	bool once;
	int64_t shift_us;
	struct db *db;
	uv_loop_t loop;
	uv_timer_t poll;
	uv_signal_t term, intr;
	struct dispatch *dispatch;
	struct watch *watch;
	uint64_t looked_ms; /* of the loop */
	bool polled, polling, stopping;
	int bad_polls;
};

static void usage(FILE *out)
{
	fputs("usage: sekisho-hooks [-v] [-c CONF] [--db DB] [--once] "
	      "[--at TIME]\n"
	      "  -c CONF    configuration file, see sekisho.conf(5)\n"
	      "  --db DB    database instead of the configured one\n"
	      "  --once     deliver what is due, wait for the answers, end: "
	      "0 all is\n"
	      "             delivered, 1 something is not\n"
	      "  --at TIME  judge the ends of blocks as if it were TIME\n"
	      "  -v         log more\n"
	      "  --help, --version\n",
	    out);
}

static void set_time(struct app *app, const char *text)
{
	int64_t now_us = clock_now_us(), at_us;

	if (clock_parse(&at_us, text, now_us) != 0)
		log_fatal(mod,
		    "--at: \"%.40s\" is no time; give one such as "
		    "2026-11-24T08:00:00Z",
		    text);
	app->shift_us = at_us - now_us;
}

static void read_options(struct app *app, int argc, char **argv)
{
	enum { OPT_DB = 256, OPT_ONCE, OPT_AT, OPT_HELP, OPT_VERSION };
	static const struct option options[] = {
	    {"db", required_argument, NULL, OPT_DB},
	    {"once", no_argument, NULL, OPT_ONCE},
	    {"at", required_argument, NULL, OPT_AT},
	    {"help", no_argument, NULL, OPT_HELP},
	    {"version", no_argument, NULL, OPT_VERSION},
	    {NULL, 0, NULL, 0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "c:v", options, NULL)) != -1) {
		switch (c) {
		case 'c':
			app->conf_path = optarg;
			break;
		case 'v':
			log_set_level(LOG_LEVEL_DEBUG);
			break;
		case OPT_DB:
			app->db_path = optarg;
			break;
		case OPT_ONCE:
			app->once = true;
			break;
		case OPT_AT:
			set_time(app, optarg);
			break;
		case OPT_HELP:
			usage(stdout);
			exit(0);
		case OPT_VERSION:
			puts("sekisho-hooks " SEKISHO_VERSION);
			exit(0);
		default:
			usage(stderr);
			exit(2);
		}
	}
	if (optind < argc) {
		usage(stderr);
		exit(2);
	}
}

static void load_conf(struct app *app)
{
	char err[CONF_ERROR_BYTES];

	if (conf_load(&app->conf, app->conf_path, err) != 0 ||
	    conf_check(&app->conf, err) != 0)
		log_fatal(mod, "%s", err);
	if (app->db_path == NULL)
		app->db_path = app->conf.db;
	if (app->conf.n_drivers == 0)
		log_warn(mod, "no driver { } is configured: decisions go "
			      "nowhere");
}

/* The analyzer, which makes the file, may be started at the same time. */
static void open_db(struct app *app)
{
	char err[DB_ERROR_BYTES];

	for (int i = 0;; i++) {
		app->db = db_open(app->db_path, DB_WRITE, err);
		if (app->db != NULL)
			break;
		if (app->once || i >= WAIT_FOR_DB_S * 2)
			log_fatal(mod, "%s", err);
		if (i == 0)
			log_warn(mod, "%s; waiting for it", err);
		(void)usleep(500000);
	}
	/* A row that a power cut takes back is sent again under the same
	 * number, so none waits for the disk. */
	if (db_set_soft(app->db, true) != 0)
		log_fatal(mod, "%s", db_error(app->db));
	/* Held to the end of the process. */
	if (hook_lock_take(app->db_path) == -1)
		log_warn(mod,
		    "%s.hooks cannot be locked: %s; sekisho does not see that "
		    "this process runs: give this user write permission there",
		    app->db_path, strerror(errno));
}

static void close_handle(uv_handle_t *h)
{
	if (!uv_is_closing(h))
		uv_close(h, NULL);
}

static void stop(struct app *app)
{
	app->stopping = true;
	close_handle((uv_handle_t *)&app->poll);
	close_handle((uv_handle_t *)&app->term);
	close_handle((uv_handle_t *)&app->intr);
	watch_stop(app->watch);
	dispatch_stop(app->dispatch);
}

static void on_poll(uv_timer_t *t);

/* The earliest of: what falls due, a second look, a look that was told. */
static void look_in(struct app *app, uint64_t ms)
{
	uint64_t since_ms = uv_now(&app->loop) - app->looked_ms;

	if (since_ms < REST_MS && ms < REST_MS - since_ms)
		ms = REST_MS - since_ms;
	if (!uv_is_active((uv_handle_t *)&app->poll) ||
	    uv_timer_get_due_in(&app->poll) > ms)
		(void)uv_timer_start(&app->poll, on_poll, ms, 0);
}

static void on_written(void *arg)
{
	struct app *app = arg;

	if (!app->stopping)
		look_in(app, 0);
}

static void arm(struct app *app)
{
	int64_t due_us = dispatch_next_us(app->dispatch),
		now_us = clock_now_us();
	uint64_t ms = app->watch != NULL && !app->once &&
			      !dispatch_is_waiting(app->dispatch)
			  ? LOOK_MS
			  : POLL_MS;

	if (due_us <= now_us)
		ms = REST_MS;
	else if ((uint64_t)(due_us - now_us) / 1000 < ms)
		ms = (uint64_t)(due_us - now_us) / 1000 + 1;
	look_in(app, ms);
}

static void on_change(void *arg)
{
	struct app *app = arg;

	if (app->stopping || app->polling)
		return;
	/* From the timer: drivers are not stopped in an event. */
	if (app->once && app->polled && dispatch_is_settled(app->dispatch))
		(void)uv_timer_start(&app->poll, on_poll, 0, 0);
	else
		arm(app);
}

static void end_once(struct app *app)
{
	bool tired = app->bad_polls >= ONCE_POLLS_MAX;

	if (!tired &&
	    (app->bad_polls > 0 || !dispatch_is_settled(app->dispatch)))
		return;
	stop(app);
}

static void on_poll(uv_timer_t *t)
{
	struct app *app = t->data;

	app->polling = true;
	app->looked_ms = uv_now(&app->loop);
	if (dispatch_poll(app->dispatch) == 0) {
		app->bad_polls = 0;
		app->polled = true;
	} else {
		app->bad_polls++;
	}
	app->polling = false;
	if (app->once)
		end_once(app);
	if (!app->stopping)
		arm(app);
}

static void on_signal(uv_signal_t *s, int number)
{
	(void)number;
	stop(s->data);
}

static void start(struct app *app)
{
	(void)signal(SIGPIPE, SIG_IGN);
	if (uv_loop_init(&app->loop) != 0)
		log_fatal(mod, "no event loop; raise the limit of open files");
	(void)uv_timer_init(&app->loop, &app->poll);
	(void)uv_signal_init(&app->loop, &app->term);
	(void)uv_signal_init(&app->loop, &app->intr);
	app->poll.data = app->term.data = app->intr.data = app;
	(void)uv_signal_start(&app->term, on_signal, SIGTERM);
	(void)uv_signal_start(&app->intr, on_signal, SIGINT);
	app->dispatch = dispatch_new(
	    &app->loop, app->db, &app->conf, app->shift_us, on_change, app);
	if (app->dispatch == NULL)
		log_fatal(mod, "no memory is left; give the machine more");
	if (dispatch_start(app->dispatch) != 0)
		log_fatal(mod, "%s: the outbox cannot be read: %s",
		    app->db_path, db_error(app->db));
	app->watch = watch_new(&app->loop, app->db_path, on_written, app);
	(void)uv_timer_start(&app->poll, on_poll, 0, 0);
}

int main(int argc, char **argv)
{
	static struct app app;
	bool empty;

	read_options(&app, argc, argv);
	load_conf(&app);
	open_db(&app);
	start(&app);
	(void)uv_run(&app.loop, UV_RUN_DEFAULT);
	empty = dispatch_is_empty(app.dispatch);
	dispatch_free(app.dispatch);
	(void)uv_loop_close(&app.loop);
	db_close(app.db);
	conf_free(&app.conf);
	return app.once && !empty ? 1 : 0;
}
