/* SPDX-License-Identifier: Apache-2.0 */
/* Which incidents and decisions of the store rest on a row of the log. */
#pragma once

#include <stddef.h>

#include "store/db.h"
#include "store/rows.h"

/* "I2 and D3 rest on it", "nothing rests on it"; the first few of many. 0; -1:
 * db_error(). */
int bearing_of(
    struct db *db, const struct observation *o, char *buf, size_t size);
