/* SPDX-License-Identifier: Apache-2.0 */
/* One order, told to each NAS that has a session of the subscriber. */
#pragma once

#include "analyzer/drivers/kit/ledger.h"
#include "analyzer/drivers/radius/nas.h"

/* New sessions are blocked before old ones, as the ledger knows them, are
 * opened. 0, or -1 and the order has an error. */
int nas_tell(
    const struct nas_list *nas, const struct ledger *l, struct order *o);
