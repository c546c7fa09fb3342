/* SPDX-License-Identifier: Apache-2.0 */
/* Notes on customers, and reads that the HTTP server's pages need. Results
 * as in read.h and write.h. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/read.h"

#define NOTE_TEXT_BYTES 2001

struct customer_note {
	int64_t id, ts_us;
	char actor[ROW_ID_LEN], customer[ROW_ID_LEN];
	char text[NOTE_TEXT_BYTES];
};
typedef int (*read_note_cb)(void *arg, const struct customer_note *n);

/* Sets n->id. */
int write_customer_note(struct db *db, struct customer_note *n);
/* The newest first. */
int read_customer_notes(struct db *db, const char *customer, int64_t limit,
    read_note_cb cb, void *arg);

/* How many customers have more than their class's rule at now_us, and for how
 * many of them port 25 is closed. */
int read_standing_sums(
    struct db *db, int64_t now_us, int64_t *in_force, int64_t *blocks);

/* How many incidents of each state, kind and class: from an index alone.
 * live: only those that are not closed. */
typedef int (*read_tally_cb)(void *arg, enum incident_state state,
    enum incident_kind kind, enum line_class line_class, int64_t n);
int read_incident_tally(struct db *db, bool live, read_tally_cb cb, void *arg);
/* How many were opened in each bucket_us from since_us on, by kind; from an
 * index alone. */
typedef int (*read_bucket_cb)(
    void *arg, int64_t bucket, enum incident_kind kind, int64_t n);
int read_incident_buckets(struct db *db, int64_t since_us, int64_t until_us,
    int64_t bucket_us, read_bucket_cb cb, void *arg);

/* What a period, half open, came to: from indexes, with no row of an incident
 * read. overturned: blocks of the detector that a person released. */
struct review_sums {
	int64_t opened, closed, false_positives;
	int64_t blocks, overturned;
};
int read_review_sums(struct db *db, int64_t since_us, int64_t until_us,
    struct review_sums *sums);

/* Decisions, the newest first. */
struct decision_page {
	int64_t before_seq; /* 0: from the newest */
	int64_t since_us, until_us;
	const char *customer; /* NULL: all */
	int action, cause;    /* -1: all */
	int64_t limit;
};
int read_decision_page(struct db *db, const struct decision_page *p,
    read_decision_cb cb, void *arg);
int read_decision_page_count(
    struct db *db, const struct decision_page *p, int64_t *n);
/* The seq of the oldest and of the newest; 0: none. */
int read_decision_bounds(struct db *db, int64_t *first, int64_t *last);

/* Deliveries, the newest first. */
struct delivery_page {
	int64_t before_id;
	const char *driver, *state; /* NULL: all */
	int64_t limit;
};
int read_delivery_page(struct db *db, const struct delivery_page *p,
    read_delivery_cb cb, void *arg);
/* One row for each driver: how many of each state, the oldest that is
 * pending, the last that is done (0: none), and how many there ever were, which
 * a purge does not change. */
struct delivery_sum {
	char driver[ROW_ID_LEN];
	int64_t done, pending, dead, oldest_us, done_us;
	int64_t ever_done, ever_dead;
};
typedef int (*read_delivery_sum_cb)(void *arg, const struct delivery_sum *s);
int read_delivery_sums(struct db *db, read_delivery_sum_cb cb, void *arg);
/* All days together, by name. */
typedef int (*read_total_cb)(void *arg, const char *name, int64_t value);
int read_counter_totals(struct db *db, read_total_cb cb, void *arg);
/* Changes with every commit of another connection. -1: error. */
int64_t read_data_version(struct db *db);
