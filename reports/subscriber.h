/* SPDX-License-Identifier: Apache-2.0 */
/* Whose line an address was: a formula of shared addresses, then leases, then
 * how much one line has where nothing names it. */
#pragma once

#include <stdint.h>

#include "base/conf.h"
#include "store/db.h"
#include "store/rows.h"

/* port 0: not known. 1 found; 0 nobody had it; 2 several had it, and the port
 * is not known or nobody's; -1 db_error(). */
int subscriber_at(struct db *db, const struct conf *conf, const struct addr *a,
    uint16_t port, int64_t at_us, struct lease *l);
