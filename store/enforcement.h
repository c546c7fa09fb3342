/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of enforcement: differences between decisions and drivers, how the
 * drivers fare, what the desk asks of sekisho-hooks. Results as in read.h and
 * write.h. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"
#include "store/rows.h"

typedef int (*read_difference_cb)(void *arg, const struct difference *d);
typedef int (*read_enforcer_cb)(void *arg, const struct enforcer *e);
typedef int (*read_hook_request_cb)(void *arg, const struct hook_request *r);

/* The dispatcher: inserts when d->id is 0, and sets it; else replaces. */
int write_difference(struct db *db, struct difference *d);
/* The dispatcher: replaces by driver. */
int write_enforcer(struct db *db, const struct enforcer *e);
/* Rows of drivers that are not configured any more go, and what they differed
 * in has ended: all but these. */
int write_enforcers_only(
    struct db *db, const char *const *drivers, size_t n, int64_t now_us);
/* The desk; sets r->id. */
int write_hook_request(struct db *db, struct hook_request *r);
/* The dispatcher. */
int write_hook_request_done(
    struct db *db, int64_t id, int64_t now_us, const char *result);

/* The dispatcher: added to what the analyzer has not taken yet. */
int write_refusal(struct db *db, const struct refusal *r);
/* The analyzer, inside db_begin(): the first one that waits, which goes. 1, 0
 * when none waits, -1. */
int take_refusal(struct db *db, struct refusal *r);
/* Those that were there at any time of since_us <= t < until_us (0: no
 * bound), of one driver or of all (NULL), by id. For the nightly report: the
 * day's bounds. */
int read_differences(struct db *db, const char *driver, int64_t since_us,
    int64_t until_us, read_difference_cb cb, void *arg);
/* Those that are there now. */
int read_differences_there(
    struct db *db, const char *driver, read_difference_cb cb, void *arg);
int read_enforcers(struct db *db, read_enforcer_cb cb, void *arg); /* by name */
/* Not done yet, by id. */
int read_hook_requests(struct db *db, read_hook_request_cb cb, void *arg);
/* 1 found, 0 not there, -1. */
int read_hook_request(struct db *db, int64_t id, struct hook_request *r);
/* The last panic or panic-off: 1 panic is on (and *r), 0 it is not, -1. */
int read_panic(struct db *db, struct hook_request *r);
