/* SPDX-License-Identifier: Apache-2.0 */
/* Recomputes everything from the log and compares it with the store. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

#define VERIFY_STEP 4096

/* report: one line for each difference, by obs, D or I number; NULL after
 * each VERIFY_STEP rows, for whoever shows how far it is. 0: ran to
 * the end, *rows rows, *differences found; -1 with err. */
int verify_db(struct db *db, void (*report)(void *arg, const char *line),
    void *arg, int64_t *rows, int64_t *differences, char *err, size_t errsize);
