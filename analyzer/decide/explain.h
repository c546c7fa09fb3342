/* SPDX-License-Identifier: Apache-2.0 */
/* Rows in words that a help desk can read out. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/rows.h"

/* "40 s", "10 min", "24 h", "7 d": the largest unit that fits at least
 * once, rounded down; "less than a second". */
void explain_duration(int64_t us, char *buf, size_t size);
/* What an account did that its owner hardly can have done. */
struct account_words {
	char id[17];               /* hex digits of its hash */
	int64_t networks, span_us; /* log-ins from so many; 0: no matter */
	/* mails from a new network; 0: no matter */
	int64_t messages, burst_us, first_us;
	int64_t usual, window_us; /* most in so long, before */
	int64_t guessers;         /* networks that failed, it among them */
	/* what receivers said of its mail within so long; 0: no matter */
	int64_t unknown, rejected, delivered, answers_us;
	bool own_line;    /* the last of it came from the customer's own */
	int64_t accounts; /* of the customer, this one among them */
};
/* What the words say that the row does not. */
struct explain_evidence {
	int64_t since_us;
	bool unverified; /* a source address in it may be forged */
	bool estimate;   /* the number of servers is one */
	/* compromised_account; else NULL */
	const struct account_words *account;
	int64_t block_age_us; /* enforcement_leak */
	int64_t held_by;      /* the mass-event brake that holds its block */
};
/* Counts only, no envelope data. */
void explain_incident_summary(const struct incident *i,
    const struct explain_evidence *e, char *buf, size_t size);
/* SPF: "example.com does not allow 192.0.2.7 to send: -all"; "" when it was
 * not checked. Holds what the row holds: domains at tier domains. */
void explain_spf(const struct observation *o, char *buf, size_t size);
/* One log entry: what was seen, what it was taken for and why, what that
 * did to the score. Made for the desk's screen, not for logs. */
void explain_observation(const struct observation *o, char *buf, size_t size);
