/* SPDX-License-Identifier: Apache-2.0 */
/* The daemons of one machine as children: the analyzer first, then the
 * agent, then the hooks when a driver is configured, and with --serve the
 * console. One that ends is started again, after growing pauses. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/clock.h"
#include "base/log.h"
#include "reports/cli/program.h"
#include "reports/cli/verb.h"

#define PAUSE_MS     200
#define PAUSE_MAX_MS 30000
#define STEADY_US    (30 * US_PER_S) /* ran so long: begin with PAUSE_MS */
#define KILL_MS      10000
#define START_MS     5000 /* for the analyzer's socket */
#define STEP_MS      50

struct daemon {
	struct run *run;
	const char *name, *program;
	const char *verb; /* of sekisho; NULL: a program of its own */
	uv_process_t process;
	uv_timer_t again;
	bool running, closing, wanted;
	int64_t started_us, pause_ms;
};
struct run {
	struct cli *c;
	uv_loop_t loop;
	uv_signal_t term, intr;
	uv_timer_t kill, wait;
	struct daemon daemons[4];
	size_t n;
	int waited_ms;
	bool stopping;
};

static void start(struct daemon *d);
static void stop_next(struct run *r);

static void on_again(uv_timer_t *t)
{
	start(t->data);
}

static void close_all(struct run *r)
{
	uv_handle_t *handles[] = {(uv_handle_t *)&r->term,
	    (uv_handle_t *)&r->intr, (uv_handle_t *)&r->kill,
	    (uv_handle_t *)&r->wait};

	for (size_t i = 0; i < r->n; i++)
		if (r->daemons[i].running || r->daemons[i].closing)
			return;
	for (size_t i = 0; i < sizeof(handles) / sizeof(handles[0]); i++)
		if (!uv_is_closing(handles[i]))
			uv_close(handles[i], NULL);
	for (size_t i = 0; i < r->n; i++)
		if (!uv_is_closing((uv_handle_t *)&r->daemons[i].again))
			uv_close((uv_handle_t *)&r->daemons[i].again, NULL);
}

static void plan_again(struct daemon *d)
{
	if (clock_now_us() - d->started_us >= STEADY_US)
		d->pause_ms = PAUSE_MS;
	log_warn("run", "%s is started again in %lld ms", d->name,
	    (long long)d->pause_ms);
	uv_timer_start(&d->again, on_again, (uint64_t)d->pause_ms, 0);
	d->pause_ms *= 2;
	if (d->pause_ms > PAUSE_MAX_MS)
		d->pause_ms = PAUSE_MAX_MS;
}

static void on_closed(uv_handle_t *h)
{
	struct daemon *d = h->data;

	d->closing = false;
	if (d->run->stopping)
		stop_next(d->run);
	else
		plan_again(d);
}

static void on_exit_of(uv_process_t *p, int64_t status, int signum)
{
	struct daemon *d = p->data;

	d->running = false;
	d->closing = true;
	if (!d->run->stopping)
		log_warn("run", "%s ended status=%lld signal=%d", d->name,
		    (long long)status, signum);
	uv_close((uv_handle_t *)p, on_closed);
}

static void start(struct daemon *d)
{
	char path[PATH_MAX];
	const char *conf = d->run->c->config;
	char *argv[5] = {(char *)program_find(d->program, path)}, **next = argv;
	uv_stdio_container_t stdio[] = {{.flags = UV_IGNORE},
	    {.flags = UV_INHERIT_FD, .data.fd = STDOUT_FILENO},
	    {.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO}};
	/* Own groups: a terminal's SIGINT reaches us, we pass it on. */
	uv_process_options_t o = {.exit_cb = on_exit_of,
	    .file = argv[0],
	    .args = argv,
	    .stdio_count = 3,
	    .stdio = stdio,
	    .flags = UV_PROCESS_DETACHED};
	int rc;

	if (d->run->stopping)
		return;
	if (d->verb)
		*++next = (char *)d->verb;
	*++next = (char *)"-c";
	*++next = (char *)conf;
	d->wanted = true;
	d->started_us = clock_now_us();
	d->process.data = d;
	rc = uv_spawn(&d->run->loop, &d->process, &o);
	d->running = rc == 0;
	if (rc == 0) {
		log_info("run", "%s started pid=%d", d->name, d->process.pid);
		return;
	}
	log_error("run",
	    "%s cannot be started: %s; install it beside sekisho or on PATH",
	    d->name, uv_strerror(rc));
	d->closing = true;
	uv_close((uv_handle_t *)&d->process, on_closed);
}

static void on_kill(uv_timer_t *t)
{
	struct run *r = t->data;

	for (size_t i = 0; i < r->n; i++) {
		if (!r->daemons[i].running)
			continue;
		log_warn("run", "%s does not end: killed", r->daemons[i].name);
		uv_process_kill(&r->daemons[i].process, SIGKILL);
	}
}

/* From the wire to the enforcement: what is under way arrives. Who only looks
 * on goes last. */
static void stop_next(struct run *r)
{
	static const size_t order[] = {1, 0, 2, 3};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		struct daemon *d = &r->daemons[order[i]];

		if (order[i] >= r->n || !d->running)
			continue;
		uv_process_kill(&d->process, SIGTERM);
		return;
	}
	close_all(r);
}

static void on_signal(uv_signal_t *s, int signum)
{
	struct run *r = s->data;

	log_info("run", "ends signal=%d", signum);
	if (!r->stopping)
		uv_timer_start(&r->kill, on_kill, KILL_MS, 0);
	r->stopping = true;
	uv_timer_stop(&r->wait);
	for (size_t i = 0; i < r->n; i++)
		uv_timer_stop(&r->daemons[i].again);
	stop_next(r);
}

/* The others find something to talk to when the analyzer listens. */
static void on_wait(uv_timer_t *t)
{
	struct run *r = t->data;

	r->waited_ms += STEP_MS;
	if (access(r->c->conf.socket, F_OK) != 0 && r->waited_ms < START_MS)
		return;
	uv_timer_stop(t);
	for (size_t i = 1; i < r->n; i++)
		if (!r->daemons[i].wanted)
			start(&r->daemons[i]);
}

static void add(struct run *r, const char *program, const char *verb)
{
	struct daemon *d = &r->daemons[r->n++];

	d->run = r;
	d->program = program;
	d->verb = verb;
	d->name = verb ? "sekisho serve" : program;
	d->pause_ms = PAUSE_MS;
	uv_timer_init(&r->loop, &d->again);
	d->again.data = d;
}

static void init(struct run *r)
{
	uv_signal_init(&r->loop, &r->term);
	uv_signal_init(&r->loop, &r->intr);
	uv_timer_init(&r->loop, &r->kill);
	uv_timer_init(&r->loop, &r->wait);
	r->term.data = r->intr.data = r->kill.data = r->wait.data = r;
	uv_signal_start(&r->term, on_signal, SIGTERM);
	uv_signal_start(&r->intr, on_signal, SIGINT);
	add(r, "sekisho-analyzer", NULL);
	add(r, "sekisho-capture", NULL);
	if (r->c->conf.n_drivers > 0)
		add(r, "sekisho-hooks", NULL);
	if (r->c->serve)
		add(r, "sekisho-desk", "serve");
}

int cli_run(struct cli *c)
{
	struct run r = {.c = c};
	char err[CONF_ERROR_BYTES];
	int code;

	if (!c->config)
		return cli_fail(c, CLI_USAGE,
		    "run: -c CONF is missing: the daemons need to know the "
		    "interface and the networks");
	code = cli_need_conf(c);
	if (code != CLI_OK)
		return code;
	if (conf_check(&c->conf, err) != 0)
		return cli_fail(c, CLI_USAGE, "%s", err);
	if (!c->conf.interface)
		return cli_fail(c, CLI_USAGE,
		    "%s: capture { interface } is not set: name the interface "
		    "that gets the mirrored packets",
		    c->config);
	if (uv_loop_init(&r.loop) != 0)
		return cli_fail(c, CLI_FAILED, "no event loop");
	init(&r);
	start(&r.daemons[0]);
	uv_timer_start(&r.wait, on_wait, STEP_MS, STEP_MS);
	uv_run(&r.loop, UV_RUN_DEFAULT);
	uv_loop_close(&r.loop);
	return CLI_OK;
}
