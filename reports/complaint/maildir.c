/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/complaint/maildir.h"
#include "base/room.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add(struct maildir *m, size_t *cap, const char *name)
{
	if (!ROOM_FOR_ONE(m->names, m->n, *cap))
		return -1;
	m->names[m->n] = strdup(name);
	return m->names[m->n] == NULL ? -1 : (m->n++, 0);
}

/* Of names that begin with a dot a maildir has none. */
static int list(struct maildir *m)
{
	int fd = openat(m->new_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;
	size_t cap = 0;
	int rc = 0;

	if (d == NULL) {
		if (fd >= 0)
			close(fd);
		return -1;
	}
	while (rc == 0 && (e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			rc = add(m, &cap, e->d_name);
	closedir(d);
	if (m->n > 0)
		qsort(m->names, m->n, sizeof(*m->names), by_name);
	return rc;
}

int maildir_open(struct maildir *m, const char *path, char *why, size_t size)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	*m = (struct maildir){.new_fd = -1, .cur_fd = -1};
	if (fd < 0) {
		snprintf(why, size, "%.200s: %s", path, strerror(errno));
		return -1;
	}
	m->new_fd = openat(fd, "new", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	m->cur_fd = openat(fd, "cur", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(fd);
	if (m->new_fd < 0 || m->cur_fd < 0) {
		snprintf(why, size,
		    "%.200s is no maildir: it has no folders new and cur that "
		    "can be read",
		    path);
		return -1;
	}
	if (list(m) == 0)
		return 0;
	snprintf(why, size, "%.200s/new: %s", path, strerror(errno));
	return -1;
}

void maildir_close(struct maildir *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->names[i]);
	free(m->names);
	if (m->new_fd >= 0)
		close(m->new_fd);
	if (m->cur_fd >= 0)
		close(m->cur_fd);
}

int maildir_done(const struct maildir *m, const char *name)
{
	char to[NAME_MAX + 1];
	int n = snprintf(to, sizeof(to), "%s%s", name,
	    strstr(name, ":2,") != NULL ? "" : ":2,S");

	if (n < 0 || (size_t)n >= sizeof(to)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (renameat2(m->new_fd, name, m->cur_fd, to, RENAME_NOREPLACE) == 0)
		return 0;
	/* A file system without that: names in a maildir are unique. */
	if (errno != EINVAL)
		return -1;
	return renameat(m->new_fd, name, m->cur_fd, to);
}
