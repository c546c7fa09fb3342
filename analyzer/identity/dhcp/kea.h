/* SPDX-License-Identifier: Apache-2.0 */
/* Kea's memfile: CSV whose header line names the columns; the last line of an
 * address holds. A comma inside of a value is written as &#x2c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "analyzer/identity/dhcp/grant.h"

enum kea_column {
	KEA_ADDRESS,
	KEA_LIFETIME,
	KEA_EXPIRE,
	KEA_STATE,
	KEA_TYPE,
	KEA_LENGTH,
	KEA_HWADDR,
	KEA_CLIENT_ID,
	KEA_DUID,
	KEA_HOSTNAME,
	KEA_CONTEXT,
	KEA_COLUMNS
};
struct kea {
	bool v6;
	const char *field;       /* which is the customer */
	int column[KEA_COLUMNS]; /* -1: there is none */
};

/* The columns are those of Kea 2.4 until a header says otherwise. field:
 * base/lease_source.h; borrowed. */
void kea_init(struct kea *k, bool v6, const char *field);
/* len: without the line's end. 1: *g is filled; 0: it is a header, or empty;
 * -1: no such line. */
int kea_line(struct kea *k, const char *line, size_t len, struct grant *g);
