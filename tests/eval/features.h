/* SPDX-License-Identifier: Apache-2.0 */
/* The detector with and without each feature that looks at what is new about
 * a customer's mail. */
#pragma once

#include <stdio.h>

#include "tests/eval/table.h"
#include "tests/eval/trial.h"

struct features_size {
	uint64_t normals, bots; /* of each kind */
	int processes;
};

/* Tables of all of them. 0, or -1 as run_all(). */
int features_all(const struct trial *t, const struct features_size *n,
    FILE *out, enum table_style style);
