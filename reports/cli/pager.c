/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/pager.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

struct pager {
	FILE *terminal, *stream;
	FILE *pipe; /* NULL: the screen has not overflowed */
	const char *command;
	char *held;
	size_t n, cap;
	int lines, screen_lines;
	bool quit; /* the reader has left, or none could be started */
	struct sigaction old_pipe;
};

static const char *command_of(void)
{
	const char *s = getenv("SEKISHO_PAGER");

	if (!s)
		s = getenv("PAGER");
	return s ? s : "less";
}

static void start(struct pager *p)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};

	/* A reader who has seen enough is no failure. */
	sigaction(SIGPIPE, &ignore, &p->old_pipe);
	(void)setenv("LESS", "FRX", 0);
	fflush(p->terminal);
	/* The command is the user's own word, as with git and man. */
	p->pipe = popen(p->command, "we"); /* NOLINT(cert-env33-c) */
	if (!p->pipe)
		p->pipe = p->terminal;
	if (fwrite(p->held, 1, p->n, p->pipe) != p->n)
		p->quit = true;
	p->n = 0;
}

static bool hold(struct pager *p, const char *buf, size_t size)
{
	if (p->n + size > p->cap) {
		size_t cap = 2 * (p->n + size);
		char *held = realloc(p->held, cap);

		if (!held)
			return false;
		p->held = held;
		p->cap = cap;
	}
	memcpy(p->held + p->n, buf, size);
	p->n += size;
	return true;
}

static ssize_t take(void *cookie, const char *buf, size_t size)
{
	struct pager *p = cookie;

	for (size_t i = 0; !p->pipe && i < size; i++)
		p->lines += buf[i] == '\n';
	/* The prompt of the shell takes a line, too. */
	if (!p->pipe && (p->lines >= p->screen_lines || !hold(p, buf, size))) {
		start(p);
		if (!p->quit && fwrite(buf, 1, size, p->pipe) != size)
			p->quit = true;
		return (ssize_t)size;
	}
	if (p->pipe && !p->quit && fwrite(buf, 1, size, p->pipe) != size)
		p->quit = true;
	return (ssize_t)size;
}

int pager_screen_lines(FILE *f)
{
	struct winsize w = {0};

	if (ioctl(fileno(f), TIOCGWINSZ, &w) != 0)
		return 0;
	return w.ws_row;
}

struct pager *pager_open(FILE *terminal, int screen_lines)
{
	static const cookie_io_functions_t io = {.write = take};
	const char *command = command_of();
	struct pager *p;

	if (screen_lines <= 0 || *command == '\0' ||
	    strcmp(command, "cat") == 0)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->terminal = terminal;
	p->screen_lines = screen_lines;
	p->command = command;
	p->stream = fopencookie(p, "w", io);
	if (!p->stream) {
		free(p);
		return NULL;
	}
	return p;
}

FILE *pager_stream(struct pager *p)
{
	return p->stream;
}

void pager_close(struct pager *p)
{
	if (!p)
		return;
	fclose(p->stream);
	if (!p->pipe) {
		(void)fwrite(p->held, 1, p->n, p->terminal);
		fflush(p->terminal);
	} else {
		if (p->pipe != p->terminal)
			(void)pclose(p->pipe);
		sigaction(SIGPIPE, &p->old_pipe, NULL);
	}
	free(p->held);
	free(p);
}
