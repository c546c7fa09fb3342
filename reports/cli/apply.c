/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/apply.h"

#include <unistd.h>

#include "analyzer/applier.h"
#include "base/log.h"
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
	/* The result is printed; a log line would say it twice. */
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

static int write_all(struct cli *c, struct op_action *v, size_t n)
{
	if (db_begin(c->db) != 0)
		return cli_fail_db(c);
	for (size_t i = 0; i < n; i++)
		if (write_op_action(c->db, &v[i]) != 0)
			goto fail;
	if (db_commit(c->db) == 0)
		return CLI_OK;
fail:
	db_rollback(c->db);
	return cli_fail_db(c);
}

int apply_actions(struct cli *c, struct op_action *v, size_t n)
{
	const struct op_action *last = &v[n - 1];
	int code = write_all(c, v, n);

	if (code != CLI_OK)
		return code;
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

int apply_action(struct cli *c, struct op_action *a)
{
	return apply_actions(c, a, 1);
}
