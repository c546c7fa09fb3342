/* SPDX-License-Identifier: Apache-2.0 */
/* What the RADIUS receiver counts of each client. */
#pragma once

#include <stdint.h>

#include "base/radius_session.h"

struct radius_counts {
	uint64_t received, answered;
	uint64_t duplicates; /* answered, not taken again */
	/* Not answered: */
	uint64_t wrong_secret;
	uint64_t malformed; /* or RADIUS_SAYS_BROKEN */
	uint64_t over_long; /* more than 4096 bytes */
	uint64_t other_code;
	uint64_t not_committed;
	uint64_t unsent; /* the kernel had no room */
	/* Of the true requests that are no duplicates: */
	uint64_t status_server;
	uint64_t says[RADIUS_SAYS_COUNT];
	uint64_t targets_refused; /* no line can hold them, or too many */
};
