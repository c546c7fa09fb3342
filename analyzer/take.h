/* SPDX-License-Identifier: Apache-2.0 */
/* One record of an agent: counted, and made into a row of the log where it
 * is one. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/identity/lease_book.h"
#include "analyzer/tally.h"
#include "base/conf.h"
#include "base/record.pb-c.h"
#include "store/rows.h"

/* A live agent's clock may be ahead of ours by so much. */
#define TAKE_AHEAD_S 3600

struct take {
	const struct conf *conf;
	struct lease_book *leases;
	struct tally *tally;
	/* who tells it */
	const char *agent;
	uint64_t boot;
	bool fresh; /* nothing of this boot is in the log */
};

/* A record that would carry the log's time where nobody is yet: what ends by
 * itself would end, and what comes after it would be too old to count. It is
 * counted, on the day of now_us, and the agent named in the log. now_us:
 * wall clock; INT64_MAX: a file is read, nothing is of the future. */
bool take_is_future(
    const struct take *t, const Sekisho__Record *r, int64_t now_us);
/* 1: *o is filled, it goes into the log; 0: it was counted only; -1: the store
 * failed, and nobody can tell whose it is. */
int take_record(
    const struct take *t, const Sekisho__Record *r, struct observation *o);
