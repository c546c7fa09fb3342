/* SPDX-License-Identifier: Apache-2.0 */
/* The strongest label that applies to a complete observation. */
#pragma once

#include <stdbool.h>

#include "analyzer/detect/policy.h"
#include "store/rows.h"

/* Pure. Only case 2 on TCP 25 (own line to a foreign server) bears evidence;
 * everything else is LABEL_NONE. */
enum label label_of(const struct policy *p, const struct observation *o);
/* Case 2 on TCP 25 of a known customer. */
bool label_bears_evidence(const struct observation *o);
