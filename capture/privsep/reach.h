/* SPDX-License-Identifier: Apache-2.0 */
/* The files and the socket that workers may have: what each verb of
 * capture/priv.h does, with paths that the configuration gives and nobody
 * else. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reach;

/* spool_dir is made (0700) where it is missing. NULL: no memory. */
struct reach *reach_new(
    const char *socket_path, const char *spool_dir, unsigned int workers);
void reach_free(struct reach *r);

/* A descriptor, the caller's, or -errno. */
int reach_connect(const struct reach *r);
/* The rest is -EPERM for a file that is not this worker's. */
int reach_spool_open(
    struct reach *r, unsigned int worker, uint64_t number, bool create);
int reach_spool_remove(struct reach *r, unsigned int worker, uint64_t number);
int reach_spool_list(
    struct reach *r, unsigned int worker, uint64_t *numbers, size_t max);
