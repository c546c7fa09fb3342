/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/follow/logfile.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* So much of a beginning is nobody else's: a line's time and host. */
#define HEAD_TELLS_BYTES 64
#define FILES_MAX        1000

int logfile_open(struct logfile *f, const char *path)
{
	struct stat st;

	memset(f, 0, sizeof(*f));
	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (f->fd < 0)
		return -1;
	if (fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode)) {
		f->device = st.st_dev;
		f->inode = st.st_ino;
		return 0;
	}
	logfile_close(f);
	errno = EINVAL;
	return -1;
}

void logfile_close(struct logfile *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

void logfile_note(struct logfile *f, int64_t at, const char *data, size_t n)
{
	if (at != f->head_bytes || at >= LOGFILE_HEAD_BYTES)
		return;
	if (n > (size_t)(LOGFILE_HEAD_BYTES - at))
		n = (size_t)(LOGFILE_HEAD_BYTES - at);
	memcpy(f->head + at, data, n);
	f->head_bytes += (int64_t)n;
}

static int64_t size_of(const struct logfile *f)
{
	struct stat st;

	return fstat(f->fd, &st) == 0 ? (int64_t)st.st_size : -1;
}

/* The first n bytes as they are now. */
static bool read_head(const struct logfile *f, char *head, int64_t n)
{
	return n <= LOGFILE_HEAD_BYTES &&
	       pread(f->fd, head, (size_t)n, 0) == (ssize_t)n;
}

bool logfile_is_rewritten(const struct logfile *f, int64_t at)
{
	char head[LOGFILE_HEAD_BYTES];

	return size_of(f) < at || !read_head(f, head, f->head_bytes) ||
	       memcmp(head, f->head, (size_t)f->head_bytes) != 0;
}

bool logfile_is_replaced(const struct logfile *f, const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       (st.st_dev != f->device || st.st_ino != f->inode) &&
	       st.st_size > 0;
}

bool logfile_head_hash(struct keyed_hash *h, const void *bytes, size_t n,
    uint8_t out[static KEYED_HASH_BYTES])
{
	char hex[2 * LOGFILE_HEAD_BYTES + 1] = "";
	const uint8_t *b = bytes;

	for (size_t i = 0; i < n && i < LOGFILE_HEAD_BYTES; i++)
		snprintf(hex + 2 * i, 3, "%02x", b[i]);
	return keyed_hash(h, "head", hex, NULL, out);
}

/* --- files beside it ------------------------------------------------------ */

/* What is looked for: by its hash, or where p is NULL by the bytes of a file
 * that is open. */
struct wanted {
	const struct file_position *p;
	struct keyed_hash *hash;
	const struct logfile *open;
	int64_t offset;
};

static bool has_head(struct logfile *f, const struct wanted *w)
{
	uint8_t hash[KEYED_HASH_BYTES];

	if (w->p == NULL)
		return w->open->head_bytes >= HEAD_TELLS_BYTES &&
		       read_head(f, f->head, w->open->head_bytes) &&
		       memcmp(f->head, w->open->head,
			   (size_t)w->open->head_bytes) == 0;
	return read_head(f, f->head, w->p->head_bytes) &&
	       logfile_head_hash(
		   w->hash, f->head, (size_t)w->p->head_bytes, hash) &&
	       memcmp(hash, w->p->head, sizeof(hash)) == 0;
}

static bool is_wanted(struct logfile *f, const struct wanted *w)
{
	bool same;

	if (size_of(f) < w->offset)
		return false;
	if (w->p == NULL) {
		f->head_bytes = w->open->head_bytes;
		return f->inode != w->open->inode && has_head(f, w);
	}
	same = f->device == w->p->device && f->inode == w->p->inode;
	f->head_bytes = w->p->head_bytes;
	if (w->p->head_bytes == 0)
		return same;
	return (same || w->p->head_bytes >= HEAD_TELLS_BYTES) && has_head(f, w);
}

static bool try_file(
    struct logfile *f, const char *path, const struct wanted *w)
{
	if (logfile_open(f, path) != 0)
		return false;
	if (is_wanted(f, w))
		return true;
	logfile_close(f);
	return false;
}

static bool find_beside(
    struct logfile *f, const char *path, const struct wanted *w)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	size_t n = strlen(name);
	char dir[ROW_TEXT_LEN], other[2 * ROW_TEXT_LEN];
	bool found = false;
	struct dirent *e;
	DIR *d;

	snprintf(dir, sizeof(dir), "%.*s",
	    slash != NULL ? (int)(slash - path + 1) : 2,
	    slash != NULL ? path : "./");
	d = opendir(dir);
	for (int i = 0; d != NULL && !found && i < FILES_MAX; i++) {
		e = readdir(d);
		if (e == NULL)
			break;
		if (strncmp(e->d_name, name, n) != 0 || e->d_name[n] == '\0')
			continue;
		snprintf(other, sizeof(other), "%s%s", dir, e->d_name);
		found = try_file(f, other, w);
	}
	if (d != NULL)
		closedir(d);
	return found;
}

bool logfile_find(struct logfile *f, const struct file_position *p,
    struct keyed_hash *hash, bool *moved)
{
	struct wanted w = {.p = p, .hash = hash, .offset = p->offset};

	*moved = false;
	if (try_file(f, p->path, &w))
		return true;
	*moved = true;
	return find_beside(f, p->path, &w);
}

bool logfile_find_copy(struct logfile *f, const char *path, int64_t offset)
{
	struct wanted w = {.open = f, .offset = offset};
	struct logfile copy;

	if (!find_beside(&copy, path, &w))
		return false;
	logfile_close(f);
	*f = copy;
	return true;
}
