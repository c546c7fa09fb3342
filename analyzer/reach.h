/* SPDX-License-Identifier: Apache-2.0 */
/* What of the network stands for a customer at a time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/identity/directory.h"
#include "base/conf.h"
#include "store/rows.h"

/* What the customer has, and what of it the world sees: parts of addresses
 * that are shared by a formula. In order; how many. */
size_t reach_targets(const struct directory *d, const struct conf *c,
    const char *customer, int64_t at_us,
    struct target out[static ROW_TARGETS_MAX]);
/* The decision was made for just these; both are in order. */
bool reach_is_of(
    const struct decision *d, const struct target *targets, size_t n);
/* All addresses of the customer are such that nobody else sends from them. */
bool reach_is_validated(const struct directory *d, const struct conf *c,
    const char *customer, int64_t at_us);
