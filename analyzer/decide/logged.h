/* SPDX-License-Identifier: Apache-2.0 */
/* The policy that a row of the log switches to: its text stands in the
 * store. */
#pragma once

#include <stddef.h>

#include "analyzer/detect/policy.h"
#include "store/db.h"

/* policy borrows conf, which the caller frees; both are
 * as before when it fails. 0; -1 with err. */
int logged_policy(struct db *db, const char *hash, struct conf *conf,
    struct policy *policy, char *err, size_t size);
