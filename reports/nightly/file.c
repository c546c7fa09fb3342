/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/file.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const char *path, const char *what, char *err, size_t errsize)
{
	snprintf(err, errsize, "%s: %s: %s", path, what, strerror(errno));
	return -1;
}

int file_make_dir(const char *dir, char *err, size_t errsize)
{
	char path[PATH_MAX];
	struct stat st;

	if (strlen(dir) >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return fail(dir, "no directory", err, errsize);
	}
	memcpy(path, dir, strlen(dir) + 1);
	for (char *p = path + 1; *p != '\0'; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		(void)mkdir(path, 0750);
		*p = '/';
	}
	if (mkdir(path, 0750) == 0)
		return 0;
	if (errno != EEXIST)
		return fail(dir, "cannot be made", err, errsize);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return 0;
	errno = ENOTDIR;
	return fail(dir, "name another with --out", err, errsize);
}

int file_replace(const char *path, void (*print)(const void *arg, FILE *f),
    const void *arg, char *err, size_t errsize)
{
	char temp[PATH_MAX];
	FILE *f = NULL;
	int fd, failed;

	if (snprintf(temp, sizeof(temp), "%s.XXXXXX", path) >=
	    (int)sizeof(temp)) {
		errno = ENAMETOOLONG;
		return fail(path, "cannot be written", err, errsize);
	}
	fd = mkstemp(temp);
	if (fd == -1)
		return fail(path, "cannot be written", err, errsize);
	f = fdopen(fd, "w");
	if (!f) {
		close(fd);
		goto fail;
	}
	print(arg, f);
	failed = fflush(f) != 0 || ferror(f) || fchmod(fd, 0640) != 0 ||
		 fsync(fd) != 0;
	if (fclose(f) != 0 || failed || rename(temp, path) != 0)
		goto fail;
	return 0;
fail:
	fail(path, "cannot be written", err, errsize);
	(void)unlink(temp);
	return -1;
}
