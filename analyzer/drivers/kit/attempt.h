/* SPDX-License-Identifier: Apache-2.0 */
/* Orders that are put into the ledger together: either the network follows,
 * or none of them was ever there. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/drivers/kit/ledger.h"
#include "analyzer/drivers/kit/order.h"

struct attempt;

/* What every driver asks first. The order is news, for port 25, and max
 * claims (called UNIT in its error) have room for it; else false, with an
 * error where it is one. */
bool attempt_admits(
    const struct ledger *l, struct order *o, long max, const char *unit);

/* Puts those in that admit() lets through, in their order. Borrows v until
 * the end. No memory ends the process. */
struct attempt *attempt_begin(struct ledger *l, struct order **v, size_t n,
    bool (*admit)(void *arg, struct order *o), void *arg);
/* How many were put in; they stand in v of attempt_orders(). */
size_t attempt_size(const struct attempt *a);
struct order **attempt_orders(const struct attempt *a);
/* good: the network follows. Otherwise all is taken back, the last first; why,
 * unless NULL, is the error of each. Settles the ledger and frees a. */
void attempt_end(struct attempt *a, bool good, const char *why);
