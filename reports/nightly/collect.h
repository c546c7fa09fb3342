/* SPDX-License-Identifier: Apache-2.0 */
/* Private to reports/nightly/: parts of night_collect(). */
#pragma once

#include "reports/nightly/night.h"

/* A zeroed place at the end of a NIGHT_LIST; NULL: no memory. */
#define NIGHT_ADD(list)                                                        \
	night_grow(                                                            \
	    (void **)&(list)->v, &(list)->n, &(list)->cap, sizeof(*(list)->v))

/* 0, or -1. */
int night_read_enforcement(struct night *n, struct db *db);
/* After the incidents. 0, or -1. */
int night_read_letters(struct night *n, struct db *db);
