/* SPDX-License-Identifier: Apache-2.0 */
/* What the process that parses packets cannot do itself: reach the analyzer's
 * socket and the spool. Asks the privileged parent, which knows the paths;
 * without one (files, tests) the same calls do it directly. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRIV_SPOOL_LIST_MAX 4096

struct priv;

/* No parent: worker 0 of 1. spool_dir NULL: no spool, every spool call is
 * -ENOENT. Paths are copied. NULL: no memory. */
struct priv *priv_new_direct(const char *socket_path, const char *spool_dir);
/* fd: our end of the parent's socket pair, ours from now on; worker: the
 * index that the parent gave us. */
struct priv *priv_new_asking(int fd, unsigned int worker);
void priv_free(struct priv *p);

/* Index of this worker, from 0. */
unsigned int priv_worker(const struct priv *p);

/* All that follow block for one answer of the parent, some 50 us. */

/* A connected stream socket to the analyzer, non-blocking and
 * close-on-exec, the caller's; or -errno (-ECONNREFUSED, -ENOENT: nobody
 * listens; -EAGAIN: it is too busy to accept). */
int priv_connect(struct priv *p);

/* A spool file is named by a number. A worker makes files in its own range
 * only, so that workers never meet: priv_spool_number(p, n), n < 2^48. */
uint64_t priv_spool_number(const struct priv *p, uint64_t n);
/* Of all that follow, -EBUSY: another agent has the directory.
 * create: a new file for appending and reading, mode 0600, -EEXIST where
 * there is one; else an old one for reading and writing. A descriptor, the
 * caller's; or -errno. */
int priv_spool_open(struct priv *p, uint64_t number, bool create);
/* 0 or -errno. */
int priv_spool_remove(struct priv *p, uint64_t number);
/* The numbers of this worker's files, ascending, those of a former worker
 * of a larger set among them; how many, at most max and
 * PRIV_SPOOL_LIST_MAX; or -errno. */
int priv_spool_list(struct priv *p, uint64_t *numbers, size_t max);
