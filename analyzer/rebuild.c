/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/rebuild.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "store/read.h"

/* refeed() has said why in err. */
#define REFEED_FAILED (-2)

static int fail(const struct rebuild *r, const char *what, const char *why)
{
	snprintf(r->err, r->errsize, "%s: %s", what, why);
	return -1;
}

static int use_policy(struct rebuild *r, const char *hash, enum mode mode)
{
	const struct policy *p = r->own;

	if (strcmp(hash, p->hash) != 0)
		p = logged_policies_find(
		    &r->policies, r->db, hash, r->err, r->errsize);
	if (!p)
		return -1;
	engine_set_policy(r->engine, p, mode);
	r->policy_logged = p == r->own && mode == r->conf->mode;
	return 0;
}

static int refeed(void *arg, const struct observation *logged)
{
	struct rebuild *r = arg;
	struct observation o = *logged;
	struct effects fx;

	if (o.kind == OBS_POLICY && use_policy(r, o.policy_hash, o.mode) != 0)
		return REFEED_FAILED;
	if (engine_apply(r->engine, &o, &fx) != 0) {
		fail(r, "log", "out of memory");
		return REFEED_FAILED;
	}
	if (o.applied_no != logged->applied_no) {
		fail(r, "log", "rows are missing from it: restore a backup");
		return REFEED_FAILED;
	}
	if (o.ts_us > r->last_us)
		r->last_us = o.ts_us;
	return 0;
}

/* What came of rows that a purge has taken. */
static int load_checkpoint(struct rebuild *r, int64_t *from)
{
	struct checkpoint cp;
	int rc = checkpoint_load(r->db, r->engine, &cp, r->err, r->errsize);

	*from = 0;
	if (rc != 1)
		return rc;
	if (use_policy(r, cp.policy_hash, cp.mode) != 0)
		return -1;
	r->last_us = cp.last_us;
	*from = cp.applied_no;
	return 0;
}

struct lease_book *rebuild_leases(
    struct rebuild *r, struct lease_book_owner owner)
{
	struct lease_book *b =
	    lease_book_new(r->db, r->directory, r->conf, owner, clock_now_us());

	if (!b)
		fail(r, "leases", db_error(r->db));
	return b;
}

int rebuild_engine(struct rebuild *r)
{
	int64_t from;
	int rc;

	if (load_checkpoint(r, &from) != 0)
		return -1;
	rc = read_applied(r->db, from, refeed, r);
	if (rc == REFEED_FAILED)
		return -1;
	if (rc != 0)
		return fail(r, "log", db_error(r->db));
	engine_set_policy(r->engine, r->own, r->conf->mode);
	return 0;
}
