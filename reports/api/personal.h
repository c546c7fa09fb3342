/* SPDX-License-Identifier: Apache-2.0 */
/* Reads of what the tier `domains` keeps about persons: they need a reason,
 * which goes to the audit log with the name of who asked. */
#pragma once

#include <stdbool.h>

#include "reports/api/call.h"

/* The store holds names in clear. */
bool personal_needed(struct call *c);
/* For a route that is not ROUTE_PERSONAL: true. false after a problem: the
 * reason is missing, or it could not be written down. */
bool personal_reason(struct call *c);
