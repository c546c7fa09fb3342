/* SPDX-License-Identifier: Apache-2.0 */
/* Recomputes everything from the log and compares it with the store. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

/* report: one line for each difference, by obs, D or I number. 0: ran to
 * the end, *rows rows, *differences found; -1 with err. */
int verify_db(struct db *db, void (*report)(void *arg, const char *line),
    void *arg, int64_t *rows, int64_t *differences, char *err, size_t errsize);
