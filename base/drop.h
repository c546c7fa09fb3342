/* SPDX-License-Identifier: Apache-2.0 */
/* Gives up what a process may do: user, groups, files, capabilities. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define DROP_ERROR_BYTES 256

struct drop_done {
	bool chrooted;     /* the root is an empty directory that is gone */
	bool user_changed; /* false: not root, or a namespace that knows only
			    * this user */
};

/* As root: an empty root directory, no supplementary groups, user's ids. For
 * all: no capabilities, bounding set included where it may be changed, no new
 * privileges, no core dumps, no processes, at most max_files descriptors. The
 * process must have one thread. 0; -1 with err, and then nothing is sure. */
int drop_privileges(const char *user, unsigned int max_files,
    struct drop_done *done, char err[DROP_ERROR_BYTES]);
