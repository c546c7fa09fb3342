/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/apply.h"

#include <unistd.h>

#include "analyzer/applier.h"
#include "base/clock.h"
#include "base/log.h"
#include "reports/cli/audit.h"
#include "reports/cli/policy.h"
#include "store/read.h"
#include "store/write.h"

#define WAIT_MS 3000
#define STEP_MS 50

/* We hold the lock. */
static int apply_here(struct cli *c)
{
	char err[512];
	struct applier *a;
	int n, code = policy_for_apply(c);

	if (code != CLI_OK)
		return code;
	/* The result is printed; a log line would say it twice. A server's
	 * log is its own. */
	if (c->source_of_audit == AUDIT_CLI)
		log_set_level(LOG_LEVEL_WARN);
	a = applier_open(c->db, &c->conf, err, sizeof(err));
	if (!a)
		return cli_fail(c, CLI_FAILED,
		    "%s: the log cannot be applied: %s; the action is kept "
		    "and waits",
		    cli_db_path(c), err);
	n = applier_operator(a);
	applier_close(a);
	return n < 0 ? cli_fail_db(c) : CLI_OK;
}

static int is_ours(void *arg, const struct op_action *a)
{
	return a->id == *(const int64_t *)arg;
}

/* 1, 0, -1. */
static int is_waiting(struct cli *c, int64_t id)
{
	return read_op_actions(c->db, true, is_ours, &id);
}

/* Inside db_begin(): the action and its row of the audit log. */
static int write_one(struct cli *c, struct op_action *a)
{
	struct audit row;
	char until[CLOCK_STRLEN];

	if (write_op_action(c->db, a) != 0)
		return -1;
	audit_fill(c, &row, op_verb_name(a->verb),
	    a->incident_id != 0 ? a->target : a->customer);
	snprintf(row.outcome, sizeof(row.outcome), "accepted");
	if (a->incident_id != 0)
		snprintf(row.detail, sizeof(row.detail), "action %lld of %s",
		    (long long)a->id, a->customer);
	else
		snprintf(row.detail, sizeof(row.detail),
		    "action %lld, %.70s, until %s", (long long)a->id, a->target,
		    a->until_us != 0 ? clock_format(a->until_us, until)
				     : "released");
	return write_audit(c->db, &row);
}

static int write_all(struct cli *c, struct op_action *v, size_t n)
{
	size_t i = 0;

	if (db_begin(c->db) != 0)
		return -1;
	while (i < n && write_one(c, &v[i]) == 0)
		i++;
	if (i == n && db_commit(c->db) == 0)
		return 0;
	db_rollback(c->db);
	for (i = 0; i < n; i++)
		v[i].id = 0;
	return -1;
}

static int wait_for(struct cli *c, const struct op_action *last)
{
	for (int waited = 0; waited <= WAIT_MS; waited += STEP_MS) {
		int rc;

		if (db_lock_apply(c->db) == 0) {
			rc = apply_here(c);
			db_unlock_apply(c->db);
			return rc;
		}
		rc = is_waiting(c, last->id);
		if (rc < 0)
			return cli_fail_db(c);
		if (rc == 0)
			return CLI_OK;
		(void)usleep(STEP_MS * 1000);
	}
	return cli_fail(c, CLI_UNREACHABLE,
	    "the %s of %s is written down, but the analyzer that holds %s has "
	    "not applied it within 3 s; it still may. sekisho %s list "
	    "--customer %s shows it then",
	    op_verb_name(last->verb), last->customer, cli_db_path(c),
	    last->incident_id != 0 ? "incident" : "decision", last->customer);
}

int apply_actions(struct cli *c, struct op_action *v, size_t n)
{
	if (write_all(c, v, n) != 0)
		return cli_fail_db(c);
	return wait_for(c, &v[n - 1]);
}

int apply_action(struct cli *c, struct op_action *a)
{
	return apply_actions(c, a, 1);
}
