/* SPDX-License-Identifier: Apache-2.0 */
/* A file that is replaced as a whole: who reads it sees the old one or the
 * new one, also after a power failure. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct replace_conf {
	const char *path;
	mode_t mode;
	uid_t uid; /* (uid_t)-1, (gid_t)-1: as they come */
	gid_t gid;
};

/* 0, or -1 and why. */
int replace_file(const struct replace_conf *c, const char *data, size_t len,
    char *why, size_t n_why);
/* All of a file, NUL-terminated, for free(). NULL: errno says why. */
char *replace_read(const char *path, size_t *len);
