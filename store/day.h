/* SPDX-License-Identifier: Apache-2.0 */
/* Private to store/: the observation tables, one per UTC day, and the
 * numbers of their rows. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct db;

/* The day whose table holds a row of that time: 19700101 to 99991231. */
int day_of(int64_t ts_us);
/* Inside a transaction: the next obs_no in that day's table, which is made
 * when it is missing. */
int day_number(struct db *db, int day, int64_t *obs_no);
/* 1 the day has a table, 0, -1. */
int day_exists(struct db *db, int day);
/* The catalogue and the sequence, as this transaction has changed them. */
int day_flush(struct db *db);
void day_forget(struct db *db);
/* Days first .. last that have a table, ascending; malloc'd. */
struct day_range {
	int day;
	int64_t first_obs, last_obs;
};
int day_list(
    struct db *db, int first, int last, struct day_range **days, int *n);
