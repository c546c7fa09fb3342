/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/agent_intake.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/take.h"
#include "base/log.h"
#include "store/read.h"
#include "store/write.h"

bool agent_intake_knows(const Sekisho__Batch *b)
{
	if (strlen(b->agent) < ROW_ID_LEN)
		return true;
	log_warn("analyzer",
	    "an agent's name is longer than %d bytes: shorten capture.agent",
	    ROW_ID_LEN - 1);
	return false;
}

int agent_intake_cursor(
    struct agent_intake *i, const char *agent, uint64_t boot, uint64_t *seq)
{
	if (!i->have_cursor || i->boot != boot ||
	    strcmp(i->agent, agent) != 0) {
		i->cursor = 0;
		if (read_agent_cursor(i->db, agent, boot, &i->cursor) < 0)
			return -1;
		snprintf(i->agent, sizeof(i->agent), "%s", agent);
		i->boot = boot;
		i->have_cursor = true;
	}
	*seq = i->cursor;
	return 0;
}

static int log_record(struct agent_intake *i, const struct take *t,
    const Sekisho__Record *r, int64_t now_us)
{
	struct observation o;
	int rc;

	journal_advance(i->journal, r->ts_us);
	if (r->body_case == SEKISHO__RECORD__BODY_LEASE)
		return lease_intake_record(i->leases, r, now_us);
	rc = take_record(t, r, &o);
	return rc <= 0 ? rc : journal_log(i->journal, &o);
}

int agent_intake_batch(
    struct agent_intake *i, const Sekisho__Batch *b, int64_t now_us)
{
	struct take t = {.conf = i->conf,
	    .leases = i->leases->book,
	    .tally = i->tally,
	    .agent = b->agent,
	    .boot = b->boot,
	    .fresh = i->cursor == 0};
	uint64_t cursor = i->cursor;

	for (size_t k = 0; k < b->n_records; k++) {
		const Sekisho__Record *r = b->records[k];

		if (r->seq <= cursor)
			continue;
		/* One that is left out is done with, too: the agent would
		 * send it for ever. */
		if (!take_is_future(&t, r, now_us) &&
		    log_record(i, &t, r, now_us) != 0)
			return -1;
		cursor = r->seq;
	}
	if (journal_batch_seen(i->journal, now_us) != 0 ||
	    write_heard(i->db, &i->heard, HEARD_AGENTS, now_us) != 0)
		return -1;
	if (cursor != i->cursor &&
	    write_agent_cursor(i->db, b->agent, b->boot, cursor) != 0)
		return -1;
	i->cursor = cursor;
	return 0;
}
