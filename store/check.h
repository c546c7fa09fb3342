/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the file is whole, and says of itself what the programs rely on. */
#pragma once

#include "store/db.h"

/* One thing that is wrong: the name of the check, and what it found. Not 0
 * ends the check and is returned. */
typedef int (*db_finding_cb)(void *arg, const char *check, const char *what);
/* 0: it ran to its end, whatever it found; -1. */
int db_check(struct db *db, db_finding_cb cb, void *arg);
