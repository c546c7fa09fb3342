/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts of the own submission servers: from which networks each logged in,
 * how much it sent and how that fared, and whether only a thief can have done
 * that.
 *
 * A network is an IPv4 /24 or an IPv6 /48. An account remembers at most
 * ACCOUNT_NETWORKS_MAX of them, the last used; the table holds ACCOUNTS_MAX
 * accounts, the last used. What is forgotten is new again: that can open an
 * incident too many, for an account that moves more than anybody does. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <uthash.h>

#include "analyzer/decide/explain.h"
#include "analyzer/detect/answers.h"
#include "analyzer/detect/keyset.h"
#include "analyzer/detect/policy.h"
#include "store/rows.h"

#define ACCOUNTS_MAX         262144
#define ACCOUNT_NETWORKS_MAX 32
#define ACCOUNT_FAILURES_MAX 16

struct account_network {
	uint64_t network;
	int64_t first_us, last_us;
	int64_t sent_us; /* begins the window of messages; 0: none came */
	int64_t last_obs, sent_obs;
	int32_t messages; /* in the window */
	int32_t guessers; /* networks that had failed, it among them; or 0 */
};
struct account_failure {
	uint64_t network;
	int64_t last_us;
};
/* The most messages within one window, in this half of its memory and in the
 * half before. */
struct account_usual {
	int64_t half, window;
	int32_t messages; /* of the running window */
	int32_t most, most_before;
};

struct account {
	UT_hash_handle hh;
	struct account *prev, *next; /* by use, oldest first */
	uint8_t id[ROW_HASH_BYTES];
	int64_t first_us; /* log-in */
	struct account_network *networks;
	struct account_failure *failures;
	uint8_t n_networks, cap_networks, n_failures, cap_failures;
	struct account_usual usual;
	struct answers answers;
};

/* All zero but max is an empty table. */
struct accounts {
	struct account *by_id;
	struct account *oldest, *latest;
	size_t n, max;
	uint64_t evicted;
	int64_t first_us; /* of the first row of the log; 0: none yet */
};

/* Why this row says that somebody else has the password. */
struct account_finding {
	struct account_words words; /* accounts: 1 */
	struct keyset networks;     /* the caller clears it */
	uint64_t network;           /* of the row */
	int64_t since_us, first_obs;
};

/* A row of the kind login. 1: a finding; 0: none; -1: no memory. */
int accounts_note(struct accounts *t, const struct policy *p,
    const struct observation *o, struct account_finding *f);
/* Somebody has logged in to it. */
bool accounts_know(
    const struct accounts *t, const uint8_t id[static ROW_HASH_BYTES]);
void accounts_free(struct accounts *t);
/* A blank one, used last of all; NULL: it is there, or no memory. */
struct account *accounts_restore(
    struct accounts *t, const uint8_t id[static ROW_HASH_BYTES]);

/* The /24 or /48 as a key; its /16 or /32. */
uint64_t account_network(const struct addr *a);
uint64_t account_block(uint64_t network);
