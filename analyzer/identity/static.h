/* SPDX-License-Identifier: Apache-2.0 */
/* The subscriber file: CSV (RFC 4180) with the header line
 * prefix,customer,class,own_domains. */
#pragma once

#include <stddef.h>

#include "store/rows.h"

/* All leases (from 0, without end, source "static") in file order, malloc'd.
 * -1: err names file, line and remedy: bad prefix, bits behind the length,
 * unknown class, empty customer, duplicate, overlap of two prefixes (both
 * lines named). Nothing is returned then. */
int static_load(const char *path, struct lease **leases, size_t *n, char *err,
    size_t errsize);
