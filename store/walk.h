/* SPDX-License-Identifier: Apache-2.0 */
/* Private to store/: one query over the day tables, its rows merged into one
 * ascending order. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/read.h"

enum walk_order { WALK_OBS, WALK_APPLIED };

/* One customer's rows of the day's part ?4; the walk asks for part after
 * part, as the index has them. */
#define WALK_CUSTOMER                                                          \
	"SELECT {columns} FROM observation_{day} "                             \
	"WHERE obs_no >> 14 = ?4 AND customer = ?1 "
#define WALK_PART(obs_no) ((obs_no) >> 14)

struct walk {
	const char *sql;      /* of one day: {columns}, {day}; ascending */
	const char *customer; /* bound to ?1; NULL: not WALK_CUSTOMER */
	int64_t from, to;     /* bound to ?2 and ?3 */
	enum walk_order order;
	int first_day, last_day;
	/* WALK_OBS: none but these; last 0: all. The first is bound to ?4
	 * where that is no WALK_CUSTOMER. */
	int64_t first_obs, last_obs;
	int64_t limit;                 /* 0: none */
	const struct condition *where; /* of {where} */
};

/* Non-zero from cb ends it and is returned. */
int walk_days(
    struct db *db, const struct walk *w, read_observation_cb cb, void *arg);
