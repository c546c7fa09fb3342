/* SPDX-License-Identifier: Apache-2.0 */
/* Idempotency-Key: the answer of a change is kept for a day, and given again
 * to who asks again. */
#pragma once

#include <stdbool.h>

#include "reports/api/call.h"

struct once {
	char actor[96];
};

/* false: the answer stands already, as it was or as a problem. */
bool once_begin(struct once *o, struct call *c);
void once_end(struct once *o, struct call *c);
