/* SPDX-License-Identifier: Apache-2.0 */
/* The store as the analyzer needs it before the first record. */
#pragma once

#include <stddef.h>

#include "analyzer/identity/static.h"
#include "base/conf.h"
#include "store/db.h"

/* The subscriber file. 0; -1 with err set, and each of several bad lines in
 * the log. */
int ready_subscribers(
    const char *path, struct subscribers *s, char *err, size_t errsize);
/* Opens and locks it, brings in the subscriber file, notes under which
 * privacy tier and legal basis it is filled. NULL with err set. */
struct db *ready_store(const struct conf *c, char *err, size_t errsize);
