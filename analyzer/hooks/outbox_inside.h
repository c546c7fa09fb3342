/* SPDX-License-Identifier: Apache-2.0 */
/* Private to outbox.c and outbox_load.c. */
#pragma once

#include "analyzer/hooks/ahead.h"
#include "analyzer/hooks/delays.h"
#include "analyzer/hooks/outbox.h"
#include "base/log.h"

struct unsaved {
	struct unsaved *next;
	bool turn_only; /* nothing else of the row */
	struct delivery row;
};
/* Which customer a decision is about; only while loading. */
struct link {
	int64_t seq;
	struct customer *customer;
};
struct outbox {
	struct db *db;
	const struct conf *conf;
	struct desired *desired;
	struct outbox_events events;
	void *arg;
	int64_t cursor[CONF_DRIVERS_MAX]; /* the last decision it has */
	struct unsaved *first, **last;
	size_t n_unsaved;
	int64_t failed_us; /* since when it cannot be written; 0: it can */
	struct log_limit noise;
	struct decision *batch;
	size_t n_batch;
	struct link *links;
	size_t n_links, cap_links;
	size_t loading; /* driver */
	struct ahead ahead;
	struct delays delays;
	bool no_memory;
	struct jsonw json;
	struct decision row; /* of the line that is written */
};

/* The store fails now; one that is damaged ends the process. */
void outbox_complain(struct outbox *o, const char *what);
/* The last decision all of whose rows are written. */
int64_t outbox_written_until(const struct outbox *o);
