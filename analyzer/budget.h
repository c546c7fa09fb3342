/* SPDX-License-Identifier: Apache-2.0 */
/* How many sender checks an hour of record time may cost, for one
 * subscriber and in all: names that a bot chooses must not make us an
 * amplifier (DESIGN, "DNS is spent with care"). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct budget;

/* Checks an hour. NULL: no memory. */
struct budget *budget_new(int64_t per_subscriber, int64_t total);
void budget_free(struct budget *b);
/* True and counted when there is some left in the hour of ts_us. */
bool budget_take(struct budget *b, const char *customer, int64_t ts_us);
/* A check that the log already holds, after a restart. */
void budget_restore(struct budget *b, const char *customer, int64_t ts_us);
