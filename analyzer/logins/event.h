/* SPDX-License-Identifier: Apache-2.0 */
/* What one line of a submission server's log says about a log-in. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/logins/scan.h"
#include "base/addr.h"
#include "base/vocab.h"

#define LOGIN_ACCOUNT_LEN 256

struct login_event {
	int64_t ts_us;
	char account[LOGIN_ACCOUNT_LEN]; /* as logged; "": not named */
	struct addr client;
	enum login_result result;
	int64_t attempts; /* log-ins or failures that the line stands for */
	int64_t messages; /* whose acceptance began with it */
};

enum login_line {
	LOGIN_LINE_EVENT,
	LOGIN_LINE_OTHER, /* about something else */
	LOGIN_LINE_BAD,   /* about a log-in, but not as its program writes it:
			   * cut, or somebody tried to forge a field */
};

/* What an account may be made of. Anything that separates fields in a log
 * is not among it, so that no name can bring a field along; '?' is what
 * Postfix writes for bytes it does not print. Whoever has such a name is not
 * watched: the line is counted as bad. */
static inline bool login_is_account(unsigned char c)
{
	return c > ' ' && c != 127 && strchr("<>()[],;:\"\\?", c) == NULL;
}
