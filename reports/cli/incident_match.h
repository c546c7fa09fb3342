/* SPDX-License-Identifier: Apache-2.0 */
/* Which incidents a list wants: what an index can tell goes into the range of
 * the store, the rest is asked of each row. */
#pragma once

#include <stdbool.h>

#include "reports/cli/cli.h"
#include "reports/filter.h"

/* A customer had the address of --ip. */
struct incident_holder {
	char customer[ROW_ID_LEN];
	int64_t from_us, until_us;
};
struct incident_match {
	struct cli *c;
	struct filter filter;
	bool whole; /* the range says it all */
	struct incident_holder *holders;
	size_t n, cap;
};

/* Reads the options into m and r. The exit code; in any case
 * incident_match_free() follows. */
int incident_match_open(
    struct incident_match *m, struct cli *c, struct read_range *r);
/* Who had the address of --ip, by customer; c->db is open. The exit code. */
int incident_match_holders(struct incident_match *m);
void incident_match_free(struct incident_match *m);
/* 1, 0; -1: the store failed. */
int incident_matches(const struct incident_match *m, const struct incident *i);
