/* SPDX-License-Identifier: Apache-2.0 */
/* Mails in the queues of our submission servers: whose they are, so that what
 * receivers say of them is known of the account. In memory alone: of what was
 * handed in before a restart, answers are not known.
 *
 * A server's answer of one kind counts once a minute for an account, and that
 * a recipient is bad once while it is remembered: one dead address that a
 * machine writes to day after day is no list of them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/logins/event.h"
#include "base/keyed_hash.h"

/* Mails at most; then the oldest is forgotten. About 10 MB. */
#define LOGIN_MAILS_MAX 65536

struct mails;

/* NULL: no memory. */
struct mails *mails_new(void);
void mails_free(struct mails *m); /* NULL is legal */

/* The account has handed in this mail. 0, or -1 without memory. */
int mails_begin(struct mails *m, const struct login_queue *q,
    const uint8_t account[static KEYED_HASH_BYTES], const struct addr *client);
/* A later step of it. True: an answer that counts; account and *e (but for
 * the account's name) are filled. */
bool mails_step(struct mails *m, const struct login_mail *mail, int64_t ts_us,
    uint8_t account[static KEYED_HASH_BYTES], struct login_event *e);
