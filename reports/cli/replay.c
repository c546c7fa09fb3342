/* SPDX-License-Identifier: Apache-2.0 */
/* Captures through sekisho-capture and sekisho-analyzer, joined by a pipe;
 * and the check of a database against its own log. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reports/cli/program.h"
#include "reports/cli/progress.h"
#include "reports/cli/verb.h"
#include "reports/cli/verify.h"
#include "reports/out/text.h"
#include "store/read.h"

struct child {
	const char *name;
	pid_t pid;
	int status; /* of waitpid() */
	bool running;
};
struct replay {
	struct cli *c;
	struct child capture, analyzer;
};

/* --- children ------------------------------------------------------- */

/* fd becomes the child's standard input or output (as). 0, or -1. */
static int start(struct child *child, char *const *argv, int fd, int as)
{
	int fail[2], err = 0;
	ssize_t n;

	if (pipe2(fail, O_CLOEXEC) != 0)
		return -1;
	fflush(NULL);
	child->pid = fork();
	if (child->pid == 0) {
		if (dup2(fd, as) != -1)
			execvp(argv[0], argv);
		err = errno;
		if (write(fail[1], &err, sizeof(err)) < 0)
			_exit(126);
		_exit(127);
	}
	close(fail[1]);
	do
		n = child->pid > 0 ? read(fail[0], &err, sizeof(err)) : 0;
	while (n < 0 && errno == EINTR);
	close(fail[0]);
	child->running = child->pid > 0 && n == 0;
	if (child->pid > 0 && n > 0)
		waitpid(child->pid, &child->status, 0);
	if (n > 0)
		errno = err;
	return child->running ? 0 : -1;
}

static void poll_child(struct child *child, int flags)
{
	pid_t rc;

	while (child->running) {
		rc = waitpid(child->pid, &child->status, flags);
		if (rc == 0)
			return;
		if (rc == child->pid || errno != EINTR)
			child->running = false;
	}
}

static void wait_for_both(struct replay *r)
{
	struct progress p;

	if (isatty(fileno(r->c->err)) != 1) {
		poll_child(&r->capture, 0);
		poll_child(&r->analyzer, 0);
		return;
	}
	progress_begin(&p, r->c->err, r->capture.pid, r->c->args, r->c->n_args);
	while (r->capture.running || r->analyzer.running) {
		poll_child(&r->capture, WNOHANG);
		poll_child(&r->analyzer, WNOHANG);
		progress_show(&p);
		(void)usleep(100000);
	}
	progress_end(&p);
}

static int start_capture(struct replay *r, int out_fd)
{
	struct cli *c = r->c;
	char path[PATH_MAX];
	char **argv = calloc((size_t)c->n_args + 10, sizeof(*argv));
	int n = 0, rc;

	if (!argv)
		return -1;
	argv[n++] = (char *)program_find("sekisho-capture", path);
	if (c->config) {
		argv[n++] = "-c";
		argv[n++] = (char *)c->config;
	}
	argv[n++] = "-o";
	argv[n++] = "-";
	argv[n++] = "--format";
	argv[n++] = "frames";
	argv[n++] = "-r";
	for (int i = 0; i < c->n_args; i++)
		argv[n++] = c->args[i];
	rc = start(&r->capture, argv, out_fd, STDOUT_FILENO);
	free(argv);
	return rc;
}

static int start_analyzer(struct replay *r, int in_fd)
{
	struct cli *c = r->c;
	char path[PATH_MAX];
	char *argv[12];
	int n = 0;

	argv[n++] = (char *)program_find("sekisho-analyzer", path);
	if (c->config) {
		argv[n++] = "-c";
		argv[n++] = (char *)c->config;
	}
	argv[n++] = "--db";
	argv[n++] = (char *)cli_db_path(c);
	argv[n++] = "--replay";
	if (c->logins) {
		argv[n++] = "--logins";
		argv[n++] = (char *)c->logins;
	}
	argv[n] = NULL;
	return start(&r->analyzer, argv, in_fd, STDIN_FILENO);
}

/* --- the outcome ---------------------------------------------------- */

/* The exit code that a child's end stands for; it has said why itself. */
static int judge(struct cli *c, const struct child *child)
{
	int code;

	if (WIFSIGNALED(child->status)) {
		if (WTERMSIG(child->status) == SIGINT)
			return CLI_INTERRUPTED;
		return cli_fail(c, CLI_FAILED, "%s was ended by signal %d (%s)",
		    child->name, WTERMSIG(child->status),
		    strsignal(WTERMSIG(child->status)));
	}
	code = WEXITSTATUS(child->status);
	if (code == 0)
		return CLI_OK;
	return cli_fail(c, code == CLI_USAGE ? CLI_USAGE : CLI_FAILED,
	    "%s ended with code %d; its message stands above", child->name,
	    code);
}

/* The analyzer's failure comes first: it breaks the pipe of the other. */
static int judge_both(struct replay *r)
{
	int code = judge(r->c, &r->analyzer);

	return code != CLI_OK ? code : judge(r->c, &r->capture);
}

static int say_what_came(struct cli *c)
{
	int64_t obs_no, applied_no, incident_id, seq;
	char a[32], b[32], d[32];
	int code = cli_need_db(c, DB_READ);

	if (code != CLI_OK)
		return code;
	if (read_last_numbers(
		c->db, &obs_no, &applied_no, &incident_id, &seq) != 0)
		return cli_fail_db(c);
	fprintf(c->err,
	    "replay: %s now holds %s rows, %s incidents, %s decisions\n",
	    cli_db_path(c), text_grouped(obs_no, a),
	    text_grouped(incident_id, b), text_grouped(seq, d));
	return CLI_OK;
}

static int no_analyzer(struct cli *c)
{
	return cli_fail(c, CLI_FAILED,
	    "sekisho-analyzer cannot be started: %s; install it beside "
	    "sekisho or on PATH",
	    strerror(errno));
}

/* A log alone: there is nothing to capture. */
static int run_logins(struct replay *r)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int rc = fd < 0 ? -1 : start_analyzer(r, fd);

	if (fd >= 0)
		close(fd);
	if (rc != 0)
		return no_analyzer(r->c);
	poll_child(&r->analyzer, 0);
	rc = judge(r->c, &r->analyzer);
	return rc != CLI_OK ? rc : say_what_came(r->c);
}

static int run(struct replay *r)
{
	struct cli *c = r->c;
	int fds[2], rc;

	if (pipe2(fds, O_CLOEXEC) != 0)
		return cli_fail(c, CLI_FAILED, "no pipe: %s", strerror(errno));
	rc = start_analyzer(r, fds[0]);
	close(fds[0]);
	if (rc != 0) {
		close(fds[1]);
		return no_analyzer(c);
	}
	rc = start_capture(r, fds[1]);
	close(fds[1]);
	if (rc != 0) {
		rc = errno;
		poll_child(&r->analyzer, 0);
		return cli_fail(c, CLI_FAILED,
		    "sekisho-capture cannot be started: %s; install it beside "
		    "sekisho or on PATH",
		    strerror(rc));
	}
	wait_for_both(r);
	rc = judge_both(r);
	return rc != CLI_OK ? rc : say_what_came(c);
}

int cli_replay(struct cli *c)
{
	struct replay r = {.c = c,
	    .capture = {.name = "sekisho-capture"},
	    .analyzer = {.name = "sekisho-analyzer"}};
	char err[CONF_ERROR_BYTES];
	int code;

	if (c->verify)
		return verify_run(c);
	if (c->n_args == 0 && !c->logins)
		return cli_fail(c, CLI_USAGE,
		    "replay: FILE is missing; try sekisho replay --help");
	code = cli_need_conf(c);
	if (code != CLI_OK)
		return code;
	if (conf_check(&c->conf, err) != 0)
		return cli_fail(c, CLI_USAGE, "%s", err);
	return c->n_args == 0 ? run_logins(&r) : run(&r);
}
