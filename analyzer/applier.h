/* SPDX-License-Identifier: Apache-2.0 */
/* The one place that applies the log: numbers, scores, incidents and
 * decisions of a complete row, written in the caller's transaction. The
 * analyzer holds one; the desk makes one when no analyzer runs. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "analyzer/identity/lease_book.h"
#include "base/conf.h"
#include "store/db.h"
#include "store/rows.h"

struct applier;

/* The caller holds db_lock_apply(). Rebuilds the state from the log, reads
 * the leases, and logs a policy row when the policy differs from the last
 * one. Borrows db and conf. NULL with err set. */
struct applier *applier_open(
    struct db *db, const struct conf *c, char *err, size_t errsize);
void applier_close(struct applier *a);
/* Its owner is told through applier_on_lease(). */
struct lease_book *applier_leases(const struct applier *a);
void applier_on_lease(struct applier *a, struct lease_book_owner owner);
/* Who wants to know what was applied: each row with its label, each decision as
 * it was written, before the commit. Both may be NULL. */
struct applier_watch {
	void (*row)(void *arg, const struct observation *o);
	void (*decided)(void *arg, const struct decision *d);
	void *arg;
};
void applier_on_applied(struct applier *a, struct applier_watch watch);
/* Greatest time of an applied row; 0: none yet. */
int64_t applier_last_us(const struct applier *a);
/* CLASS_UNKNOWN: nothing is known of the customer. */
enum line_class applier_class(const struct applier *a, const char *customer);
/* Somebody has logged in to it, as far as the log is remembered. */
bool applier_knows_account(
    const struct applier *a, const uint8_t id[static ROW_HASH_BYTES]);
/* Inside db_begin(): apply a row that write_observation() has numbered.
 * 0, or -1 (store error: roll back, close and open again). */
int applier_apply(struct applier *a, struct observation *o);
/* Inside db_begin(): end what is due at now_us by tick rows, for customers
 * that may(arg, customer, due_us) allows (NULL: all). */
typedef int (*applier_may_cb)(void *arg, const char *customer, int64_t due_us);
int applier_tick(
    struct applier *a, int64_t now_us, applier_may_cb may, void *arg);
/* Inside db_begin(): the customer's addresses may have changed by now_us. What
 * is in force for the customer is stated anew, in a row of the kind move, when
 * they are not those that it was stated for. 0, or -1. */
int applier_move(struct applier *a, const char *customer, int64_t now_us);
/* Inside db_begin(): the same for every customer for whom something is in
 * force; a crash may have come between a lease and its consequence. */
int applier_move_all(struct applier *a, int64_t now_us);
/* In a transaction of its own: log and apply what drivers refused. 0, or
 * -1. */
int applier_refusals(struct applier *a);
/* In transactions of its own: log and apply every pending operator action,
 * at its own time. Returns the count, or -1. */
int applier_operator(struct applier *a);
