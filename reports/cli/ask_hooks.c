/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/ask_hooks.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "reports/cli/audit.h"
#include "store/enforcement.h"
#include "store/hook_lock.h"
#include "store/write.h"

/* It waits 30 s for its drivers. */
#define WAIT_US (35 * US_PER_S)
#define STEP_US 50000
/* One that has ended is started again after 0.2 s (sekisho run). */
#define AWAY_US US_PER_S

/* The request; what changes something with its row of the audit log. */
static int write_down(struct cli *c, struct hook_request *r)
{
	struct audit row;

	if (r->reason[0] == '\0')
		return write_hook_request(c->db, r);
	audit_fill(c, &row, r->verb, r->driver);
	snprintf(row.outcome, sizeof(row.outcome), "accepted");
	if (r->delivery_id != 0)
		snprintf(row.detail, sizeof(row.detail), "delivery %lld",
		    (long long)r->delivery_id);
	if (db_begin(c->db) != 0)
		return -1;
	if (write_hook_request(c->db, r) == 0 &&
	    write_audit(c->db, &row) == 0 && db_commit(c->db) == 0)
		return 0;
	db_rollback(c->db);
	return -1;
}

/* Nobody has held the lock for a while: *away_us is since when. */
static bool nobody_runs(const struct cli *c, int64_t *away_us)
{
	int64_t now_us = clock_now_us();

	if (hook_lock_held(cli_db_path(c))) {
		*away_us = 0;
		return false;
	}
	if (*away_us == 0)
		*away_us = now_us;
	return now_us - *away_us >= AWAY_US;
}

/* What only compares is done after each start in any case. */
static bool is_kept(const struct hook_request *r)
{
	return strcmp(r->verb, "check") != 0 &&
	       strcmp(r->verb, "reconcile") != 0 &&
	       strcmp(r->verb, "test") != 0;
}

static int say_nobody(struct cli *c, const struct hook_request *r)
{
	return cli_fail(c, CLI_UNREACHABLE,
	    "no sekisho-hooks runs on %s: start it, by sekisho run or with -c "
	    "and the same database%s",
	    cli_db_path(c),
	    is_kept(r) ? "; what was asked is written down, and done then"
		       : "");
}

int ask_hooks_briefly(struct cli *c, struct hook_request *r, int64_t wait_us)
{
	int64_t until_us = clock_now_us() + wait_us, away_us = 0;
	int64_t id;

	while (!is_kept(r) && !hook_lock_held(cli_db_path(c))) {
		if (nobody_runs(c, &away_us))
			return say_nobody(c, r);
		(void)usleep(STEP_US);
	}
	r->ts_us = clock_now_us();
	audit_operator(c, r->actor);
	snprintf(
	    r->driver, sizeof(r->driver), "%s", c->driver ? c->driver : "");
	if (write_down(c, r) != 0)
		return cli_fail_db(c);
	id = r->id;
	do {
		if (read_hook_request(c->db, id, r) != 1)
			return cli_fail_db(c);
		if (r->done_us != 0)
			return CLI_OK;
		if (nobody_runs(c, &away_us))
			break;
		(void)usleep(STEP_US);
	} while (clock_now_us() < until_us);
	return CLI_OK;
}

int ask_hooks(struct cli *c, struct hook_request *r)
{
	int code = ask_hooks_briefly(c, r, WAIT_US);

	if (code != CLI_OK || r->done_us != 0)
		return code;
	if (!hook_lock_held(cli_db_path(c)))
		return say_nobody(c, r);
	return cli_fail(c, CLI_UNREACHABLE,
	    "sekisho-hooks runs, but has not answered within 35 s; see its "
	    "log. It still does what was asked (%s)",
	    r->verb);
}
