/* SPDX-License-Identifier: Apache-2.0 */
/* The store as the analyzer needs it before the first record. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/identity/lease_book.h"
#include "analyzer/identity/static.h"
#include "base/conf.h"
#include "store/db.h"

/* Opens and locks it, brings in the subscriber file, notes under which
 * privacy tier and legal basis it is filled. NULL with err set. */
struct db *ready_store(const struct conf *c, char *err, size_t errsize);
/* The subscriber file while we run. False: none is configured, or it is bad,
 * which the log says. */
bool ready_again(const struct conf *c, struct subscribers *s);
/* What came of it. */
void ready_tell(const struct conf *c, const struct subscribers *s,
    const struct lease_change *change);
