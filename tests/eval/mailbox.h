/* SPDX-License-Identifier: Apache-2.0 */
/* What the submission server's log says of the customer's account, as rows:
 * counted and summed up by the analyzer's own code, by client and minute. A
 * row is there when its minute is over. */
#pragma once

#include "analyzer/logins/mails.h"
#include "analyzer/logins/sum.h"
#include "store/rows.h"
#include "tests/eval/life.h"

/* All zero is empty. */
struct mailbox {
	struct mails *mails; /* NULL: none was handed in */
	struct login_sums sums;
	int64_t minute; /* of them */
	struct observation row;
};

/* Frees what the life before left. */
void mailbox_begin(
    struct mailbox *m, const struct life *l, const char *customer);
/* A line; all rows before its minute must have been taken. 0, or -1 without
 * memory. */
int mailbox_add(struct mailbox *m, const struct event *e);
/* The next row of a minute before that time; NULL: there is none. Borrowed
 * until the next call. */
struct observation *mailbox_row(struct mailbox *m, int64_t ts_us);
/* Somebody else's log-in, with which the log begins: accounts that come
 * later were not there before. */
struct observation *mailbox_opening(struct mailbox *m);
/* Frees what is left. */
void mailbox_end(struct mailbox *m);
