/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a sekisho-hooks runs on a database: each one holds "<path>.hooks"
 * for as long as it lives. */
#pragma once

#include <stdbool.h>

/* The descriptor that holds it until it is closed; -1 with errno. */
int hook_lock_take(const char *db_path);
/* False only if nobody holds it; where it cannot be asked, somebody may. */
bool hook_lock_held(const char *db_path);
