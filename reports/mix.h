/* SPDX-License-Identifier: Apache-2.0 */
/* What the customers of a class send when nobody holds them for bots: the
 * labels of the log, by class. */
#pragma once

#include "analyzer/detect/derive.h"
#include "store/db.h"

struct mix {
	int64_t labels[LABEL_COUNT]; /* rows that counted for the score */
	int64_t days;                /* of activity: a customer's, UTC */
};

/* Of rows since_us to until_us (0: no bound). A customer with an incident of
 * a kind that blocks, in that time, is left out: closed as a false positive
 * it is not. 0; -1: db_error(). */
int mix_read(struct db *db, int64_t since_us, int64_t until_us,
    struct mix mixes[static CLASS_COUNT]);
/* Enough to go by: MIX_ROWS_MIN rows. */
#define MIX_ROWS_MIN 1000
bool mix_take(const struct mix *m, struct derive_mix *out);
