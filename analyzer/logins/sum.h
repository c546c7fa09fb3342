/* SPDX-License-Identifier: Apache-2.0 */
/* What many lines say in few rows: one for each account, client, result and
 * minute. Failures of a network are one client's, so that a flood of guesses
 * makes no flood of rows. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <uthash.h>

#include "analyzer/logins/event.h"
#include "base/keyed_hash.h"
#include "store/rows.h"

/* More than these, and they are to be written: about 12 MB. */
#define LOGIN_SUMS_MAX 65536

struct login_sum_key {
	uint8_t account[KEYED_HASH_BYTES];
	struct addr client; /* failure: of its network */
	int64_t minute;
	int64_t result;
};
struct login_sum {
	struct login_sum_key key;
	UT_hash_handle hh;  /* in the order of their first lines */
	struct addr client; /* of the first line */
	int64_t first_us, last_us;
	int64_t attempts, messages;
	struct login_answers answers;
};
/* All zero is empty. */
struct login_sums {
	struct login_sum *by_key;
};

/* 0; 1: with it they are LOGIN_SUMS_MAX; -1: no memory, it is not in. */
int login_sums_add(struct login_sums *s,
    const uint8_t account[static KEYED_HASH_BYTES],
    const struct login_event *e);
void login_sums_clear(struct login_sums *s);
/* What receivers said, in the row's columns of recipients: those neither
 * accepted nor unknown were rejected. */
void login_sum_answers(const struct login_sum *m, struct observation *o);
