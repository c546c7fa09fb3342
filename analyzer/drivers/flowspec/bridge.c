/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/flowspec/bridge.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "analyzer/drivers/kit/output.h"
#include "base/log.h"

#define LINE_SIZE 4096

struct lines {
	char b[LINE_SIZE];
	size_t len;
};

struct bridge {
	const char *mod;
	int in, out, door, caller; /* caller -1: nobody */
	struct lines answers, commands;
	int open; /* commands that exabgp has not answered yet */
};

static int open_door(const char *path, mode_t mode)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof(a.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(a.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	(void)unlink(path);
	if (bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    chmod(path, mode) != 0 || listen(fd, 8) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void hang_up(struct bridge *b)
{
	if (b->caller >= 0)
		close(b->caller);
	b->caller = -1;
	b->commands.len = 0;
}

/* The next whole line with its line feed, or 0. A line that is too long comes
 * in pieces. */
static size_t next_line(const struct lines *l)
{
	const char *feed = memchr(l->b, '\n', l->len);

	if (feed != NULL)
		return (size_t)(feed - l->b) + 1;
	return l->len == sizeof(l->b) ? l->len : 0;
}

static void drop(struct lines *l, size_t n)
{
	l->len -= n;
	memmove(l->b, l->b + n, l->len);
}

/* false: the other side has ended. */
static bool read_more(struct lines *l, int fd)
{
	ssize_t n = read(fd, l->b + l->len, sizeof(l->b) - l->len);

	if (n > 0)
		l->len += (size_t)n;
	return n > 0 || (n < 0 && errno == EINTR);
}

static bool is_end(const char *line, size_t n)
{
	return (n == 5 && memcmp(line, "done\n", n) == 0) ||
	       (n == 6 && memcmp(line, "error\n", n) == 0);
}

/* What exabgp says when nobody has asked is not passed on. */
static bool on_answers(struct bridge *b)
{
	size_t n;

	if (!read_more(&b->answers, b->in))
		return false;
	while ((n = next_line(&b->answers)) > 0) {
		if (b->open > 0 && b->caller >= 0 &&
		    output_all(b->caller, b->answers.b, n) != 0)
			hang_up(b);
		if (b->open > 0 && is_end(b->answers.b, n))
			b->open--;
		drop(&b->answers, n);
	}
	return true;
}

/* One command at a time: its answer ends with "done" or "error". */
static bool pass_command(struct bridge *b)
{
	size_t n = next_line(&b->commands);

	if (b->open > 0 || n == 0)
		return true;
	if (output_all(b->out, b->commands.b, n) != 0)
		return false;
	drop(&b->commands, n);
	b->open = 1;
	return true;
}

static void on_caller(struct bridge *b)
{
	if (!read_more(&b->commands, b->caller))
		hang_up(b);
}

static void on_door(struct bridge *b)
{
	b->caller = accept4(b->door, NULL, NULL, SOCK_CLOEXEC);
}

/* A caller waits while the answer for one that has left is under way. */
static bool turn(struct bridge *b)
{
	struct pollfd p[2] = {{.fd = b->in, .events = POLLIN},
	    {.fd = b->caller >= 0 ? b->caller : b->door, .events = POLLIN}};

	if (b->caller < 0 && b->open > 0)
		p[1].fd = -1;
	/* No more of a caller than has room. */
	if (b->caller >= 0 && b->commands.len == sizeof(b->commands.b))
		p[1].fd = -1;
	if (poll(p, 2, -1) < 0)
		return errno == EINTR;
	if (p[0].revents != 0 && !on_answers(b))
		return false;
	if (p[1].revents != 0 && b->caller < 0 && p[1].fd == b->door)
		on_door(b);
	else if (p[1].revents != 0 && b->caller == p[1].fd)
		on_caller(b);
	return b->caller < 0 || pass_command(b);
}

int bridge_run(const char *mod, const char *path, mode_t mode, int in, int out)
{
	struct bridge b = {.mod = mod, .in = in, .out = out, .caller = -1};

	b.door = open_door(path, mode);
	if (b.door < 0)
		log_fatal(mod,
		    "-b: the socket %s cannot be made: %s; its folder has to "
		    "be there, and to belong to the user of exabgp",
		    path, strerror(errno));
	while (turn(&b))
		;
	hang_up(&b);
	close(b.door);
	(void)unlink(path);
	return 0;
}
