/* SPDX-License-Identifier: Apache-2.0 */
/* An incident in sentences that a help desk can read to the customer: what was
 * seen, what it most likely is, what was done, what to do. English. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/rows.h"

/* What the rows of the evidence say that the incident does not. */
struct aloud {
	int64_t first_us;         /* of the first row; 0: none is kept */
	bool unverified;          /* a row may be somebody else's doing */
	char spf[ROW_TEXT_LEN];   /* of the last forged sender; "": none */
	char server[ADDR_STRLEN]; /* of the last row */
	bool closed_already; /* port 25 was, by something else; the caller's */
};
void aloud_note(struct aloud *a, const struct observation *o);
/* decisions: those that came of the incident, by seq. */
void aloud_words(const struct aloud *a, const struct incident *i,
    const struct decision *decisions, size_t n, char *buf, size_t size);
