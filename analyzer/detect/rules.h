/* SPDX-License-Identifier: Apache-2.0 */
/* What one row of traffic does to its customer: label, score, the four
 * windows, and the incidents and blocks that come of them. */
#pragma once

#include "analyzer/decide/ruling.h"
#include "analyzer/detect/customer.h"

/* Sets o->label and weight_milli. 0, or -1 without memory. */
int rules_apply(struct customer *c, struct ruling *r, struct observation *o);
/* After a detector's block ended. */
void rules_begin_probation(struct customer *c, const struct policy *p);
