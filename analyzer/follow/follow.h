/* SPDX-License-Identifier: Apache-2.0 */
/* A log file, followed through rotation: renamed and made anew, or copied and
 * cut (logrotate's create and copytruncate). Looked at twice a second, read
 * by the loop's threads, 64 KiB a turn of the loop. */
#pragma once

#include <stddef.h>
#include <uv.h>

#include "base/keyed_hash.h"
#include "store/rows.h"

struct follow;

/* What was not told. */
enum follow_loss {
	FOLLOW_LINE_TOO_LONG, /* than FOLLOW_LINE_MAX */
	FOLLOW_LINE_CUT,      /* the last of a file, without its end */
	FOLLOW_FILE_LOST,     /* gone before it was read to its end */
};
struct follow_owner {
	/* Not 0: stop, follow_free() comes. */
	int (*line)(void *arg, const char *line, size_t len);
	void (*lost)(void *arg, enum follow_loss l);
	void *arg;
};

/* from: how far it was read before; NULL: it is read from its beginning. A
 * file that is not there may come. Borrows the hash, by whose key a file is
 * known again. NULL: no memory. */
struct follow *follow_new(uv_loop_t *loop, const char *path,
    const struct file_position *from, struct keyed_hash *hash,
    struct follow_owner owner);
/* Calls nobody any more; the loop must run once more for the handles. */
void follow_free(struct follow *f);
/* Behind the last line that was told. False: there is nothing to keep, or
 * libcrypto failed. */
bool follow_position(struct follow *f, struct file_position *p);
