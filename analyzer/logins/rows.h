/* SPDX-License-Identifier: Apache-2.0 */
/* A sum of log-ins as a row of the log. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/applier.h"
#include "analyzer/logins/logins.h"
#include "analyzer/tally.h"

/* Rows of failures in one minute of a log; more are counted. */
#define LOGIN_FAILURES_A_MINUTE 1000

/* All zero but conf, applier and tally at first. */
struct login_rows {
	const struct conf *conf;
	const struct applier *applier;
	struct tally *tally;
	int64_t minute;
	int failures; /* of that minute */
};

/* True: *o is filled, it goes into the log. False: it was counted only:
 * failures of accounts that nobody has, or too many. */
bool login_row(struct login_rows *r, const struct login_accounts *accounts,
    const struct login_sum *m, struct observation *o);
