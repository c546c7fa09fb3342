/* SPDX-License-Identifier: Apache-2.0 */
/* What agents say, on its way into the log: each record once, by (agent,
 * boot, sequence). Runs inside the caller's transaction; 0, or -1: roll back
 * and begin anew. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/journal.h"
#include "analyzer/lease_intake.h"
#include "base/record.pb-c.h"
#include "store/rows.h"

/* All zero but the first row at first; borrowed. */
struct agent_intake {
	const struct conf *conf;
	struct db *db;
	struct journal *journal;
	struct lease_intake *leases;
	struct tally *tally;
	/* The boot that spoke last: its cursor needs no query. */
	char agent[ROW_ID_LEN];
	uint64_t boot, cursor;
	bool have_cursor;
	struct heard_told heard;
};

/* Whether its agent has a name that we can keep; said in the log if not. */
bool agent_intake_knows(const Sekisho__Batch *b);
/* Highest committed sequence number of an agent's boot; 0: none. */
int agent_intake_cursor(
    struct agent_intake *i, const char *agent, uint64_t boot, uint64_t *seq);
/* Behind agent_intake_cursor() of the same boot. */
int agent_intake_batch(
    struct agent_intake *i, const Sekisho__Batch *b, int64_t now_us);
