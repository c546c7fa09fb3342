/* SPDX-License-Identifier: Apache-2.0 */
/* What drivers held beside what was decided, over time. Results as in read.h
 * and write.h. */
#pragma once

#include <stdint.h>

#include "store/db.h"
#include "store/rows.h"

typedef int (*read_sample_cb)(void *arg, const struct enforcer_sample *s);

/* The dispatcher: inserts when s->id is 0, and sets it; else replaces. */
int write_sample(struct db *db, struct enforcer_sample *s);
/* The newest of a driver: 1 found, 0 there is none, -1. */
int read_last_sample(
    struct db *db, const char *driver, struct enforcer_sample *s);
/* Those that began in since_us <= t < until_us (0: no end), of one driver or
 * of all (NULL), by driver and time; before these the one that still held at
 * since_us, if its last list was within a day before; of that list is then its
 * worst. */
int read_samples(struct db *db, const char *driver, int64_t since_us,
    int64_t until_us, read_sample_cb cb, void *arg);
