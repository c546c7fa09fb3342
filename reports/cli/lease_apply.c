/* SPDX-License-Identifier: Apache-2.0 */
#include "reports/cli/lease_apply.h"

#include <unistd.h>

#include "analyzer/applier.h"
#include "analyzer/identity/lease_line.h"
#include "analyzer/identity/lease_request.h"
#include "base/clock.h"
#include "reports/cli/audit.h"
#include "reports/cli/policy.h"
#include "store/read.h"
#include "store/write.h"

#define STEP_MS 50
/* While the analyzer goes on, it is waited for; then so long. */
#define WAIT_MS 5000
#define AT_ONCE 1000

int lease_batch_add(
    struct cli *c, struct lease_batch *b, const struct lease_event *e)
{
	struct lease_request r = {.ts_us = c->now_us};

	audit_operator(c, r.actor);
	lease_line_format(e, r.line);
	if (write_lease_request(c->db, &r) != 0)
		return cli_fail_db(c);
	if (b->first == 0)
		b->first = r.id;
	b->last = r.id;
	b->n++;
	return CLI_OK;
}

int lease_batch_audit(struct cli *c, const struct lease_batch *b,
    const char *verb, const char *object)
{
	struct audit row;

	audit_fill(c, &row, verb, object);
	snprintf(row.outcome, sizeof(row.outcome), "accepted");
	snprintf(row.detail, sizeof(row.detail),
	    "%lld lines, requests %lld to %lld", (long long)b->n,
	    (long long)b->first, (long long)b->last);
	return write_audit(c->db, &row) != 0 ? cli_fail_db(c) : CLI_OK;
}

/* --- here ----------------------------------------------------------------- */

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

/* We hold the lock. */
static int apply_here(struct cli *c)
{
	struct here h = {0};
	char err[512];
	int rc, code = policy_for_apply(c);

	if (code != CLI_OK)
		return code;
	h.applier = applier_open(c->db, &c->conf, err, sizeof(err));
	if (!h.applier)
		return cli_fail(c, CLI_FAILED,
		    "%s: the log cannot be applied: %s; the leases are kept "
		    "and wait",
		    cli_db_path(c), err);
	applier_on_lease(h.applier, (struct lease_book_owner){on_lease, &h});
	while ((rc = take_some(c, &h)) == 1)
		;
	applier_close(h.applier);
	return rc < 0 ? cli_fail_db(c) : CLI_OK;
}

/* --- by whoever can ------------------------------------------------------- */

int lease_batch_apply(struct cli *c, struct lease_batch *b)
{
	int64_t waiting = 0, before = b->n;
	int code;

	for (int waited = 0; b->n > 0 && waited <= WAIT_MS; waited += STEP_MS) {
		if (db_lock_apply(c->db) == 0) {
			code = apply_here(c);
			db_unlock_apply(c->db);
			if (code != CLI_OK)
				return code;
		}
		if (read_lease_answers(
			c->db, b->first, b->last, &waiting, &b->refused) != 0)
			return cli_fail_db(c);
		if (waiting == 0)
			return CLI_OK;
		if (waiting < before)
			waited = 0;
		before = waiting;
		(void)usleep(STEP_MS * 1000);
	}
	if (waiting == 0)
		return CLI_OK;
	return cli_fail(c, CLI_UNREACHABLE,
	    "%lld of %lld leases are written down, but the analyzer that "
	    "holds %s has not taken them within 5 s; it still may. sekisho "
	    "lease list shows them then",
	    (long long)waiting, (long long)b->n, cli_db_path(c));
}
