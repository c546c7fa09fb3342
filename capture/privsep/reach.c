/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/privsep/reach.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define NAME_DIGITS 16
#define NAME_END    ".spool"
#define NAME_BYTES  (NAME_DIGITS + sizeof(NAME_END))
/* The upper 16 bits of a number are the worker that made the file. */
#define OWNER_SHIFT 48

struct reach {
	char *socket_path, *spool_dir;
	unsigned int workers;
	int spool_fd; /* -1: not open yet */
};

struct reach *reach_new(
    const char *socket_path, const char *spool_dir, unsigned int workers)
{
	struct reach *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->spool_fd = -1;
	r->workers = workers > 0 ? workers : 1;
	r->socket_path = strdup(socket_path);
	if (spool_dir != NULL)
		r->spool_dir = strdup(spool_dir);
	if (r->socket_path != NULL &&
	    (spool_dir == NULL || r->spool_dir != NULL))
		return r;
	reach_free(r);
	return NULL;
}

void reach_free(struct reach *r)
{
	if (r == NULL)
		return;
	if (r->spool_fd >= 0)
		close(r->spool_fd);
	free(r->socket_path);
	free(r->spool_dir);
	free(r);
}

int reach_connect(const struct reach *r)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd, rc = 0;

	if (strlen(r->socket_path) >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	memcpy(to.sun_path, r->socket_path, strlen(r->socket_path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		rc = -errno;
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}

/* 0 or -errno. */
static int open_spool(struct reach *r)
{
	if (r->spool_dir == NULL)
		return -ENOENT;
	if (r->spool_fd >= 0)
		return 0;
	if (mkdir(r->spool_dir, 0700) != 0 && errno != EEXIST)
		return -errno;
	r->spool_fd = open(r->spool_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r->spool_fd < 0)
		return -errno;
	/* Another agent would deliver what this one is writing. */
	if (flock(r->spool_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	close(r->spool_fd);
	r->spool_fd = -1;
	return -EBUSY;
}

/* A worker gets the files of its own index, and of those that a smaller set
 * of workers would leave to nobody. */
static bool is_of(const struct reach *r, unsigned int worker, uint64_t number)
{
	return (number >> OWNER_SHIFT) % r->workers == worker;
}

static int prepare(struct reach *r, unsigned int worker, uint64_t number,
    char name[static NAME_BYTES])
{
	if (!is_of(r, worker, number))
		return -EPERM;
	snprintf(name, NAME_BYTES, "%016" PRIx64 NAME_END, number);
	return open_spool(r);
}

int reach_spool_open(
    struct reach *r, unsigned int worker, uint64_t number, bool create)
{
	int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
	char name[NAME_BYTES];
	int fd, rc = prepare(r, worker, number, name);

	if (rc != 0)
		return rc;
	if (create)
		flags |= O_CREAT | O_EXCL | O_APPEND;
	fd = openat(r->spool_fd, name, flags, 0600);
	return fd >= 0 ? fd : -errno;
}

int reach_spool_remove(struct reach *r, unsigned int worker, uint64_t number)
{
	char name[NAME_BYTES];
	int rc = prepare(r, worker, number, name);

	if (rc != 0)
		return rc;
	return unlinkat(r->spool_fd, name, 0) == 0 ? 0 : -errno;
}

static bool parse_name(const char *name, uint64_t *number)
{
	char *end;

	if (strspn(name, "0123456789abcdef") != NAME_DIGITS)
		return false;
	*number = strtoull(name, &end, 16);
	return strcmp(end, NAME_END) == 0;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

int reach_spool_list(
    struct reach *r, unsigned int worker, uint64_t *numbers, size_t max)
{
	const struct dirent *e;
	uint64_t number;
	size_t n = 0;
	DIR *dir;
	int fd, rc = open_spool(r);

	if (rc != 0)
		return rc;
	/* Not dup(): it would share the place in the directory. */
	fd = openat(r->spool_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (dir == NULL) {
		rc = -errno;
		close(fd);
		return rc;
	}
	while (n < max && (e = readdir(dir)) != NULL)
		if (parse_name(e->d_name, &number) && is_of(r, worker, number))
			numbers[n++] = number;
	closedir(dir);
	qsort(numbers, n, sizeof(numbers[0]), compare);
	return (int)n;
}
