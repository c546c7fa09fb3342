/* SPDX-License-Identifier: Apache-2.0 */
/* What the store says when somebody begins to apply its log: who has which
 * address, and what the engine knows by the rows that were applied. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/decide/checkpoint.h"
#include "analyzer/identity/lease_book.h"
#include "base/conf.h"

struct rebuild {
	/* Given; borrowed. own: of this process, and the engine's at the
	 * end. */
	struct db *db;
	const struct conf *conf;
	const struct policy *own;
	struct directory *directory; /* filled */
	struct engine *engine;       /* filled */
	/* The policies that the log began under: they must outlive engine. */
	struct logged_policies policies;
	int64_t last_us;    /* greatest time of a row that was applied */
	bool policy_logged; /* the log's last policy row is ours */
	char *err;
	size_t errsize;
};

/* NULL with err: the store failed. Tells owner from now on. */
struct lease_book *rebuild_leases(
    struct rebuild *r, struct lease_book_owner owner);
/* 0; -1 with err: rows are missing, or cannot be applied. */
int rebuild_engine(struct rebuild *r);
