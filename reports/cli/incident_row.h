/* SPDX-License-Identifier: Apache-2.0 */
/* An incident as columns, in the order that people rely on. */
#pragma once

#include "reports/out/out.h"
#include "store/db.h"
#include "store/rows.h"

#define INCIDENT_COLUMNS   19
#define INCIDENT_IDS_BYTES 2048

extern const struct out_column incident_columns[INCIDENT_COLUMNS];

struct incident_row {
	char id[24];
	char decisions[INCIDENT_IDS_BYTES]; /* "D1 D2", the first that fit */
	struct out_value v[INCIDENT_COLUMNS];
};

/* r borrows from i. 0, or -1 when the store fails. */
int incident_row_fill(
    struct incident_row *r, struct db *db, const struct incident *i);
