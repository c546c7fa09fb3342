/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/nightly/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/nightly/file.h"

#define TEMP ".new-"

static int fail(const char *path, const char *what, char *err, size_t n)
{
	snprintf(err, n, "%s: %s: %s", path, what, strerror(errno));
	return -1;
}

static int join(char out[static PATH_MAX], const char *dir, const char *name,
    char *err, size_t n)
{
	if (snprintf(out, PATH_MAX, "%s/%s", dir, name) < PATH_MAX)
		return 0;
	snprintf(err, n, "%.60s...: the path is too long", dir);
	return -1;
}

/* A folder of plain files. */
static void remove_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *e;

	if (!d) {
		if (fd != -1)
			close(fd);
		return;
	}
	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			(void)unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
	(void)rmdir(path);
}

/* We have the lock: nobody is writing these. */
static void remove_leftovers(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[PATH_MAX], err[128];

	while (d && (e = readdir(d)) != NULL)
		if (strncmp(e->d_name, TEMP, strlen(TEMP)) == 0 &&
		    join(path, dir, e->d_name, err, sizeof(err)) == 0)
			remove_folder(path);
	if (d)
		closedir(d);
}

static int take_lock(struct folder *f, char *err, size_t n)
{
	char path[PATH_MAX];

	if (join(path, f->dir, ".lock", err, n) != 0)
		return -1;
	f->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (f->lock == -1)
		return fail(path, "cannot be made", err, n);
	while (flock(f->lock, LOCK_EX) != 0)
		if (errno != EINTR)
			return fail(path, "cannot be locked", err, n);
	return 0;
}

int folder_begin(
    struct folder *f, const char *dir, const char *name, char *err, size_t n)
{
	memset(f, 0, sizeof(*f));
	f->lock = -1;
	if (join(f->path, dir, name, err, n) != 0 ||
	    file_make_dir(dir, err, n) != 0)
		return -1;
	snprintf(f->dir, sizeof(f->dir), "%s", dir);
	if (take_lock(f, err, n) != 0)
		return -1;
	remove_leftovers(dir);
	if (join(f->temp, dir, TEMP "XXXXXX", err, n) != 0 ||
	    !mkdtemp(f->temp)) {
		f->temp[0] = '\0';
		return fail(dir, "cannot be written", err, n);
	}
	(void)chmod(f->temp, 0750);
	return 0;
}

int folder_add(struct folder *f, const char *name,
    void (*print)(const void *arg, FILE *file), const void *arg, char *err,
    size_t n)
{
	char path[PATH_MAX];
	FILE *file;
	int failed;

	if (join(path, f->temp, name, err, n) != 0)
		return -1;
	file = fopen(path, "wxe");
	if (!file)
		return fail(path, "cannot be written", err, n);
	print(arg, file);
	failed = fflush(file) != 0 || ferror(file) ||
		 fchmod(fileno(file), 0640) != 0 || fsync(fileno(file)) != 0;
	if (fclose(file) != 0 || failed)
		return fail(path, "cannot be written", err, n);
	return 0;
}

static int sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd == -1 ? -1 : fsync(fd);

	if (fd != -1)
		close(fd);
	return rc;
}

/* In one step where the file system can; temp is the old one then. */
static int swap(struct folder *f)
{
	char old[PATH_MAX + 8];

	if (renameat2(AT_FDCWD, f->temp, AT_FDCWD, f->path, RENAME_EXCHANGE) ==
	    0) {
		remove_folder(f->temp);
		return 0;
	}
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	snprintf(old, sizeof(old), "%s.o", f->temp);
	if (rename(f->path, old) != 0)
		return -1;
	if (rename(f->temp, f->path) != 0) {
		(void)rename(old, f->path);
		return -1;
	}
	remove_folder(old);
	return 0;
}

int folder_commit(struct folder *f, char *err, size_t n)
{
	struct stat st;
	bool there = lstat(f->path, &st) == 0;

	if (sync_folder(f->temp) != 0)
		return fail(f->temp, "cannot be written", err, n);
	if ((there ? swap(f) : rename(f->temp, f->path)) != 0)
		return fail(f->path, "cannot be replaced", err, n);
	f->temp[0] = '\0';
	(void)sync_folder(f->dir);
	return 0;
}

void folder_end(struct folder *f)
{
	if (f->temp[0] != '\0')
		remove_folder(f->temp);
	if (f->lock != -1)
		close(f->lock);
	f->temp[0] = '\0';
	f->lock = -1;
}
