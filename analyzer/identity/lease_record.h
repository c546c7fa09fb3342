/* SPDX-License-Identifier: Apache-2.0 */
/* A record Lease of a capture agent as an event for the book of leases. */
#pragma once

#include <stdbool.h>

#include "analyzer/identity/lease_event.h"
#include "base/record.pb-c.h"

/* False: not a record of this protocol. */
bool lease_event_of_record(struct lease_event *e, const Sekisho__Lease *l);
