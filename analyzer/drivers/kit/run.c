/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/kit/run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LINE_SIZE 200

struct child {
	pid_t pid;
	int out, err; /* what it writes; -1: closed */
	int64_t deadline_ms;
	char line[LINE_SIZE]; /* of its standard error */
	size_t n_line;
	bool line_ended;
	size_t cap;
	bool too_much;
};

static int64_t monotonic_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The input as a file at its beginning, or -1. */
static int make_input(const struct run *r)
{
	int fd = memfd_create("input", MFD_CLOEXEC);
	size_t done = 0;

	while (fd >= 0 && done < r->n_input) {
		ssize_t n = write(fd, r->input + done, r->n_input - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			close(fd);
			return -1;
		}
		done += (size_t)n;
	}
	if (fd >= 0)
		(void)lseek(fd, 0, SEEK_SET);
	return fd;
}

/* In the memory of the parent, which waits until exec: system calls only. */
static _Noreturn void become(
    const struct run *r, pid_t parent, int in, int out, int err)
{
	(void)setpgid(0, 0);
	if (r->dies_with_us) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(126);
	}
	if (dup2(in, STDIN_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0 ||
	    dup2(out, STDOUT_FILENO) < 0)
		_exit(126);
	(void)signal(SIGPIPE, SIG_DFL);
	execvp(r->argv[0], r->argv);
	(void)dprintf(STDERR_FILENO, "%s: %s\n", r->argv[0], strerror(errno));
	_exit(127);
}

/* fork() would write-protect all that a ledger of 100,000 entries lies in, and
 * each page of it would cost a fault. A function of its own: what the child
 * does to its variables is done to ours. */
static pid_t __attribute__((noinline))
start(const struct run *r, int in, int out, int err)
{
	pid_t parent = getpid();
	/* NOLINTNEXTLINE(clang-analyzer-security.insecureAPI.vfork) */
	pid_t pid = vfork();

	if (pid == 0)
		/* NOLINTNEXTLINE(clang-analyzer-unix.Vfork) */
		become(r, parent, in, out, err);
	return pid;
}

static int spawn(const struct run *r, struct child *c)
{
	int in = -1, out[2] = {-1, -1}, err[2] = {-1, -1}, rc = -1;

	in = make_input(r);
	if (in < 0 || pipe2(err, O_CLOEXEC) != 0 ||
	    (r->output_max > 0 && pipe2(out, O_CLOEXEC) != 0))
		goto out;
	/* Our own stdout belongs to the protocol. */
	c->pid = start(r, in, out[1] >= 0 ? out[1] : err[1], err[1]);
	if (c->pid < 0)
		goto out;
	(void)setpgid(c->pid, c->pid);
	c->out = out[0];
	c->err = err[0];
	out[0] = -1;
	err[0] = -1;
	rc = 0;
out:
	shut(&in);
	for (int i = 0; i < 2; i++) {
		shut(&out[i]);
		shut(&err[i]);
	}
	return rc;
}

/* Keeps the beginning of one line that is not empty. */
static void read_err(const struct run *r, struct child *c)
{
	char buf[1024];
	ssize_t n = read(c->err, buf, sizeof(buf));

	if (n == 0 || (n < 0 && errno != EINTR))
		shut(&c->err);
	for (ssize_t i = 0; i < n; i++) {
		if (buf[i] == '\n') {
			c->line_ended = c->n_line > 0;
			continue;
		}
		if (c->line_ended && r->first_line)
			return;
		if (c->line_ended)
			c->n_line = 0;
		c->line_ended = false;
		if (c->n_line + 1 < sizeof(c->line))
			c->line[c->n_line++] =
			    buf[i] >= 0x20 && buf[i] < 0x7f ? buf[i] : '?';
		c->line[c->n_line] = '\0';
	}
}

static void read_out(struct run *r, struct child *c)
{
	ssize_t n;

	if (r->output == NULL || c->cap - r->n_output < 2) {
		size_t cap = c->cap > 0 ? 2 * c->cap : 65536;
		char *p = realloc(r->output, cap);

		if (p == NULL) {
			c->too_much = true;
			shut(&c->out);
			return;
		}
		r->output = p;
		c->cap = cap;
	}
	n = read(c->out, r->output + r->n_output, c->cap - r->n_output - 1);
	if (n == 0 || (n < 0 && errno != EINTR))
		shut(&c->out);
	if (n > 0)
		r->n_output += (size_t)n;
	r->output[r->n_output] = '\0';
	if (r->n_output > r->output_max) {
		c->too_much = true;
		shut(&c->out);
	}
}

/* Until the program has closed both, or the time is over. */
static void listen_to(struct run *r, struct child *c)
{
	while (c->err >= 0 || c->out >= 0) {
		struct pollfd p[2] = {{.fd = c->err, .events = POLLIN},
		    {.fd = c->out, .events = POLLIN}};
		int64_t left = c->deadline_ms - monotonic_ms();

		if (left <= 0)
			return;
		if (poll(p, 2, (int)left) < 0 && errno != EINTR)
			return;
		if (p[1].revents != 0 && c->out >= 0)
			read_out(r, c);
		if (p[0].revents != 0 && c->err >= 0)
			read_err(r, c);
	}
}

/* A child of the program may hold stderr open, or the program may close it
 * early: its exit counts. */
static bool await(const struct child *c, int *status)
{
	for (int wait_us = 100;;
	     wait_us = wait_us < 5000 ? 2 * wait_us : 5000) {
		pid_t pid = waitpid(c->pid, status, WNOHANG);

		if (pid == c->pid)
			return true;
		if (pid < 0 && errno != EINTR)
			return false;
		if (monotonic_ms() >= c->deadline_ms)
			return false;
		(void)usleep((useconds_t)wait_us);
	}
}

static void take_line(struct child *c, const char *text)
{
	for (; *text != '\0' && *text != '\n' && c->n_line + 1 < LINE_SIZE;
	     text++)
		c->line[c->n_line++] =
		    *text >= 0x20 && *text < 0x7f ? *text : '?';
	c->line[c->n_line] = '\0';
}

static void say_why(
    struct run *r, const struct child *c, bool ended, int status)
{
	const char *colon = c->n_line > 0 ? ": " : "";

	if (!ended)
		snprintf(
		    r->why, sizeof(r->why), "killed after %d s", r->timeout_s);
	else if (WIFSIGNALED(status))
		snprintf(r->why, sizeof(r->why), "signal %d%s%s",
		    WTERMSIG(status), colon, c->line);
	else if (WEXITSTATUS(status) != 0)
		snprintf(r->why, sizeof(r->why), "exit status %d%s%s",
		    WEXITSTATUS(status), colon, c->line);
	else
		snprintf(r->why, sizeof(r->why), "it wrote more than %zu bytes",
		    r->output_max);
}

int run_program(struct run *r)
{
	struct child c = {.out = -1, .err = -1};
	bool ended, good;
	int status = 0;

	r->output = NULL;
	r->n_output = 0;
	r->why[0] = '\0';
	r->exited = false;
	if (spawn(r, &c) != 0) {
		snprintf(r->why, sizeof(r->why),
		    "no process can be started: %s", strerror(errno));
		return -1;
	}
	c.deadline_ms = monotonic_ms() + (int64_t)r->timeout_s * 1000;
	listen_to(r, &c);
	ended = await(&c, &status);
	if (!ended) {
		(void)kill(-c.pid, SIGKILL);
		(void)waitpid(c.pid, &status, 0);
	}
	shut(&c.out);
	shut(&c.err);
	r->exited = ended && WIFEXITED(status);
	r->status = r->exited ? WEXITSTATUS(status) : -1;
	good = r->exited && r->status == 0 && !c.too_much;
	if (good)
		return 0;
	/* Some programs tell their errors on standard output. */
	if (c.n_line == 0 && r->output != NULL)
		take_line(&c, r->output);
	say_why(r, &c, ended, status);
	if (!r->keep_output) {
		free(r->output);
		r->output = NULL;
	}
	return -1;
}
