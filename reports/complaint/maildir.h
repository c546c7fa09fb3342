/* SPDX-License-Identifier: Apache-2.0 */
/* The new mails of a maildir: read in new/, moved to cur/ by who is done with
 * them. */
#pragma once

#include <stddef.h>

struct maildir {
	int new_fd, cur_fd;
	char **names; /* in new/, sorted */
	size_t n;
};

/* 0; -1 with why: it is none. maildir_close() in either case. */
int maildir_open(struct maildir *m, const char *path, char *why, size_t size);
void maildir_close(struct maildir *m);
/* To cur/, as seen; what is there already stays. 0, or -1 with errno. */
int maildir_done(const struct maildir *m, const char *name);
