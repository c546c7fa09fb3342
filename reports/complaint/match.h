/* SPDX-License-Identifier: Apache-2.0 */
/* Who a complaint is about. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/conf.h"
#include "store/db.h"
#include "store/rows.h"

/* Sets customer and line_class, or why nobody was found in unmatched. Clocks
 * differ: whose address changed hands within five minutes of the time is
 * nobody. 0; -1: db_error(). */
int complaint_match(
    struct db *db, const struct conf *conf, struct complaint *c);
/* Matches it and writes it; dry: only looks. 1 it is new; 0 one with its key is
 * there, and c->id is that one's; -1: db_error(). */
int complaint_store(
    struct db *db, const struct conf *conf, struct complaint *c, bool dry);
/* The word of unmatched in words; "" for "". */
const char *complaint_unmatched(const char *word);
/* "I2 I5": the incidents that stand around that time. 0; -1: db_error(). */
int complaint_incidents(
    struct db *db, const struct complaint *c, char *buf, size_t size);
/* "R1 R3": the complaints that an incident stands for, the newest first, as far
 * as there is room. */
int complaints_of(
    struct db *db, const struct incident *i, char *buf, size_t size);
