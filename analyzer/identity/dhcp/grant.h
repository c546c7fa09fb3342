/* SPDX-License-Identifier: Apache-2.0 */
/* What one entry of a DHCP server's lease file says. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "store/rows.h"

#define GRANT_NEVER INT64_MAX

struct grant {
	struct prefix prefix;
	int64_t at_s;      /* when it was given or taken back */
	int64_t expires_s; /* held: GRANT_NEVER: no end is set */
	bool held;
	char customer[ROW_ID_LEN]; /* "": the entry does not name one */
};
