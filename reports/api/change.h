/* SPDX-License-Identifier: Apache-2.0 */
/* What a row of the decision log changes in what is in force for its
 * customer. More than one decision can stand: an allow by hand over a block
 * of the detector. A row that something stronger outranks changes nothing,
 * and the end of the stronger one brings the weaker one back. */
#pragma once

#include "store/db.h"
#include "store/rows.h"

struct change {
	const char *op;           /* new, renew, release, expire, restored */
	struct decision decision; /* restored: the one that stands again */
};

/* 1 and *x; 0 when what is in force stays as it was; -1 for the store. */
int change_of(struct db *db, const struct decision *d, struct change *x);
