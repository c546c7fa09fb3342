/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/ready.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/write.h"

static int bring_in(
    struct db *db, const struct conf *c, const struct subscribers *s)
{
	if (db_begin(db) != 0)
		return -1;
	if (write_leases(
		db, "static", s->leases, s->n_leases, clock_now_us()) != 0 ||
	    write_customers(db, s->customers, s->n_customers) != 0 ||
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

/* 0; -1 with err set, and each of several bad lines in the log. */
static int load(
    const char *path, struct subscribers *s, char *err, size_t errsize)
{
	struct static_faults faults;

	if (static_load(path, s, &faults) == 0)
		return 0;
	if (faults.n == 1) {
		snprintf(err, errsize, "%s", faults.text[0]);
		return -1;
	}
	for (size_t i = 0; i < faults.n; i++)
		log_error("analyzer", "%s", faults.text[i]);
	snprintf(err, errsize,
	    "%.200s: %zu lines are bad; nothing of the file is taken", path,
	    faults.n + faults.more);
	return -1;
}

struct db *ready_store(const struct conf *c, char *err, size_t errsize)
{
	struct subscribers s = {0};
	char why[DB_ERROR_BYTES];
	struct db *db = NULL;

	if (c->subscribers && *c->subscribers) {
		if (load(c->subscribers, &s, err, errsize) != 0)
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
	if (bring_in(db, c, &s) != 0) {
		snprintf(err, errsize, "%s: %s", c->db, db_error(db));
		goto fail;
	}
out:
	subscribers_free(&s);
	return db;
fail:
	db_close(db);
	db = NULL;
	goto out;
}

bool ready_again(const struct conf *c, struct subscribers *s)
{
	char err[512];

	if (!c->subscribers || !*c->subscribers)
		return false;
	if (load(c->subscribers, s, err, sizeof(err)) == 0)
		return true;
	log_error("analyzer", "%s; the one before stays in force", err);
	return false;
}

void ready_tell(const struct conf *c, const struct subscribers *s,
    const struct lease_change *change)
{
	log_info("analyzer",
	    "subscribers read again file=%s leases=%zu customers=%zu "
	    "begun=%zu ended=%zu",
	    c->subscribers, s->n_leases, s->n_customers, change->begun,
	    change->ended);
}
