/* SPDX-License-Identifier: Apache-2.0 */
/* A decision as columns, in the order that people rely on. */
#pragma once

#include "reports/out/out.h"
#include "base/target.h"
#include "store/rows.h"

#define DECISION_COLUMNS 15

extern const struct out_column decision_columns[DECISION_COLUMNS];

struct decision_row {
	char id[24], incident[24], ends[24];
	char targets[ROW_TARGETS_MAX * TARGET_STRLEN + 1];
	struct out_value v[DECISION_COLUMNS];
};

/* r borrows from d. */
void decision_row_fill(struct decision_row *r, const struct decision *d);
