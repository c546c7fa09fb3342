/* SPDX-License-Identifier: Apache-2.0 */
/* The book of leases: takes what the sources say, in whatever order it comes,
 * and keeps directory and store true: who held what, from when until when. */
#pragma once

#include <stdint.h>

#include "analyzer/identity/directory.h"
#include "analyzer/identity/lease_event.h"
#include "base/conf.h"
#include "store/db.h"

struct lease_book;

struct lease_book_owner {
	/* What this customer holds has changed at at_us; the directory knows.
	 * Once for each customer that an event touches. */
	void (*changed)(void *arg, const char *customer, int64_t at_us);
	void *arg;
};

/* Takes up the leases that the store has. NULL: db_error() says why. */
struct lease_book *lease_book_new(struct db *db, struct directory *d,
    const struct conf *c, struct lease_book_owner owner);
void lease_book_free(struct lease_book *b);
/* Inside db_begin() and db_commit(). 0: taken, or known before (a
 * retransmission); 1: refused and counted (no customer, no target, a time out
 * of bounds); -1: the store failed: roll back and begin anew with a new book
 * and directory. */
int lease_book_take(struct lease_book *b, const struct lease_event *e);
/* Ends sessions that were not refreshed in time, and forgets in memory what
 * ended long ago. Inside a transaction. 0, or -1 as above. */
int lease_book_tick(struct lease_book *b, int64_t now_us);
