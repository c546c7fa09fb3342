/* SPDX-License-Identifier: Apache-2.0 */
/* A lease as a row of output. */
#pragma once

#include "reports/out/out.h"
#include "store/rows.h"

#define LEASE_COLUMNS 10
extern const struct out_column lease_columns[LEASE_COLUMNS];

struct lease_row {
	struct out_value v[LEASE_COLUMNS];
	char target[TARGET_STRLEN];
};
/* Borrows l. */
void lease_row_fill(struct lease_row *r, const struct lease *l);
/* How sure it is that the customer had it: "high", where the source tells
 * every begin and end; "medium", where an end may be told late or never;
 * "low", where nothing named the customer. */
const char *lease_confidence(const char *source);
