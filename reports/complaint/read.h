/* SPDX-License-Identifier: Apache-2.0 */
/* Complaints of other desks, as files: ARF (RFC 5965, 6591, 6692) and XARF 3
 * and 4, alone or in a mail. Strangers write them. Only what struct complaint
 * has is taken out; nothing else of them is kept. */
#pragma once

#include <stddef.h>

#include "store/rows.h"

/* A longer file is cut there: what a complaint says stands before the message
 * that it encloses. */
#define COMPLAINT_FILE_BYTES (4 * 1024 * 1024)
/* Reports in one file. */
#define COMPLAINT_FILE_REPORTS 10000
#define COMPLAINT_WHY_LEN      160

/* All but id, received_us, customer, line_class and unmatched is set. Not 0:
 * the reading ends, and complaint_read() returns it. */
typedef int (*complaint_cb)(void *arg, const struct complaint *c);
/* How many came; -1: the file is no complaint, or a bad one, and why says what
 * is wrong with it (those before in the same file have come); else what the
 * callback returned, which is below -1. */
int complaint_read(const char *text, size_t len, complaint_cb cb, void *arg,
    char why[static COMPLAINT_WHY_LEN]);
