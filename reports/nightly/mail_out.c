/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "reports/nightly/file.h"
#include "reports/nightly/mail.h"

static _Noreturn void become(const char *program, int in)
{
	char *const argv[] = {
	    (char *)program, (char *)"-i", (char *)"-t", NULL};

	signal(SIGPIPE, SIG_DFL);
	if (dup2(in, STDIN_FILENO) == -1)
		_exit(126);
	if (in != STDIN_FILENO)
		close(in);
	/* What it says goes where our own errors go. */
	(void)dup2(STDERR_FILENO, STDOUT_FILENO);
	execv(program, argv);
	_exit(127);
}

static int write_all(int fd, const char *s, size_t n)
{
	while (n > 0) {
		ssize_t got = write(fd, s, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		s += got;
		n -= (size_t)got;
	}
	return 0;
}

/* 0: it exited with 0. */
static int finish(
    pid_t pid, const char *program, int written, char *err, size_t n)
{
	int status;

	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && written == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		snprintf(err, n,
		    "%s cannot be run; set report { sendmail } or mail_spool",
		    program);
	else if (WIFSIGNALED(status))
		snprintf(
		    err, n, "%s ended by signal %d", program, WTERMSIG(status));
	else
		snprintf(err, n,
		    "%s did not take the mail (exit code %d); see its log",
		    program, WEXITSTATUS(status));
	return -1;
}

static int run(
    const char *program, const char *text, size_t size, char *err, size_t n)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
	int ends[2], rc;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0) {
		snprintf(err, n, "no pipe to %s: %s", program, strerror(errno));
		return -1;
	}
	pid = fork();
	if (pid == -1) {
		snprintf(
		    err, n, "%s: no process: %s", program, strerror(errno));
		close(ends[0]);
		close(ends[1]);
		return -1;
	}
	if (pid == 0) {
		close(ends[1]);
		become(program, ends[0]);
	}
	close(ends[0]);
	sigaction(SIGPIPE, &ignore, &before);
	rc = write_all(ends[1], text, size);
	close(ends[1]);
	sigaction(SIGPIPE, &before, NULL);
	return finish(pid, program, rc, err, n);
}

int mail_send(const struct mail *m, const char *program, char *err, size_t n)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);
	int rc = -1;

	snprintf(err, n, "out of memory");
	if (!f)
		return -1;
	mail_print(m, f);
	if (fclose(f) == 0)
		rc = run(program, text, size, err, n);
	free(text);
	return rc;
}

static void print(const void *m, FILE *f)
{
	mail_print(m, f);
}

int mail_spool(const struct mail *m, const char *folder, char *err, size_t n)
{
	char path[PATH_MAX];

	if (file_make_dir(folder, err, n) != 0)
		return -1;
	if (snprintf(path, sizeof(path), "%s/%s.eml", folder, m->id) >=
	    (int)sizeof(path)) {
		snprintf(err, n, "%.60s...: the path is too long", folder);
		return -1;
	}
	return file_replace(path, print, m, err, n);
}
