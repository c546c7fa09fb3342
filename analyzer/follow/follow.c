/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/follow/follow.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/follow/logfile.h"
#include "analyzer/follow/splitter.h"
#include "base/log.h"

#define FOLLOW_POLL_MS    500
#define FOLLOW_READ_BYTES 65536

struct follow {
	uv_loop_t *loop;
	char path[ROW_TEXT_LEN];
	struct keyed_hash *hash;
	struct follow_owner owner;
	struct file_position from; /* to be found again; path "": nothing */
	struct logfile file;
	bool moved; /* file is not at path any more: it ends, path follows */
	struct splitter lines;
	uv_timer_t poll;
	uv_fs_t req;
	bool reading, stopped, told_missing;
	int handles; /* that keep this in memory */
	char buf[FOLLOW_READ_BYTES];
};

static void read_more(struct follow *f);

/* --- which file ----------------------------------------------------------- */

static void begin(struct follow *f, int64_t at)
{
	splitter_seek(&f->lines, at);
	f->told_missing = false;
}

static void lost(struct follow *f)
{
	log_warn("follow",
	    "a file was removed or compressed before it was read to its end; "
	    "let logrotate use delaycompress path=%s",
	    f->path);
	f->owner.lost(f->owner.arg, FOLLOW_FILE_LOST);
}

static bool open_path(struct follow *f)
{
	if (logfile_open(&f->file, f->path) != 0) {
		if (errno != ENOENT && !f->told_missing)
			log_warn("follow",
			    "%s: %s; let sekisho-analyzer's user read it",
			    f->path, strerror(errno));
		f->told_missing = true;
		return false;
	}
	f->moved = false;
	begin(f, 0);
	return true;
}

/* After a start: where the last one ended. */
static bool open_again(struct follow *f)
{
	bool moved;

	if (logfile_find(&f->file, &f->from, f->hash, &moved)) {
		f->moved = moved;
		begin(f, f->from.offset);
		f->from.path[0] = '\0';
		return true;
	}
	if (!open_path(f))
		return false;
	f->from.path[0] = '\0';
	lost(f);
	return true;
}

static void open_next(struct follow *f)
{
	struct logfile next;

	if (logfile_open(&next, f->path) != 0)
		return; /* it has not come yet */
	if (f->lines.len > 0 || f->lines.skipping)
		f->owner.lost(f->owner.arg, FOLLOW_LINE_CUT);
	logfile_close(&f->file);
	f->file = next;
	f->moved = false;
	begin(f, 0);
	read_more(f);
}

/* Copied and cut: the rest of the old lines is in the copy. */
static void take_up_copy(struct follow *f)
{
	int64_t at = f->lines.line_at;

	if (logfile_find_copy(&f->file, f->path, at)) {
		f->moved = true;
		begin(f, at);
		return;
	}
	lost(f);
	f->file.head_bytes = 0;
	begin(f, 0);
}

/* --- reading -------------------------------------------------------------- */

/* All that is there was read. */
static void at_end(struct follow *f)
{
	if (f->moved) {
		open_next(f);
		return;
	}
	if (!logfile_is_replaced(&f->file, f->path))
		return;
	/* Whoever wrote to the old one writes to the new one now: what is in
	 * the old one is all. */
	f->moved = true;
	read_more(f);
}

static void on_too_long(void *arg)
{
	struct follow *f = arg;

	f->owner.lost(f->owner.arg, FOLLOW_LINE_TOO_LONG);
}

static int on_line(void *arg, const char *line, size_t len)
{
	struct follow *f = arg;

	return f->owner.line(f->owner.arg, line, len);
}

static void take(struct follow *f, size_t n)
{
	const struct splitter_owner o = {on_line, on_too_long, f};

	logfile_note(&f->file, f->lines.at, f->buf, n);
	if (splitter_feed(&f->lines, f->buf, n, &o) != 0)
		f->stopped = true;
}

static void release(struct follow *f)
{
	if (f->handles > 0)
		return;
	logfile_close(&f->file);
	free(f);
}

static void on_read(uv_fs_t *req)
{
	struct follow *f = req->data;
	ssize_t n = req->result;

	uv_fs_req_cleanup(req);
	f->reading = false;
	f->handles--;
	if (uv_is_closing((uv_handle_t *)&f->poll)) {
		release(f);
		return;
	}
	if (n < 0) {
		log_warn("follow", "%s: %s", f->path, uv_strerror((int)n));
		return;
	}
	/* Asked afterwards: what was read may be of the new file. */
	if (!f->moved && logfile_is_rewritten(&f->file, f->lines.at)) {
		take_up_copy(f);
		read_more(f);
	} else if (n == 0) {
		at_end(f);
	} else {
		take(f, (size_t)n);
		if (!f->stopped)
			read_more(f);
	}
}

static void read_more(struct follow *f)
{
	uv_buf_t b = uv_buf_init(f->buf, sizeof(f->buf));

	if (uv_fs_read(
		f->loop, &f->req, f->file.fd, &b, 1, f->lines.at, on_read) != 0)
		return; /* the timer tries again */
	f->reading = true;
	f->handles++;
}

static void on_poll(uv_timer_t *t)
{
	struct follow *f = t->data;

	if (f->reading || f->stopped)
		return;
	if (f->file.fd < 0) {
		if (f->from.path[0] != '\0' ? !open_again(f) : !open_path(f))
			return;
	}
	read_more(f);
}

/* --- open and close ------------------------------------------------------- */

struct follow *follow_new(uv_loop_t *loop, const char *path,
    const struct file_position *from, struct keyed_hash *hash,
    struct follow_owner owner)
{
	struct follow *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->loop = loop;
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->hash = hash;
	f->owner = owner;
	if (from != NULL)
		f->from = *from;
	f->file.fd = -1;
	f->req.data = f;
	uv_timer_init(loop, &f->poll);
	f->poll.data = f;
	f->handles = 1;
	uv_timer_start(&f->poll, on_poll, 0, FOLLOW_POLL_MS);
	return f;
}

static void on_closed(uv_handle_t *h)
{
	struct follow *f = h->data;

	f->handles--;
	release(f);
}

void follow_free(struct follow *f)
{
	if (f != NULL)
		uv_close((uv_handle_t *)&f->poll, on_closed);
}

bool follow_position(struct follow *f, struct file_position *p)
{
	int64_t head = f->file.head_bytes;

	if (f->file.fd < 0)
		return false;
	memset(p, 0, sizeof(*p));
	snprintf(p->path, sizeof(p->path), "%s", f->path);
	p->device = f->file.device;
	p->inode = f->file.inode;
	p->offset = f->lines.line_at;
	p->head_bytes = head < p->offset ? head : p->offset;
	return logfile_head_hash(
	    f->hash, f->file.head, (size_t)p->head_bytes, p->head);
}
