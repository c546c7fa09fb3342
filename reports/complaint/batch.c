/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/complaint/batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/room.h"
#include "base/clock.h"

static int keep_report(void *arg, const struct complaint *c)
{
	struct batch *b = arg;

	if (!ROOM_FOR_ONE(b->reports, b->n_reports, b->cap))
		return -2;
	b->reports[b->n_reports].known = false;
	b->reports[b->n_reports].c = *c;
	b->reports[b->n_reports++].c.received_us = b->received_us;
	return 0;
}

/* At most COMPLAINT_FILE_BYTES; -1 with errno. */
static ssize_t read_text(struct batch *b, int fd)
{
	size_t n = 0;

	while (n < COMPLAINT_FILE_BYTES) {
		ssize_t got = read(fd, b->text + n, COMPLAINT_FILE_BYTES - n);

		if (got == 0)
			break;
		if (got < 0 && errno != EINTR)
			return -1;
		n += got > 0 ? (size_t)got : 0;
	}
	return (ssize_t)n;
}

/* A mail is written when it is delivered. */
static int64_t arrival_us(const struct stat *st, int64_t now_us)
{
	int64_t us = st->st_mtim.tv_sec * US_PER_S;

	return S_ISREG(st->st_mode) && us < now_us ? us : now_us;
}

static int bad_file(struct batch_file *f, const char *why)
{
	f->bad = true;
	snprintf(f->why, sizeof(f->why), "%s", why);
	return 0;
}

static int read_file(
    struct batch *b, struct batch_file *f, int fd, int64_t now_us)
{
	struct stat st;
	ssize_t n;
	int rc;

	if (fd < 0 || fstat(fd, &st) != 0)
		return bad_file(f, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return bad_file(
		    f, "it is a folder; a maildir is read with --maildir");
	if (f->of_maildir && !S_ISREG(st.st_mode))
		return bad_file(f, "it is no regular file");
	b->received_us = arrival_us(&st, now_us);
	n = read_text(b, fd);
	if (n < 0)
		return bad_file(f, strerror(errno));
	f->first = b->n_reports;
	rc = complaint_read(b->text, (size_t)n, keep_report, b, f->why);
	if (rc < -1)
		return -1;
	f->bad = rc < 0;
	if (f->bad)
		b->n_reports = f->first;
	f->n = b->n_reports - f->first;
	return 0;
}

int batch_take(
    struct batch *b, const char *name, int fd, bool of_maildir, int64_t now_us)
{
	struct batch_file *f = &b->files[b->n_files++];
	int rc;

	*f = (struct batch_file){.of_maildir = of_maildir};
	snprintf(f->name, sizeof(f->name), "%s", name);
	if (b->text == NULL)
		b->text = malloc(COMPLAINT_FILE_BYTES);
	rc = b->text == NULL ? -1 : read_file(b, f, fd, now_us);
	if (fd > STDIN_FILENO)
		close(fd);
	return rc;
}

bool batch_is_full(const struct batch *b)
{
	return b->n_files == BATCH_FILES || b->n_reports >= BATCH_REPORTS;
}

void batch_clear(struct batch *b)
{
	b->n_files = b->n_reports = 0;
}

void batch_free(struct batch *b)
{
	free(b->reports);
	free(b->text);
}
