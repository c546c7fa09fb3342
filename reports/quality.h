/* SPDX-License-Identifier: Apache-2.0 */
/* How often the detector was right, by what people said of it: incidents that
 * an operator closed, and complaints of others. Figures of a period, with the
 * intervals of reports/interval.h. docs/REPORTS.md has the definitions. */
#pragma once

#include <stdint.h>

#include "base/vocab.h"
#include "store/db.h"
#include "store/rows.h"

/* n of total; of nothing, value is NaN and the interval 0 to 1. */
struct quality_share {
	int64_t n, total;
	double value, low, high;
};
/* Over n cases; without one, both are -1. */
struct quality_delay {
	int64_t n, median_us, p90_us;
};
/* Incidents that were opened in the period. opened = right + wrong +
 * duplicate + unlabelled. */
struct quality_incidents {
	int64_t opened;
	int64_t right;      /* closed as fixed, or complained about */
	int64_t wrong;      /* closed as fp */
	int64_t duplicate;  /* of another one: no case of its own */
	int64_t unlabelled; /* nobody has said what it was */
	struct quality_share precision; /* right of right and wrong */
};
/* Complaints about mail of the period. Those that count say abuse: not
 * not-spam, and not an automatic report of a failed authentication. counted =
 * unmatched + covered + disputed + missed. */
struct quality_complaints {
	int64_t all, counted;
	int64_t unmatched; /* no customer found */
	int64_t covered;   /* an incident stands around that time */
	int64_t disputed;  /* only such as were closed as fp */
	int64_t missed;    /* none */
	int64_t before;    /* covered, and opened before the complaint came */
};
/* Blocks that the detector began in the period. */
struct quality_blocks {
	int64_t all, enforced;
	int64_t right, wrong, unlabelled; /* by their incidents */
};

struct quality {
	int64_t since_us, until_us;
	struct quality_incidents incidents; /* all kinds */
	struct quality_incidents kinds[INCIDENT_KIND_COUNT];
	struct quality_complaints complaints;
	/* Customers: of those complained about, the ones found. */
	struct quality_share recall_complained;
	/* Found by incidents that are not wrong, of these and the missed ones:
	 * recall is at most this. */
	struct quality_share recall_bound;
	/* From the first row of the evidence to the incident, where no one has
	 * called it wrong and the row is still kept. */
	struct quality_delay detect;
	/* From the mail that was complained about; 0: it came later. */
	struct quality_delay detect_complained;
	struct quality_blocks blocks;
	/* Customers that spoke to a foreign port 25, once a UTC day. */
	int64_t customer_days;
	/* Wrong blocks per million customer-days; NaN without such days. */
	double wrong_rate, wrong_rate_low, wrong_rate_high;
	/* What the budget allows for so many customer-days, and the share of
	 * it that the wrong blocks are; NaN without such days. */
	double budget_blocks, budget_used, budget_low, budget_high;
};

/* At most so many wrong blocks a day for so many customers. */
struct quality_budget {
	int64_t blocks, customers;
};

/* Of since_us to until_us, half open. 0; -1: db_error(). Reads the log of the
 * period once, for the customer-days. */
int quality_read(struct db *db, int64_t since_us, int64_t until_us,
    const struct quality_budget *budget, struct quality *q);

/* An incident of a kind that says abuse, from a day before it was opened to a
 * day after its last evidence. */
bool quality_covers(const struct incident *i, const struct complaint *c);
/* Says abuse, and was written by a person or for one. */
bool quality_counts(const struct complaint *c);
