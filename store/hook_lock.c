/* SPDX-License-Identifier: Apache-2.0 */
#include "store/hook_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

static int open_file(const char *db_path, int flags)
{
	char *path;
	int fd;

	if (asprintf(&path, "%s.hooks", db_path) == -1) {
		errno = ENOMEM;
		return -1;
	}
	fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0640);
	free(path);
	return fd;
}

/* Shared: one more that delivers what is due (--once) is nobody's harm. Who
 * asks holds it alone, for no time: so it is waited for. */
int hook_lock_take(const char *db_path)
{
	int fd = open_file(db_path, O_RDWR | O_CREAT), saved;

	while (fd != -1 && flock(fd, LOCK_SH) != 0) {
		if (errno == EINTR)
			continue;
		saved = errno;
		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

bool hook_lock_held(const char *db_path)
{
	int fd = open_file(db_path, O_RDONLY);
	bool held;

	if (fd == -1)
		return errno != ENOENT;
	held = flock(fd, LOCK_EX | LOCK_NB) != 0;
	close(fd);
	return held;
}
