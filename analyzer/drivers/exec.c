/* SPDX-License-Identifier: Apache-2.0 */
/* sekisho-driver-exec PROGRAM [ARGUMENT...]: a hook driver that runs PROGRAM
 * once for each decision; docs/HOOKS.md has its environment. One decision at
 * a time, so it simply waits: no event loop. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "base/version.h"

#define LINE_MAX_BYTES 65536
#define ENTRIES_MAX    100000
#define REASON_BYTES   200
#define PROGRAM_MAX_S  3600

static const char mod[] = "driver-exec";

struct app {
	char **argv;
	int timeout_s;
	json_t *held; /* subscriber -> {seq, targets, until_us} */
	char line[LINE_MAX_BYTES + 1];
	size_t len;
};

/* One run of the program. */
struct run {
	pid_t pid;
	int in, err; /* its stdin and stderr; -1: closed */
	const char *text;
	size_t left;
	int64_t deadline_ms;
	char last[REASON_BYTES]; /* the last line of its stderr */
	size_t n_last;
	bool line_ended;
};

static int64_t monotonic_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void answer_text(json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);

	if (text == NULL || puts(text) == EOF || fflush(stdout) != 0)
		log_fatal(mod, "the answer cannot be written; sekisho-hooks "
			       "is gone");
	free(text);
	json_decref(o);
}

static void answer(json_int_t seq, const char *error)
{
	json_t *o = json_object();

	json_object_set_new(o, "seq", json_integer(seq));
	json_object_set_new(o, "ok", json_boolean(error == NULL));
	if (error != NULL)
		json_object_set_new(o, "error", json_string(error));
	answer_text(o);
}

static void answer_hello(void)
{
	answer_text(json_pack("{s:b,s:b,s:b,s:i}", "ports", 1, "port_sets", 0,
	    "sees_refused", 0, "max_entries", ENTRIES_MAX));
}

static void answer_list(const struct app *app)
{
	json_t *list = json_array(), *entry;
	const char *subscriber;

	json_object_foreach(app->held, subscriber, entry)
	{
		json_t *o = json_copy(entry);

		json_object_set_new(o, "subscriber", json_string(subscriber));
		json_array_append_new(list, o);
	}
	answer_text(json_pack("{s:b,s:o}", "ok", 1, "held", list));
}

/* --- the program's environment ---------------------------------------------*/

/* "192.0.2.7/32 2001:db8::/64" */
static void set_targets(json_t *targets)
{
	char text[8192] = "";
	size_t i, n = 0;
	json_t *t;

	json_array_foreach(targets, i, t)
	{
		const char *s = json_string_value(t);

		if (s == NULL || n + strlen(s) + 2 > sizeof(text))
			continue;
		n += (size_t)snprintf(
		    text + n, sizeof(text) - n, "%s%s", n > 0 ? " " : "", s);
	}
	setenv("SEKISHO_TARGETS", text, 1);
}

static void set_number(const char *name, json_t *v)
{
	char text[32];

	snprintf(
	    text, sizeof(text), "%" JSON_INTEGER_FORMAT, json_integer_value(v));
	setenv(name, text, 1);
}

static void set_string(const char *name, json_t *v)
{
	const char *s = json_string_value(v);

	setenv(name, s != NULL ? s : "", 1);
}

static void set_environment(json_t *o)
{
	set_string("SEKISHO_OP", json_object_get(o, "op"));
	set_string("SEKISHO_EVENT", json_object_get(o, "event"));
	set_string("SEKISHO_CAUSE", json_object_get(o, "cause"));
	set_string("SEKISHO_SUBSCRIBER", json_object_get(o, "subscriber"));
	set_number("SEKISHO_SEQ", json_object_get(o, "seq"));
	set_number("SEKISHO_UNTIL_US", json_object_get(o, "until_us"));
	set_targets(json_object_get(o, "targets"));
}

/* --- one run
 * ----------------------------------------------------------------*/

static _Noreturn void become(const struct app *app, json_t *o, int in, int err)
{
	(void)setpgid(0, 0);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0 ||
	    /* Our stdout belongs to the protocol. */
	    dup2(err, STDOUT_FILENO) < 0)
		_exit(126);
	(void)signal(SIGPIPE, SIG_DFL);
	set_environment(o);
	execvp(app->argv[0], app->argv);
	fprintf(stderr, "%s: %s\n", app->argv[0], strerror(errno));
	_exit(127);
}

static int start(struct app *app, json_t *o, struct run *r)
{
	int in[2], err[2];

	if (pipe2(in, O_CLOEXEC) != 0)
		return -1;
	if (pipe2(err, O_CLOEXEC) != 0) {
		close(in[0]);
		close(in[1]);
		return -1;
	}
	r->pid = fork();
	if (r->pid == 0)
		become(app, o, in[0], err[1]);
	close(in[0]);
	close(err[1]);
	r->in = in[1];
	r->err = err[0];
	if (r->pid < 0) {
		close(r->in);
		close(r->err);
		return -1;
	}
	(void)setpgid(r->pid, r->pid);
	(void)fcntl(r->in, F_SETFL, O_NONBLOCK);
	r->deadline_ms = monotonic_ms() + (int64_t)app->timeout_s * 1000;
	return 0;
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void write_some(struct run *r)
{
	ssize_t n = write(r->in, r->text, r->left);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0) {
		r->text += n;
		r->left -= (size_t)n;
	}
	if (n < 0 || r->left == 0)
		shut(&r->in);
}

/* Keeps the beginning of the last line that is not empty. */
static void read_some(struct run *r)
{
	char buf[1024];
	ssize_t n = read(r->err, buf, sizeof(buf));

	if (n == 0 || (n < 0 && errno != EINTR))
		shut(&r->err);
	for (ssize_t i = 0; i < n; i++) {
		if (buf[i] == '\n') {
			r->line_ended = true;
			continue;
		}
		if (r->line_ended)
			r->n_last = 0;
		r->line_ended = false;
		if (r->n_last + 1 < sizeof(r->last))
			r->last[r->n_last++] =
			    buf[i] >= 0x20 && buf[i] < 0x7f ? buf[i] : '?';
		r->last[r->n_last] = '\0';
	}
}

/* Until the program has closed its stderr, or the time is over. */
static void talk(struct run *r)
{
	while (r->err >= 0) {
		struct pollfd p[2] = {{.fd = r->err, .events = POLLIN},
		    {.fd = r->in, .events = POLLOUT}};
		int64_t left = r->deadline_ms - monotonic_ms();

		if (left <= 0)
			return;
		if (poll(p, 2, (int)left) < 0 && errno != EINTR)
			return;
		if (p[1].revents != 0 && r->in >= 0)
			write_some(r);
		if (p[0].revents != 0)
			read_some(r);
	}
}

/* A child of the program may hold stderr open, or the program may close it
 * early: its exit counts. 1: it ended, 0: out of time. */
static int await(struct run *r, int *status)
{
	for (;;) {
		pid_t pid = waitpid(r->pid, status, WNOHANG);

		if (pid == r->pid)
			return 1;
		if (pid < 0 && errno != EINTR)
			return 0;
		if (monotonic_ms() >= r->deadline_ms)
			return 0;
		(void)usleep(5000);
	}
}

static void say_status(const struct run *r, int status, char *why, size_t n)
{
	const char *colon = r->n_last > 0 ? ": " : "";

	if (WIFSIGNALED(status))
		snprintf(
		    why, n, "signal %d%s%s", WTERMSIG(status), colon, r->last);
	else
		snprintf(why, n, "exit status %d%s%s", WEXITSTATUS(status),
		    colon, r->last);
}

/* 0, or -1 with why. */
static int run_program(
    struct app *app, json_t *o, const char *line, char *why, size_t n)
{
	struct run r = {.text = line, .left = strlen(line)};
	int status = 0, ended;

	if (start(app, o, &r) != 0) {
		snprintf(
		    why, n, "no process can be started: %s", strerror(errno));
		return -1;
	}
	talk(&r);
	ended = await(&r, &status);
	if (!ended) {
		(void)kill(-r.pid, SIGKILL);
		(void)waitpid(r.pid, &status, 0);
		snprintf(why, n, "killed after %d s", app->timeout_s);
	} else {
		say_status(&r, status, why, n);
	}
	shut(&r.in);
	shut(&r.err);
	return ended && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

/* --- decisions
 * ---------------------------------------------------------------*/

static void remember(struct app *app, const char *subscriber, json_t *o)
{
	json_t *entry = json_object();

	json_object_set(entry, "seq", json_object_get(o, "seq"));
	json_object_set(entry, "targets", json_object_get(o, "targets"));
	json_object_set(entry, "until_us", json_object_get(o, "until_us"));
	json_object_set_new(app->held, subscriber, entry);
}

static bool is_held(
    const struct app *app, const char *subscriber, json_int_t seq)
{
	json_t *entry = json_object_get(app->held, subscriber);

	return entry != NULL &&
	       json_integer_value(json_object_get(entry, "seq")) == seq;
}

static void decide(struct app *app, json_t *o, bool block)
{
	json_t *seq_value = json_object_get(o, "seq");
	json_int_t seq = json_integer_value(seq_value);
	const char *subscriber =
	    json_string_value(json_object_get(o, "subscriber"));
	char why[REASON_BYTES + 64], line[LINE_MAX_BYTES + 2];

	if (!json_is_integer(seq_value) || subscriber == NULL) {
		answer(seq, "the line has no seq or no subscriber");
		return;
	}
	/* The same decision again: its answer came too late. */
	if (block && is_held(app, subscriber, seq)) {
		answer(seq, NULL);
		return;
	}
	if (block && json_object_get(app->held, subscriber) == NULL &&
	    json_object_size(app->held) >= ENTRIES_MAX) {
		answer(seq, "the driver is full");
		return;
	}
	snprintf(line, sizeof(line), "%s\n", app->line);
	if (run_program(app, o, line, why, sizeof(why)) != 0) {
		answer(seq, why);
		return;
	}
	if (block)
		remember(app, subscriber, o);
	else
		(void)json_object_del(app->held, subscriber);
	answer(seq, NULL);
}

static void on_line(struct app *app)
{
	json_t *o =
	    json_loadb(app->line, app->len, JSON_REJECT_DUPLICATES, NULL);
	const char *op = json_string_value(json_object_get(o, "op"));

	if (op == NULL)
		log_warn(mod, "a line of %zu bytes is no order and was ignored",
		    app->len);
	else if (strcmp(op, "hello") == 0)
		answer_hello();
	else if (strcmp(op, "list") == 0)
		answer_list(app);
	else if (strcmp(op, "block") == 0 || strcmp(op, "unblock") == 0)
		decide(app, o, strcmp(op, "block") == 0);
	else
		answer(json_integer_value(json_object_get(o, "seq")),
		    "this driver does not know the op");
	json_decref(o);
}

static void read_lines(struct app *app)
{
	bool skip = false;
	int c;

	while ((c = getchar()) != EOF) {
		if (c == '\n') {
			app->line[app->len] = '\0';
			if (skip)
				log_warn(mod,
				    "a line was longer than %d "
				    "bytes and was ignored",
				    LINE_MAX_BYTES);
			else if (app->len > 0)
				on_line(app);
			app->len = 0;
			skip = false;
		} else if (app->len < LINE_MAX_BYTES) {
			app->line[app->len++] = (char)c;
		} else {
			skip = true;
		}
	}
}

static void usage(FILE *out)
{
	fputs("usage: sekisho-driver-exec [-t SECONDS] PROGRAM [ARGUMENT...]\n"
	      "A hook driver of sekisho-hooks(8): runs PROGRAM for each "
	      "decision.\n"
	      "  -t SECONDS  PROGRAM is killed after it; 10\n"
	      "  --help, --version\n",
	    out);
}

static int timeout_of(const char *text)
{
	char *end;
	long s = strtol(text, &end, 10);

	if (end == text || *end != '\0' || s < 1 || s > PROGRAM_MAX_S)
		log_fatal(mod,
		    "-t: \"%.20s\" is no time-out; give 1 to %d "
		    "seconds",
		    text, PROGRAM_MAX_S);
	return (int)s;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
	    {"help", no_argument, NULL, 'h'},
	    {"version", no_argument, NULL, 'V'},
	    {NULL, 0, NULL, 0},
	};
	static struct app app = {.timeout_s = 10};
	int c;

	/* "+": the options of PROGRAM are its own. */
	while ((c = getopt_long(argc, argv, "+t:", options, NULL)) != -1) {
		switch (c) {
		case 't':
			app.timeout_s = timeout_of(optarg);
			break;
		case 'h':
			usage(stdout);
			return 0;
		case 'V':
			puts("sekisho-driver-exec " SEKISHO_VERSION);
			return 0;
		default:
			usage(stderr);
			return 2;
		}
	}
	if (optind == argc) {
		usage(stderr);
		return 2;
	}
	app.argv = argv + optind;
	app.held = json_object();
	(void)signal(SIGPIPE, SIG_IGN);
	read_lines(&app);
	json_decref(app.held);
	return 0;
}
