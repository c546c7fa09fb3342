/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/drivers/kit/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyzer/drivers/kit/output.h"

/* The file is there under its new name, whole, before it takes the place of
 * the old one. */
static int write_new(const struct replace_conf *c, const char *path,
    const char *data, size_t len)
{
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	int rc = -1;

	if (fd < 0)
		return -1;
	if (output_all(fd, data, len) == 0 && fchmod(fd, c->mode) == 0 &&
	    ((c->uid == (uid_t)-1 && c->gid == (gid_t)-1) ||
		fchown(fd, c->uid, c->gid) == 0) &&
	    fsync(fd) == 0)
		rc = 0;
	if (close(fd) != 0)
		rc = -1;
	return rc;
}

/* So that the name is on the disk, too. */
static int sync_folder(const char *path)
{
	char copy[PATH_MAX];
	int fd, rc;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc;
}

int replace_file(const struct replace_conf *c, const char *data, size_t len,
    char *why, size_t n_why)
{
	char path[PATH_MAX];
	int error;

	if ((size_t)snprintf(path, sizeof(path), "%s.new", c->path) >=
	    sizeof(path)) {
		snprintf(why, n_why, "the name of the file is too long");
		return -1;
	}
	if (write_new(c, path, data, len) == 0 && rename(path, c->path) == 0 &&
	    sync_folder(path) == 0)
		return 0;
	error = errno;
	(void)unlink(path);
	snprintf(why, n_why, "%.200s cannot be written: %s", c->path,
	    strerror(error));
	return -1;
}

char *replace_read(const char *path, size_t *len)
{
	FILE *f = fopen(path, "re");
	char *data = NULL;
	size_t size = 0;
	ssize_t n;

	if (f == NULL)
		return NULL;
	/* No text of ours has a NUL. */
	n = getdelim(&data, &size, '\0', f);
	if (n < 0 && ferror(f)) {
		free(data);
		data = NULL;
	} else if (n < 0) {
		free(data);
		data = calloc(1, 1);
		n = 0;
	}
	fclose(f);
	*len = data != NULL ? (size_t)n : 0;
	return data;
}
