/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/ready.h"

#include <stdio.h>
#include <stdlib.h>

#include "analyzer/identity/static.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/write.h"

static int bring_in(
    struct db *db, const struct conf *c, const struct lease *leases, size_t n)
{
	if (db_begin(db) != 0)
		return -1;
	if (write_leases(db, "static", leases, n, clock_now_us()) != 0 ||
	    write_meta(db, "privacy_tier", tier_name(c->privacy_tier)) != 0 ||
	    write_meta(
		db, "legal_basis", c->legal_basis ? c->legal_basis : "") != 0 ||
	    write_meta(db, "provider", c->provider ? c->provider : "") != 0 ||
	    write_meta(db, "mode", mode_name(c->mode)) != 0 ||
	    db_commit(db) != 0) {
		db_rollback(db);
		return -1;
	}
	return 0;
}

struct db *ready_store(const struct conf *c, char *err, size_t errsize)
{
	struct lease *leases = NULL;
	char why[DB_ERROR_BYTES];
	struct db *db = NULL;
	size_t n = 0;

	if (c->subscribers && *c->subscribers) {
		if (static_load(c->subscribers, &leases, &n, err, errsize))
			return NULL;
	} else {
		log_warn("analyzer",
		    "no subscribers file is configured: every address is "
		    "unknown, nobody can be blocked");
	}
	db = db_open(c->db, DB_CREATE, why);
	if (!db) {
		snprintf(err, errsize, "%s", why);
		goto out;
	}
	if (db_lock_apply(db) != 0) {
		snprintf(err, errsize,
		    "%s: another process is applying its log; stop the other "
		    "sekisho-analyzer, or use another --db",
		    c->db);
		goto fail;
	}
	if (bring_in(db, c, leases, n) != 0) {
		snprintf(err, errsize, "%s: %s", c->db, db_error(db));
		goto fail;
	}
out:
	free(leases);
	return db;
fail:
	db_close(db);
	db = NULL;
	goto out;
}
