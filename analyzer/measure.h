/* SPDX-License-Identifier: Apache-2.0 */
/* What the metrics tell of the log as it is applied: how much of the mail
 * could be looked at, and how long after its evidence a decision stood. */
#pragma once

#include <stdint.h>

#include "analyzer/tally.h"
#include "store/rows.h"

/* What a row says of how much could be looked at, of mail from a line to a
 * foreign server. */
enum sight {
	SIGHT_NONE,      /* it is not about that */
	SIGHT_UNJUDGED,  /* a mail in the clear without a verdict */
	SIGHT_JUDGED,    /* with one */
	SIGHT_ENCRYPTED, /* a session; nobody knows how many mails */
};
enum sight sight_of(const struct observation *o);

/* A row that was labelled. */
void measure_row(struct tally *t, const struct observation *o);
/* A block of the detector that is written at now_us. Evidence that is older
 * than a day is a capture of another time and not counted. */
void measure_decision(
    struct tally *t, const struct decision *d, int64_t now_us);
