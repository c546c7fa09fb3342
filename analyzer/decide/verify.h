/* SPDX-License-Identifier: Apache-2.0 */
/* Recomputes everything from the log and compares it with the store. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

struct verified {
	int64_t rows, differences;
	/* Rows of a store of before version 10: whether what they were decided
	 * from was changed, cannot be told. */
	int64_t undigested;
};

/* report: one line for each difference, by obs, D or I number. 0: ran to
 * the end; -1 with err. */
int verify_db(struct db *db, void (*report)(void *arg, const char *line),
    void *arg, struct verified *r, char *err, size_t errsize);
