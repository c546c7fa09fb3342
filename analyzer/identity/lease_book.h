/* SPDX-License-Identifier: Apache-2.0 */
/* The book of leases: takes what the sources say, in whatever order it comes,
 * and keeps directory and store true: who held what, from when until when.
 * What counts is when a thing happened, not when it was told:
 *
 * - an address that somebody else gets has left the one before, Stop or no;
 * - a session that is refreshed and was never begun begins;
 * - one that ended does not open again by what is told late;
 * - a reboot of the NAS ends what began before it;
 * - an address that is given to nobody we know is nobody's.
 * What has ended is known after a restart, too: by its leases, and where they
 * do not tell by the table lease_grave. */
#pragma once

#include <stdint.h>

#include "analyzer/identity/directory.h"
#include "analyzer/identity/lease_event.h"
#include "base/conf.h"
#include "store/db.h"

struct lease_book;

struct lease_book_owner {
	/* What this customer holds has changed at at_us; the directory knows.
	 * Once for each customer that an event touches. NULL is legal. */
	void (*changed)(void *arg, const char *customer, int64_t at_us);
	void *arg;
};

enum lease_count {
	LEASES_BEGUN,
	LEASES_REFRESHED,
	LEASES_ENDED,
	LEASES_RESET,      /* sessions that a reboot ended */
	LEASES_AGAIN,      /* known before: a retransmission */
	LEASES_LATE,       /* told too late to change anything */
	LEASES_TAKEN_OVER, /* the address went to another without a Stop */
	LEASES_TIMED_OUT,
	LEASES_NAMELESS, /* begun for nobody known: the holder before ended */
	LEASES_REFUSED,
	LEASES_COUNTS
};
const char *lease_count_name(enum lease_count c);

/* Takes up what the store has. now_us: sessions count as seen then. NULL:
 * db_error() says why, or there is no memory. Borrows all. */
struct lease_book *lease_book_new(struct db *db, struct directory *d,
    const struct conf *c, struct lease_book_owner owner, int64_t now_us);
void lease_book_free(struct lease_book *b);
/* Inside db_begin() and db_commit(). now_us: the clock, which an event may not
 * be far ahead of; INT64_MAX: there is none. 0: taken, or known before; 1:
 * refused and counted (no customer, no target, a time out of bounds; one
 * without a customer still ends who had the targets); -1: the
 * store or memory failed: roll back and begin anew with a new book and
 * directory. */
int lease_book_take(
    struct lease_book *b, const struct lease_event *e, int64_t now_us);
/* Ends sessions that were not refreshed in time, and forgets in memory what
 * ended long ago. Inside a transaction. 0, or -1 as above. */
int lease_book_tick(struct lease_book *b, int64_t now_us);

/* What the subscriber file says, instead of what it said before. Inside a
 * transaction. 0, or -1 as above. */
struct lease_change {
	size_t begun, ended;
};
int lease_book_subscribers(struct lease_book *b, const struct lease *leases,
    size_t n, const struct customer_row *customers, size_t n_customers,
    int64_t now_us, struct lease_change *change);

/* Who had it: the directory, and for what it has forgotten the store. */
enum directory_answer lease_book_find(struct lease_book *b,
    const struct addr *a, uint16_t port, int64_t at_us, struct holding *out);

int64_t lease_book_count(const struct lease_book *b, enum lease_count c);
size_t lease_book_bytes(const struct lease_book *b);
