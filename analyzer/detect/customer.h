/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that the engine knows of one customer, and the table of them.
 * The table holds CUSTOMERS_MAX; above that a customer who is indistinguish-
 * able from a new one makes room, so that eviction never changes a result.
 * When nobody is, the table grows: it can hold no more customers than the
 * subscriber file names. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/decide/decision.h"
#include "analyzer/decide/incident.h"
#include "analyzer/detect/burst.h"
#include "analyzer/detect/novelty.h"
#include "analyzer/detect/retry.h"
#include "analyzer/detect/roster.h"
#include "analyzer/detect/score.h"
#include "analyzer/detect/spread.h"

#define CUSTOMERS_MAX 262144

/* Mails that were seen to be delivered, or refused for good, in this burst
 * window and the one before; connections to servers that were new to him. */
struct fates {
	int64_t window;
	uint32_t good, bad, good_before, bad_before;
	uint32_t fresh, fresh_before;
};

/* What most customers never have. */
struct casefile {
	struct incident_book incidents;
	struct standing standing;
};

/* A row of anybody touches what stands first: kept close for the cache. What
 * few need is a pointer, NULL until it is needed. */
struct customer {
	int64_t last_us; /* of the row applied last; windows run on it */
	/* when something is due, and the place in the heap; 0: not in it */
	int64_t due_us;
	uint32_t heap_at;
	uint8_t line_class;       /* enum line_class */
	bool failed_closed;       /* port_probe or blocked_attempts */
	int32_t spoof_milli;      /* spoofed_sender: its score, or credit */
	struct casefile *cases;   /* see customer_cases() */
	struct score score;       /* spam_bot */
	struct burst connections; /* bot_burst */
	struct fates fates;       /* bot_burst: what spoke against it */
	struct spread spread;     /* bot_burst, in days */
	struct novelty *novelty;  /* of its mail; NULL: nothing is known */
	/* Windows of a day at most. */
	struct burst *spoofed;      /* spoofed_sender */
	struct burst *logins;       /* misconfigured_client */
	struct burst *failed;       /* port_probe, blocked_attempts */
	int64_t last_strong_us;     /* a label that no mail program earns */
	int64_t last_unverified_us; /* an attempt whose source may be forged */
	struct retries retries;
	struct customer *prev, *next; /* the eviction queue */
	char id[];
};

/* All zero but max is an empty table. */
struct customers {
	struct roster by_id;
	struct customer *first, *last; /* next to be looked at, and last */
	size_t n, max;
	uint64_t evicted, over; /* over: came although the table was full */
};

/* NULL: not there. */
struct customer *customers_find(const struct customers *t, const char *id);
/* Found or new. NULL: no memory. */
struct customer *customers_get(
    struct customers *t, const char *id, const struct conf *c, int64_t now_us);
void customers_free(struct customers *t);

/* The customer's time when a row of ts_us applies: it does not run backward
 * by less than a minute (two taps); a longer way back is another capture,
 * whose windows begin anew. */
int64_t customer_advance(struct customer *c, int64_t ts_us);
void customer_clear_windows(struct customer *c);

/* Nothing in it, and nothing to remember. */
bool casefile_is_blank(const struct casefile *f);
/* Incidents and decisions, to be read: never NULL. */
const struct casefile *customer_cases(const struct customer *c);
/* The same, to be changed. NULL: no memory. */
struct casefile *customer_open_cases(struct customer *c);
/* Gives its memory back when it is blank. */
void customer_close_cases(struct customer *c);
/* One of the windows that are pointers; NULL: no memory. */
struct burst *customer_window(struct burst **w);
