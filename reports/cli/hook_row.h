/* SPDX-License-Identifier: Apache-2.0 */
/* What a driver was told, as columns. */
#pragma once

#include "reports/out/out.h"
#include "store/rows.h"

#define HOOK_COLUMNS 12

extern const struct out_column hook_columns[HOOK_COLUMNS];

struct hook_row {
	char decision[24];
	struct out_value v[HOOK_COLUMNS];
};

/* r borrows from d. */
void hook_row_fill(struct hook_row *r, const struct delivery *d);
