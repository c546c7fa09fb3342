/* SPDX-License-Identifier: Apache-2.0 */
/* Records in, applied log out. Every batch is one transaction: rows are
 * logged at once; those that wait for DNS are applied when it has answered,
 * each customer's rows in record order (replay: all rows in record order).
 * The caller acknowledges what a returned batch has committed. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "analyzer/identity/dhcp/feed.h"
#include "analyzer/identity/lease_book.h"
#include "analyzer/logins/logins.h"
#include "base/conf.h"
#include "base/record.pb-c.h"

struct pipeline;

enum pipeline_order { PIPELINE_LIVE, PIPELINE_REPLAY };

/* Opens the store, takes the apply lock, loads the subscribers, rebuilds the
 * state and takes up what a crash left pending. NULL with err set. Borrows
 * conf. */
struct pipeline *pipeline_new(uv_loop_t *loop, const struct conf *c,
    enum pipeline_order order, char *err, size_t errsize);
/* Ends look-ups and closes the store. The loop must run once more for the
 * handles. NULL is legal. */
void pipeline_free(struct pipeline *p);

/* Logs a batch. now_us: wall clock when the agent is a live one, whose
 * records then may not be far ahead of it (analyzer/take.h); INT64_MAX: it
 * comes from a file. 0: committed; -1: nothing of it, and pipeline_error() says
 * why: free this pipeline and make a new one. */
int pipeline_batch(struct pipeline *p, const Sekisho__Batch *b, int64_t now_us);
/* What a source of leases says, in one transaction; now_us: the clock, which
 * no event may be far ahead of. 0: committed; -1 as above. */
int pipeline_leases(struct pipeline *p, const struct lease_event *events,
    size_t n, int64_t now_us);
/* What files of leases say, and how far they were read, in one transaction.
 * 0, or -1 as above. */
int pipeline_lease_files(
    struct pipeline *p, const struct lease_feed_batch *b, int64_t now_us);
/* Reads the subscriber file again; a bad one changes nothing, and the log says
 * so. 0, or -1 as above. */
int pipeline_subscribers(struct pipeline *p, int64_t now_us);
/* Now and then, live: sessions that nobody refreshed end, and what is due
 * while no record comes. 0, or -1 as above. */
int pipeline_tick(struct pipeline *p, int64_t now_us);
/* Logs what the submission servers' logs say, and how far they were read, in
 * one transaction. 0, or -1 as pipeline_batch(). */
int pipeline_logins(struct pipeline *p, const struct login_batch *b);
/* 1 found, 0 not there, -1. */
int pipeline_file_position(
    struct pipeline *p, const char *path, struct file_position *position);
/* Highest committed sequence number of an agent's boot; 0: none. */
int pipeline_cursor(
    struct pipeline *p, const char *agent, uint64_t boot, uint64_t *seq);
/* More is unapplied than memory is meant for: read no further. */
bool pipeline_is_full(const struct pipeline *p);
bool pipeline_is_idle(const struct pipeline *p);
/* Called from the loop when is_full, is_idle or the error may have changed. */
void pipeline_on_progress(struct pipeline *p, void (*cb)(void *arg), void *arg);
/* NULL: none. */
const char *pipeline_error(const struct pipeline *p);
/* Pending operator actions and lines about leases, now. 0, or -1. */
int pipeline_operator(struct pipeline *p, int64_t now_us);
/* Replay is over: end what is due at the last record's time. 0, or -1. */
int pipeline_finish(struct pipeline *p);
