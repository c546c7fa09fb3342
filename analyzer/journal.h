/* SPDX-License-Identifier: Apache-2.0 */
/* Rows on their way through the log: written at once, their senders checked
 * where that is worth it, applied in order. What waits for a check holds up
 * the rows behind it: live, those of its customer; else all. Each function
 * that returns 0 or -1 runs inside the caller's transaction; after -1 (the
 * store failed, or memory) roll back and begin anew. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "analyzer/applier.h"
#include "analyzer/tally.h"
#include "base/conf.h"
#include "store/db.h"

struct journal;

/* All borrowed. */
struct journal_means {
	uv_loop_t *loop;
	const struct conf *conf;
	struct db *db;
	struct applier *applier;
	struct tally *tally;
	bool live;
	/* From the loop: an answer waits for journal_take_answers(). */
	void (*answered)(void *arg);
	void *arg;
};

/* NULL with err set. */
struct journal *journal_new(
    const struct journal_means *means, char *err, size_t errsize);
/* Ends look-ups. NULL is legal. */
void journal_free(struct journal *j);
/* In a transaction of its own: takes up what a crash left, and what the hour
 * has cost. */
int journal_recover(struct journal *j);

/* A row of a record: its check is planned. */
int journal_log(struct journal *j, struct observation *o);
/* A row that needs no check, and is written as it is. */
int journal_log_plain(struct journal *j, struct observation *o);
/* The customer's addresses changed: applied behind the rows that wait, which
 * were sent from the ones before. */
int journal_move(struct journal *j, const char *customer, int64_t at_us);
int journal_take_answers(struct journal *j);
/* Applies what is ready, and (live) ends what is due. */
int journal_apply(struct journal *j);
/* Ends what is due at the last row's time. */
int journal_finish(struct journal *j);
/* After the commit: checks that wait begin. */
void journal_start_checks(struct journal *j);

/* Rows that wait. */
size_t journal_count(const struct journal *j);
/* Record time, which goes forth only. */
int64_t journal_clock_us(const struct journal *j);
void journal_advance(struct journal *j, int64_t ts_us);
/* A batch has been seen, and record time may go on (record_time.h). */
int journal_batch_seen(struct journal *j, int64_t now_us);
void journal_go_on(struct journal *j, int64_t now_us);
