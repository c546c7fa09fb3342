/* SPDX-License-Identifier: Apache-2.0 */
/* IPv6 addresses that nothing names: network.ipv6_unit says how much of the
 * network stands for one line. A guess, and marked as one: the customer is
 * called unit:PREFIX. */
#pragma once

#include <stdbool.h>

#include "base/conf.h"
#include "store/rows.h"

#define UNIT_PREFIX "unit:"

/* False: no unit is configured there. line_class: CLASS_UNKNOWN where the
 * configuration names none; then nothing is ever decided. */
bool unit_find(const struct conf *c, const struct addr *a,
    char customer[static ROW_ID_LEN], enum line_class *line_class);
bool unit_is(const char *customer);
/* What a unit holds. False: it is none. */
bool unit_prefix(const char *customer, struct prefix *p);
