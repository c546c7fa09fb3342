/* SPDX-License-Identifier: Apache-2.0 */
/* A complaint as the columns that list and show print. */
#pragma once

#include "reports/cli/cli.h"
#include "store/rows.h"

#define COMPLAINT_COLUMNS 13
extern const struct out_column complaint_columns[COMPLAINT_COLUMNS];

struct complaint_row {
	struct out_value v[COMPLAINT_COLUMNS];
	char id[24], address[ADDR_STRLEN], incidents[256];
};

/* Borrows c. 0; -1: db_error(). */
int complaint_row_fill(
    struct complaint_row *r, struct db *db, const struct complaint *c);
