/* SPDX-License-Identifier: Apache-2.0 */
/* What the store knows that a letter may tell its customer. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/conf.h"
#include "reports/letter/field.h"
#include "store/db.h"
#include "store/rows.h"

#define LETTER_DOMAINS_MAX 5

struct letter_facts {
	char reference[24]; /* I12, D7 */
	char customer[ROW_ID_LEN];
	enum line_class line_class;
	bool has_incident;
	struct incident incident;
	struct decision told; /* the decision that was named; seq 0: none */
	/* of the evidence that is still there */
	struct addr client; /* all zero: none */
	int64_t first_us, last_us;
	int64_t mails, delivered, refused_for_good;
	bool verified; /* some row cannot have been forged by others */
	int64_t helos; /* distinct full HELO names, 3 at the most */
	char helo_seen[3][ROW_DOMAIN_LEN];
	int n_domains; /* sender domains that do not allow the line */
	char domains[LETTER_DOMAINS_MAX][ROW_DOMAIN_LEN];
	bool more_domains;
	/* of the customer at that time; 0: no block is in force */
	int64_t blocked_since_us, blocked_until_us; /* until 0: without end */
	bool blocked, was_blocked;
	int64_t released_us; /* when the last block ended; 0: it did not */
};

/* Of an incident. 1; 0 there is none; -1 store error. */
int letter_facts_incident(
    struct letter_facts *f, struct db *db, int64_t id, int64_t at_us);
/* Of a decision, and of its incident when it has one. */
int letter_facts_decision(
    struct letter_facts *f, struct db *db, int64_t seq, int64_t at_us);
/* The case for it. -1: nothing that the customer could do; *why says so. */
int letter_facts_case(
    const struct letter_facts *f, const struct conf *c, const char **why);
