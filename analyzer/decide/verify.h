/* SPDX-License-Identifier: Apache-2.0 */
/* Recomputes everything from the log and compares it with the store. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/db.h"

#define VERIFY_STEP 4096

struct verified {
	int64_t rows, differences;
	/* Rows of a store of before version 10: whether what they were decided
	 * from was changed, cannot be told. */
	int64_t undigested;
};

/* report: one line for each difference, by obs, D or I number; NULL after
 * each VERIFY_STEP rows, for whoever shows how far it is. 0: ran to the end;
 * -1 with err. */
int verify_db(struct db *db, void (*report)(void *arg, const char *line),
    void *arg, struct verified *r, char *err, size_t errsize);
