/* SPDX-License-Identifier: Apache-2.0 */
/* Writers. Each returns 0, or -1 (see db.h). All but the desk's and the
 * dispatcher's are the analyzer's and run inside db_begin()/db_commit().
 * After -1 in there, db_rollback(). Outside of it each is a transaction of
 * its own. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/db.h"
#include "store/rows.h"

/* Sets o->obs_no (greatest ever + 1; in the day table of o->ts_us). */
int write_observation(struct db *db, struct observation *o);
/* auth_state, spf_*, verdict*: by obs_no and ts_us. */
int write_authentication(struct db *db, const struct observation *o);
/* applied_no, label, weight, score: by obs_no and ts_us. */
int write_applied(struct db *db, const struct observation *o);
int write_agent_cursor(
    struct db *db, const char *agent, uint64_t boot, uint64_t seq);
/* Insert or replace by id. */
int write_incident(struct db *db, const struct incident *i);
int write_brake(struct db *db, const struct brake_row *b);
/* What a closed incident was, said later. 0 also when there is none. */
int write_closed_as(struct db *db, int64_t incident_id, enum closed_as as);
/* The incident, the ended decision and the operator action that it names
 * must be there when the transaction commits. */
int write_decision(struct db *db, const struct decision *d);
/* Adds to a daily counter: records, unknown addresses, cases, budget. */
int write_counter(struct db *db, int64_t ts_us, const char *name, int64_t add);
int write_meta(struct db *db, const char *key, const char *value);
/* Full replacement of one source's current leases: rows that are gone end
 * at now_us, new ones begin at now_us, or at 0 when the source never had
 * any; rows that are the same stay untouched. A prefix given twice is an
 * error. */
int write_leases(struct db *db, const char *source, const struct lease *leases,
    size_t n, int64_t now_us);
/* The same; told is each row that begins (with its source and beginning) or
 * ends. NULL: nobody. */
struct lease_watch {
	void (*begun)(void *arg, const struct lease *l, int64_t now_us);
	void (*ended)(void *arg, const struct lease *l, int64_t now_us);
	void *arg;
};
int write_leases_watched(struct db *db, const char *source,
    const struct lease *leases, size_t n, int64_t now_us,
    const struct lease_watch *watch);
/* One lease as it stands; one of the same place, source and beginning is
 * replaced. */
int write_lease(struct db *db, const struct lease *l);
/* The lease ends at now_us; one that began then or later never was, and its
 * row goes. */
int write_lease_end(struct db *db, const struct lease *l, int64_t now_us);
/* Instead of the grave that there is. */
int write_lease_grave(struct db *db, const struct lease_grave *g);
/* The grave of an ended lease's session, as the lease has it now; one that is
 * there grows. */
int write_lease_grave_of(struct db *db, const struct lease *l);
/* But reboots. */
int forget_lease_graves(struct db *db, int64_t before_us);
/* answer: taken or refused. */
int write_lease_answer(struct db *db, int64_t id, const char *answer);
/* Answered ones, at most so many. */
int forget_lease_requests(struct db *db, int64_t before_us, int64_t most);
/* All that is known of customers, instead of what was known. */
int write_customers(struct db *db, const struct customer_row *rows, size_t n);
/* Insert or replace by path. */
int write_file_position(struct db *db, const struct file_position *p);
int write_op_applied(struct db *db, int64_t op_id, int64_t obs_no);

/* Within the transaction of what it tells of. Sets a->audit_no. */
int write_audit(struct db *db, struct audit *a);
/* Joins a transaction that is open. Sets c->id. 1 written; 0 one with its key
 * is there already, and c->id is that one's; -1. */
int write_complaint(struct db *db, struct complaint *c);
/* The desk; a transaction of its own. Sets a->id. */
int write_op_action(struct db *db, struct op_action *a);
/* Sets r->id; joins a transaction that is open. */
int write_lease_request(struct db *db, struct lease_request *r);
/* The dispatcher; transactions of their own. Sets d->id when it is 0;
 * (decision_seq, driver) is unique, a second insert is ignored. */
int write_delivery(struct db *db, struct delivery *d);
/* The dispatcher: the row of this decision and driver, whatever its id, is
 * made or replaced. */
int write_delivery_state(struct db *db, const struct delivery *d);
/* Of the row that is there. */
int write_delivery_turn(
    struct db *db, int64_t decision_seq, const char *driver, int turn);
