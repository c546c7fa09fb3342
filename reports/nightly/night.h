/* SPDX-License-Identifier: Apache-2.0 */
/* What a report of one day says, before it takes a form. It is a function of
 * the store and the configuration alone: the same ones give the same
 * report. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reports/nightly/zone.h"
#include "reports/visibility.h"
#include "store/db.h"
#include "store/rows.h"

#define NIGHT_COUNTERS_MAX 1024
#define NIGHT_OPEN_MAX     10
#define NIGHT_DOMAINS_MAX  20
#define NIGHT_SMALL        5 /* fewer are summed as "other" */
#define NIGHT_POLICIES_MAX 16
#define NIGHT_CASES        4
#define NIGHT_SOON_US      (7 * INT64_C(86400) * 1000000)

enum night_number {
	NIGHT_SUBSCRIBERS, /* with traffic of case 2 on port 25 */
	NIGHT_OPENED,
	NIGHT_CLOSED,
	NIGHT_FALSE, /* of these, closed as a false positive */
	NIGHT_OPEN,  /* at the end of the day */
	NIGHT_BLOCKS,
	NIGHT_REPEATS, /* blocks above the ladder's first step */
	NIGHT_MANUAL_BLOCKS,
	NIGHT_MANUAL_ALLOWS,
	NIGHT_EXPIRED,
	NIGHT_RELEASED,
	NIGHT_IN_FORCE, /* blocks at the end of the day */
	NIGHT_ALLOWED,  /* allows at the end of the day */
	NIGHT_NOTIFIED, /* customers to whom a letter was written */
	NIGHT_NUMBERS
};
/* Sessions by the port they went to. */
enum night_port {
	NIGHT_PORT25,
	NIGHT_PORT25_AUTH,
	NIGHT_PORT587,
	NIGHT_PORT465,
	NIGHT_PORTS
};

struct night_counter {
	char name[80];
	int64_t value;
};
/* Decision that counts for a customer at the end of the day. */
struct night_standing {
	bool found;
	int64_t seq;
	enum action action;
	enum cause cause;
	enum mode mode;
};
struct night_incident {
	struct incident row;
	struct night_standing standing;
};
struct night_driver {
	char name[ROW_ID_LEN];
	int64_t done, pending, dead;
	int64_t oldest_us; /* of those that wait; 0: none */
	char last_error[ROW_TEXT_LEN];
};
/* The worst gap of the day between what was decided and what a driver held. */
struct night_gap {
	char driver[ROW_ID_LEN];
	int64_t worst;            /* missing and extra entries; 0: no gap */
	int64_t begin_us, end_us; /* within the day, by the lists that came */
	bool there; /* at the end of the day, or when nobody knew more */
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
/* Of a customer who was blocked before. */
struct night_again {
	struct decision row;
	int64_t ended_us; /* the block before; 0: not within 30 days */
};
#define NIGHT_LIST(type)                                                       \
	struct {                                                               \
		type *v;                                                       \
		size_t n, cap;                                                 \
	}

struct night {
	struct zone_days days;
	char date[12];
	char since[24], until[24]; /* RFC 3339, UTC */
	char next[24];             /* until and 24 hours */
	int64_t since_us, until_us, next_us;
	int64_t begin_us;        /* of the whole log; 0: it is empty */
	int utc_first, utc_last; /* UTC days that it touches: 20261124 */
	char tier[64], basis[ROW_TEXT_LEN], provider[256], mode[64];
	struct night_counter counters[NIGHT_COUNTERS_MAX];
	size_t n_counters;
	/* [number][0] is this day, [1] the day before, ... */
	int64_t numbers[NIGHT_NUMBERS][ZONE_DAYS];
	struct night_class classes[CLASS_COUNT];
	int64_t kinds[INCIDENT_KIND_COUNT];      /* opened */
	NIGHT_LIST(struct night_incident) fresh; /* opened this day, by id */
	struct incident open[NIGHT_OPEN_MAX];    /* longest first */
	size_t n_open;
	int64_t need_person;
	int64_t new_customers; /* with an incident that was opened this day */
	int64_t new_notified;  /* of these, by a letter until next_us */
	NIGHT_LIST(struct brake_row) brakes;  /* on at some time of the day */
	NIGHT_LIST(struct night_again) again; /* NIGHT_REPEATS, by seq */
	NIGHT_LIST(struct decision) allows;   /* made this day, by seq */
	NIGHT_LIST(struct decision) ending;   /* allows that end soon */
	NIGHT_LIST(struct night_driver) drivers;   /* told something */
	NIGHT_LIST(struct enforcer) enforcers;     /* as they are now */
	NIGHT_LIST(struct night_gap) gaps;         /* drivers listed this day */
	NIGHT_LIST(struct difference) differences; /* there on this day */
	struct night_domain domains[NIGHT_DOMAINS_MAX]; /* most first */
	size_t n_domains;
	int64_t other_messages, other_domains;
	int64_t spoofed;  /* messages, all tiers */
	int64_t oversize; /* messages */
	int64_t oversize_customers, misconfigured;
	/* handed to our servers, by senders whose SPF does not allow them */
	int64_t refusable, refusable_customers;
	int64_t cases[NIGHT_CASES]; /* transactions */
	int64_t ports[NIGHT_PORTS]; /* sessions that ended */
	int64_t observations, labels[LABEL_COUNT];
	int64_t taps;                 /* agents in the log of the day */
	struct visibility visibility; /* of all lines together */
	char policies[NIGHT_POLICIES_MAX][20];
	size_t n_policies;
};

/* 0; -1 with err. night_free() is legal after both. */
int night_collect(struct night *n, struct db *db, const struct zone_days *days,
    char *err, size_t errsize);
void night_free(struct night *n);
int64_t night_counter(const struct night *n, const char *name);
/* Of the seven days before. */
int64_t night_median(const int64_t series[static ZONE_DAYS]);
/* Whether the days before can be told of it. */
bool night_has_series(enum night_number number);
/* Captured of the UTC days that the night touches, 1/10 %: 1000 at most. */
int night_capture_permille(const struct night *n);
const char *night_number_name(enum night_number number); /* snake_case */
/* Room for one more; NULL: no memory. list: &{v, n, cap}. */
void *night_grow(void **v, size_t *n, size_t *cap, size_t size);
