/* SPDX-License-Identifier: Apache-2.0 */
/* What one driver differs in now, in memory and in the store. A difference
 * that one list after another shows is one row. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/db.h"
#include "store/rows.h"

struct differences;

/* Borrows all. NULL: no memory. */
struct differences *differences_new(struct db *db, const char *driver);
void differences_free(struct differences *d);
/* Those that were there when the last process ended. 0, or -1. */
int differences_load(struct differences *d);

/* A round: what is found between the two is there, the rest has ended. One
 * transaction; what cannot be written is written by the next round. */
void differences_begin(struct differences *d, int64_t now_us);
void differences_end(struct differences *d);
/* Within a round or by itself: a row, a log line, a counter, once. Uses kind,
 * customer, held, and what describes them; not the times. */
void differences_found(
    struct differences *d, const struct difference *what, int64_t now_us);
size_t differences_count(const struct differences *d);
