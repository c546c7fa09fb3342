/* SPDX-License-Identifier: Apache-2.0 */
/* A copy of the file as it is at one moment, while others write to it. */
#pragma once

#include <stdint.h>

#include "store/db.h"

/* To path, which must be an empty file or none. progress, where given, is told
 * pages; not 0 from it ends the copy. 0; 1: progress ended it; -1 with
 * err. Others write on meanwhile; what they write waits in FILE-wal. */
int db_backup(struct db *db, const char *path,
    int (*progress)(void *arg, int64_t done, int64_t total), void *arg,
    char err[DB_ERROR_BYTES]);
