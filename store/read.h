/* SPDX-License-Identifier: Apache-2.0 */
/* Readers. Callbacks get borrowed rows; non-zero from a callback ends the
 * walk and is returned. Readers return 0, or -1 on a store error. Orders are
 * fixed and documented, so that equal data prints equal bytes. A walk sees
 * one moment of the file; its callback may read through the same handle, but
 * not write: gather first. */
#pragma once

#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

#include "store/condition.h"
#include "store/db.h"
#include "store/rows.h"

/* Numbers of an incident that a page can be bounded by. */
enum incident_number {
	INCIDENT_NUMBER_ID,
	INCIDENT_NUMBER_OPENED, /* opened_us */
	INCIDENT_NUMBER_PEAK,   /* peak_milli */
	INCIDENT_NUMBER_OBSERVATIONS,
	INCIDENT_NUMBER_SERVERS,
	INCIDENT_NUMBER_UNKNOWN_USERS,
	INCIDENT_NUMBER_BLOCKLISTED,
	INCIDENT_NUMBER_SPOOFED,
	INCIDENT_NUMBER_COUNT
};
struct read_bound {
	int64_t least, most;
};

struct read_range {
	int64_t since_us, until_us; /* half open; 0: no bound */
	const char *customer;       /* NULL: all */
	int state;                  /* incidents: enum incident_state, -1 all;
				     * decisions: 1 only those in force at
				     * now_us, else -1 */
	int kind;                   /* incidents: enum incident_kind, -1 */
	const char *line_class;     /* pages of incidents; NULL: all */
	int64_t least_milli;        /* pages of incidents: score; 0: any */
	int64_t after_id;           /* decisions: behind this seq;
				     * observations: this obs_no */
	int64_t now_us;
	int64_t limit; /* 0: none */
	/* Pages of incidents: what lies outside may be left out, as far as it
	 * saves reading; whoever wants no other rows looks at them, too. Bits
	 * of enum incident_number say which hold. Counts ignore them. */
	uint32_t bounded;
	struct read_bound bounds[INCIDENT_NUMBER_COUNT];
	/* Pages of incidents, decisions, observations, and their counts: only
	 * rows for which this holds; NULL: all. Borrowed. */
	const struct condition *where;
};

typedef int (*read_observation_cb)(void *arg, const struct observation *o);
typedef int (*read_brake_cb)(void *arg, const struct brake_row *b);
typedef int (*read_incident_cb)(void *arg, const struct incident *i);
typedef int (*read_decision_cb)(void *arg, const struct decision *d);
typedef int (*read_lease_cb)(void *arg, const struct lease *l);
typedef int (*read_op_cb)(void *arg, const struct op_action *a);
typedef int (*read_lease_request_cb)(void *arg, const struct lease_request *r);
typedef int (*read_lease_grave_cb)(void *arg, const struct lease_grave *g);
typedef int (*read_delivery_cb)(void *arg, const struct delivery *d);
typedef int (*read_counter_cb)(
    void *arg, int day, const char *name, int64_t value);

/* Applied rows in applied_no order, from applied_no > after. */
int read_applied(
    struct db *db, int64_t after, read_observation_cb cb, void *arg);
/* Rows not applied yet, in obs_no order. */
int read_unapplied(struct db *db, read_observation_cb cb, void *arg);
/* One customer's rows first_obs .. last_obs, in obs_no order. */
int read_observations(struct db *db, const char *customer, int64_t first_obs,
    int64_t last_obs, read_observation_cb cb, void *arg);
int read_observation(
    struct db *db, int64_t obs_no, struct observation *o); /* 1 0 -1 */
/* By ts_us (and customer, limit), in obs_no order. */
int read_observations_range(struct db *db, const struct read_range *r,
    read_observation_cb cb, void *arg);
/* 1 found, 0 not there, -1 error. */
int read_agent_cursor(
    struct db *db, const char *agent, uint64_t boot, uint64_t *seq);
/* When the first row of the oldest day that is kept was made. 1, 0: there is
 * none, -1. */
int read_log_begin(struct db *db, int64_t *ts_us);
int read_last_numbers(struct db *db, int64_t *obs_no, int64_t *applied_no,
    int64_t *incident_id, int64_t *decision_seq);
/* By id; those that were open, or seen, within the range. */
int read_incidents(
    struct db *db, const struct read_range *r, read_incident_cb cb, void *arg);
enum incident_sort {
	INCIDENT_BY_ID,
	INCIDENT_BY_OPENED,
	INCIDENT_BY_LAST,
	INCIDENT_BY_SCORE,
	INCIDENT_BY_PEAK,
	INCIDENT_SORT_COUNT
};
/* One page of a list. It comes from the index where the fewest rows are left:
 * of a customer, of a state, kind and class, of a score, a peak, a time of
 * opening or numbers that few have; else of a time; else the index of the order
 * is walked until the page is full. A time costs some 0.1 us for each incident
 * in it. */
struct incident_page {
	struct read_range range; /* limit 0: all */
	enum incident_sort sort;
	bool descending;
	bool live;  /* only what is not closed; for few of many */
	bool go_on; /* behind this row of the list before */
	int64_t after_value, after_id;
};
int64_t incident_sort_value(const struct incident *i, enum incident_sort sort);
int read_incident_page(struct db *db, const struct incident_page *page,
    read_incident_cb cb, void *arg);
/* Whether more than this many are not closed: 1, 0, -1. */
int read_incident_live_over(struct db *db, int64_t n);
/* How many the range has, whatever the page. By state, kind and class alone
 * that is known; else they are counted, with most > 0 no further than that.
 * 0, or -1. */
int read_incident_count(struct db *db, const struct read_range *r, int64_t *n);
int read_incident_count_most(
    struct db *db, const struct read_range *r, int64_t most, int64_t *n);
int read_incident(struct db *db, int64_t id, struct incident *i); /* 1 0 -1 */
int read_brake(struct db *db, int64_t id, struct brake_row *b);   /* 1 0 -1 */
/* The one that is on: 1, 0, -1. */
int read_brake_on(struct db *db, struct brake_row *b);
/* Those that began before until_us and had not ended by since_us, newest
 * first, limit at the most (0: all). */
int read_brakes(struct db *db, int64_t since_us, int64_t until_us,
    int64_t limit, read_brake_cb cb, void *arg);
int read_decisions(struct db *db, const struct read_range *r,
    read_decision_cb cb, void *arg); /* by seq; range on since_us */
/* How many the range has, after_id aside; with most > 0 no further than that.
 * *n is -1 where that takes reading them: in force in a time. 0, or -1. */
int read_decision_count(
    struct db *db, const struct read_range *r, int64_t most, int64_t *n);
int read_decision(struct db *db, int64_t seq, struct decision *d);
/* Decisions with seq > after, by seq: the dispatcher's feed. */
int read_decisions_after(
    struct db *db, int64_t after, read_decision_cb cb, void *arg);
/* What is in force at now_us, the newest first; action, cause -1: any. */
struct standing_page {
	int64_t now_us;
	int64_t before_seq; /* 0: from the newest */
	int64_t since_us, until_us;
	const char *customer; /* NULL: all */
	int action, cause;
	int64_t limit;
};
int read_standing_page(struct db *db, const struct standing_page *p,
    read_decision_cb cb, void *arg);
int read_standing_count(
    struct db *db, const struct standing_page *p, int64_t *n);
/* The customer's state in force at now_us after manual allow > manual block
 * > detector; 1 and *d, 0 when only the class rule applies, -1. */
int read_in_force(
    struct db *db, const char *customer, int64_t now_us, struct decision *d);
/* By prefix, length, from_us, ports, source. at_us < 0: at any time. */
int read_leases(struct db *db, int64_t at_us, read_lease_cb cb, void *arg);
/* Likewise, of prefixes that begin at this address or above. */
int read_leases_from(struct db *db, const struct addr *first, int64_t at_us,
    read_lease_cb cb, void *arg);
/* Those that are held, or ended at since_us or later; order as above. */
int read_leases_since(
    struct db *db, int64_t since_us, read_lease_cb cb, void *arg);
/* Those that hold a part of the prefix, or all of it and more; at_us < 0: at
 * any time. From the key, the wider ones first. */
int read_leases_over(struct db *db, const struct prefix *p, int64_t at_us,
    read_lease_cb cb, void *arg);
/* Whether a lease ended before that time: 1, 0, -1. */
int read_lease_ended(struct db *db, int64_t before_us);
/* Longest prefix, then the part of the ports. port 0: not known. 1; 0; -1; 2:
 * several have it, and the port is not known or nobody's. */
int read_lease_at(struct db *db, const struct addr *a, uint16_t port,
    int64_t at_us, struct lease *l);
/* 1 found, 0 not there, -1. */
int read_customer(struct db *db, const char *id, struct customer_row *c);
typedef int (*read_customer_cb)(void *arg, const struct customer_row *c);
int read_customers(struct db *db, read_customer_cb cb, void *arg); /* by id */
int read_customers_after(
    struct db *db, const char *id, read_customer_cb cb, void *arg);
int read_customer_leases(struct db *db, const char *customer, int64_t at_us,
    read_lease_cb cb, void *arg);
/* Those that wait, by id, at most so many. */
int read_lease_requests(
    struct db *db, int64_t most, read_lease_request_cb cb, void *arg);
/* How many of these ids wait, and how many were refused. 0, or -1. */
int read_lease_answers(struct db *db, int64_t first, int64_t last,
    int64_t *waiting, int64_t *refused);
/* By their end. */
int read_lease_graves(struct db *db, read_lease_grave_cb cb, void *arg);
int read_op_actions(
    struct db *db, bool unapplied_only, read_op_cb cb, void *arg);  /* by id */
int read_op_action(struct db *db, int64_t id, struct op_action *a); /* 1 0 -1 */
/* Those of one incident, by id. */
int read_incident_actions(
    struct db *db, int64_t incident_id, read_op_cb cb, void *arg);
/* Of ids above after_id, by id. driver, state NULL: any. */
int read_deliveries(struct db *db, const char *driver, const char *state,
    int64_t after_id, read_delivery_cb cb, void *arg);
/* How many are in this state. 0, or -1. */
int read_delivery_count(struct db *db, const char *state, int64_t *n);
/* The rows of one decision, by driver. */
int read_deliveries_of(
    struct db *db, int64_t decision_seq, read_delivery_cb cb, void *arg);
int read_counters(struct db *db, int day_first, int day_last,
    read_counter_cb cb, void *arg); /* by day, name */
/* 1 found, 0 not there, -1 error. */
int read_file_position(
    struct db *db, const char *path, struct file_position *p);
struct audit_range {
	int64_t before_no;          /* keyset: rows below it; 0: the newest */
	int64_t since_us, until_us; /* half open; 0: no bound */
	const char *operator;       /* NULL: all */
	const char *verb, *object;
	int64_t limit; /* 0: none */
};
typedef int (*read_audit_cb)(void *arg, const struct audit *a);
/* By audit_no, the newest first. */
int read_audits(
    struct db *db, const struct audit_range *r, read_audit_cb cb, void *arg);
/* How many there are, whatever before_no and limit. 0, or -1. */
int read_audit_count(struct db *db, const struct audit_range *r, int64_t *n);
struct complaint_range {
	int64_t since_us, until_us; /* of at_us, half open; 0: no bound. A
				     * complaint without a time has that of
				     * its arrival */
	const char *customer;       /* NULL: all */
	int64_t before_id;          /* keyset: rows below it; 0: the newest */
	int64_t limit;              /* 0: none */
};
typedef int (*read_complaint_cb)(void *arg, const struct complaint *c);
/* By id, the newest first. */
int read_complaints(struct db *db, const struct complaint_range *r,
    read_complaint_cb cb, void *arg);
/* How many there are, whatever before_id and limit. 0, or -1. */
int read_complaint_count(
    struct db *db, const struct complaint_range *r, int64_t *n);
/* 1 found, 0 not there, -1. */
int read_complaint(struct db *db, int64_t id, struct complaint *c);
int read_complaint_key(
    struct db *db, const uint8_t key[static ROW_HASH_BYTES], int64_t *id);
/* Customers that spoke to a foreign port 25, each on each UTC day counted
 * once; half open, 0: no bound. Reads every row of those days. 0, or -1. */
int read_customer_days(
    struct db *db, int64_t since_us, int64_t until_us, int64_t *n);
/* "" when the key is not there. */
int read_meta(struct db *db, const char *key, char *value, size_t size);
