/* SPDX-License-Identifier: Apache-2.0 */
/* The subscriber file: CSV (RFC 4180) whose header line names its columns:
 * prefix, customer, class and own_domains, and if wanted ports, contact and
 * language. A row without a prefix describes a customer whose addresses come
 * from elsewhere. */
#pragma once

#include <stddef.h>

#include "store/rows.h"

struct subscribers {
	struct lease *leases; /* from 0, without end, source "static" */
	size_t n_leases;
	struct customer_row *customers;
	size_t n_customers;
};

#define STATIC_FAULTS_MAX 20
struct static_faults {
	char text[STATIC_FAULTS_MAX][320]; /* "FILE:LINE: what, and remedy" */
	size_t n;
	size_t more; /* that found no room */
};

/* 0; -1: faults names each bad line: bad prefix, bits behind the length,
 * unknown class, empty customer, overlap of two rows (both lines named).
 * Nothing of the file is taken then. subscribers_free() is legal after both. */
int static_load(
    const char *path, struct subscribers *s, struct static_faults *faults);
void subscribers_free(struct subscribers *s);
