/* SPDX-License-Identifier: Apache-2.0 */
/* Lines about leases that the desk has handed in: told to the book of leases
 * and answered. */
#pragma once

#include <stdint.h>

#include "analyzer/identity/lease_book.h"

/* Inside a transaction: those that wait, at most so many. How many there
 * were, or -1 as lease_book_take(). */
int lease_requests_take(
    struct db *db, struct lease_book *b, int64_t now_us, int64_t most);
