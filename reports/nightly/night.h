/* SPDX-License-Identifier: Apache-2.0 */
/* What a report of one UTC day says, before it takes a form. It is a
 * function of the store alone: the same store gives the same report. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/db.h"
#include "reports/visibility.h"
#include "store/rows.h"

#define NIGHT_WEEK         7 /* days before it, for the median */
#define NIGHT_COUNTERS_MAX 256
#define NIGHT_OPEN_MAX     10
#define NIGHT_DOMAINS_MAX  20
#define NIGHT_SMALL        5 /* fewer are summed as "other" */
#define NIGHT_POLICIES_MAX 16

enum night_number {
	NIGHT_SUBSCRIBERS, /* with traffic of case 2 on port 25 */
	NIGHT_OPENED,
	NIGHT_CLOSED,
	NIGHT_OPEN, /* at the end of the day */
	NIGHT_BLOCKS,
	NIGHT_REPEATS, /* blocks above the ladder's first step */
	NIGHT_MANUAL_BLOCKS,
	NIGHT_MANUAL_ALLOWS,
	NIGHT_EXPIRED,
	NIGHT_RELEASED,
	NIGHT_IN_FORCE, /* blocks at the end of the day */
	NIGHT_NUMBERS
};

struct night_counter {
	char name[48];
	int64_t value;
};
struct night_incident {
	struct incident row;
	/* "blocked" and so on, at the end of the day */
	char does[64];
};
struct night_driver {
	char name[ROW_ID_LEN];
	int64_t done, pending, dead;
	char last_error[ROW_TEXT_LEN];
};
struct night_class {
	int64_t subscribers; /* as NIGHT_SUBSCRIBERS */
	int64_t incidents;   /* opened */
	int64_t blocks;      /* by the detector and by hand */
};
struct night_domain {
	char name[ROW_DOMAIN_LEN];
	int64_t messages, customers;
};

struct night {
	char date[12]; /* 2026-11-24 */
	char next[12]; /* the day after */
	int day;
	int64_t since_us, until_us;
	char tier[64], basis[ROW_TEXT_LEN], provider[256], mode[64];
	struct night_counter counters[NIGHT_COUNTERS_MAX];
	size_t n_counters;
	int64_t numbers[NIGHT_NUMBERS];
	/* of each of the days before; [0] is the day before */
	int64_t week[NIGHT_WEEK][NIGHT_NUMBERS];
	struct night_class classes[CLASS_COUNT];
	bool has_week;                    /* something is known of them */
	struct night_incident *incidents; /* opened this day, by id */
	size_t n_incidents, cap_incidents;
	struct incident open[NIGHT_OPEN_MAX]; /* longest first */
	size_t n_open;
	int64_t open_unblocked; /* need a person */
	struct night_driver *drivers;
	size_t n_drivers;
	struct night_domain domains[NIGHT_DOMAINS_MAX]; /* most first */
	size_t n_domains;
	int64_t other_messages, other_domains;
	int64_t spoofed;  /* messages, all tiers */
	int64_t oversize; /* messages */
	int64_t oversize_customers, misconfigured;
	/* handed to our servers, by senders whose SPF does not allow them */
	int64_t refusable, refusable_customers;
	int64_t observations, labels[LABEL_COUNT];
	struct visibility visibility; /* of all lines together */
	char policies[NIGHT_POLICIES_MAX][20];
	size_t n_policies;
};

/* 0; -1 with err. night_free() is legal after both. */
int night_collect(struct night *n, struct db *db, int64_t since_us, char *err,
    size_t errsize);
void night_free(struct night *n);
int64_t night_counter(const struct night *n, const char *name);
/* Median of the days before. */
int64_t night_median(const struct night *n, enum night_number number);
/* One line: what happened, what needs a person. */
void night_verdict(const struct night *n, char *buf, size_t size);
const char *night_number_name(enum night_number number); /* snake_case */
