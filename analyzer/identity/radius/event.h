/* SPDX-License-Identifier: Apache-2.0 */
/* What RADIUS says about a session, as the book of leases takes it. */
#pragma once

#include "analyzer/identity/lease_event.h"
#include "base/radius_session.h"

/* source: "radius". */
void radius_event_set(
    struct lease_event *e, const struct radius_session *s, const char *source);
