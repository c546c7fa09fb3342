/* SPDX-License-Identifier: Apache-2.0 */
/* Receivers that refused a customer's mail for what it is sent as, not for
 * whom it is sent to: the sender often never hears of it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "store/db.h"
#include "store/rows.h"

#define REFUSALS_MAX 64 /* further ones are counted only */

struct refused {
	char receiver[ROW_DOMAIN_LEN]; /* its domain, or address */
	int code;
	char enhanced[12];
	char why[24];   /* policy, spf, dkim, ... */
	char words[96]; /* what to do about it */
	int64_t mails, last_us;
};
struct refusals {
	struct refused v[REFUSALS_MAX]; /* most mails first */
	size_t n;
	int64_t others; /* mails of receivers that found no room */
};

/* Of since_us <= t < until_us. 0, or -1. */
int customer_refusals(struct db *db, const char *customer, int64_t since_us,
    int64_t until_us, struct refusals *r);
