/* SPDX-License-Identifier: Apache-2.0 */
/* What other networks say of a customer: complaints, and receivers that
 * refused mail. */
#pragma once

#include "reports/cli/card.h"
#include "store/db.h"

/* Both lists; refusals of the week before at_us. 0, or -1: the store. */
int customer_heard(const struct card *card, struct db *db, const char *customer,
    int64_t at_us);
