/* SPDX-License-Identifier: Apache-2.0 */
/* What sources of leases say, on its way into the book of leases: told, and
 * counted. All of it inside the caller's transaction; 0, or -1: roll back and
 * begin anew, as lease_book_take() says. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/identity/dhcp/feed.h"
#include "analyzer/identity/lease_book.h"
#include "analyzer/tally.h"
#include "base/record.pb-c.h"
#include "store/heard.h"

struct lease_intake {
	struct db *db;
	struct lease_book *book;
	struct tally *tally;
	bool lost; /* the book's owner had no memory for what was told */
	int64_t counted[LEASES_COUNTS]; /* of the book: in the tally */
	struct heard_told heard;
};

int lease_intake_take(
    struct lease_intake *i, const struct lease_event *e, int64_t now_us);
/* A record Lease of an agent. */
int lease_intake_record(
    struct lease_intake *i, const Sekisho__Record *r, int64_t now_us);
int lease_intake_files(
    struct lease_intake *i, const struct lease_feed_batch *b, int64_t now_us);
/* Lines of the desk that wait. 1: there may be more. */
int lease_intake_requests(struct lease_intake *i, int64_t now_us);
/* 1: some wait; 0; -1: the store failed. */
int lease_intake_is_asked(const struct lease_intake *i);
/* What the book counted since the last call, on the day of now_us. */
void lease_intake_count(struct lease_intake *i, int64_t now_us);
