/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/applying.h"

#include "analyzer/applier.h"
#include "analyzer/identity/lease_request.h"
#include "base/clock.h"
#include "base/log.h"
#include "reports/cli/policy.h"

#define AT_ONCE 1000

/* NULL: *code says why. */
static struct applier *open_applier(struct cli *c, const char *what, int *code)
{
	struct applier *a;
	char err[512];

	*code = policy_for_apply(c);
	if (*code != CLI_OK)
		return NULL;
	a = applier_open(c->db, &c->conf, err, sizeof(err));
	if (!a)
		*code = cli_fail(c, CLI_FAILED,
		    "%s: the log cannot be applied: %s; %s", cli_db_path(c),
		    err, what);
	return a;
}

int applying_actions(struct cli *c)
{
	struct applier *a;
	int n, code;

	/* The result is printed; a log line would say it twice. A server's
	 * log is its own. */
	if (c->source_of_audit == AUDIT_CLI)
		log_set_level(LOG_LEVEL_WARN);
	a = open_applier(c, "the action is kept and waits", &code);
	if (!a)
		return code;
	n = applier_operator(a);
	applier_close(a);
	return n < 0 ? cli_fail_db(c) : CLI_OK;
}

/* --- leases ----------------------------------------------------------------
 */

struct here {
	struct applier *applier;
	bool failed;
};

static void on_lease(void *arg, const char *customer, int64_t at_us)
{
	struct here *h = arg;
	int64_t last_us = applier_last_us(h->applier);

	h->failed |= applier_move(h->applier, customer,
			 at_us > last_us ? at_us : last_us) != 0;
}

/* 1: there is more; 0, -1. */
static int take_some(struct cli *c, struct here *h)
{
	int n;

	if (db_begin(c->db) != 0)
		return -1;
	n = lease_requests_take(
	    c->db, applier_leases(h->applier), clock_now_us(), AT_ONCE);
	if (n >= 0 && !h->failed && db_commit(c->db) == 0)
		return n == AT_ONCE;
	db_rollback(c->db);
	return -1;
}

int applying_leases(struct cli *c)
{
	struct here h = {0};
	int rc, code;

	h.applier = open_applier(c, "the leases are kept and wait", &code);
	if (!h.applier)
		return code;
	applier_on_lease(h.applier, (struct lease_book_owner){on_lease, &h});
	while ((rc = take_some(c, &h)) == 1)
		;
	applier_close(h.applier);
	return rc < 0 ? cli_fail_db(c) : CLI_OK;
}
