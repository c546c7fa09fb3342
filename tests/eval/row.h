/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of the observation log, as the pipeline would have filled them: a
 * template each kind, of which only what differs is written. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/rows.h"
#include "tests/eval/life.h"

struct rows {
	struct observation attempt, mail, close, other;
	enum tier tier;
	bool rotates; /* another IPv6 address each time */
};

void rows_begin(struct rows *r, const struct life *l, const char *customer,
    enum tier tier, bool rotates);
/* closed: the customer's port is, so that nothing answers. Borrowed until
 * the next call. */
struct observation *rows_event(
    struct rows *r, const struct event *e, bool closed);
struct observation *rows_tick(
    struct rows *r, const char *customer, int64_t ts_us);
struct observation *rows_operator(
    struct rows *r, const char *customer, enum op_verb verb);
