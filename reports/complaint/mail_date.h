/* SPDX-License-Identifier: Apache-2.0 */
/* The date of a mail (RFC 5322 section 3.3, with the obsolete zones and years
 * of section 4.3). */
#pragma once

#include <stdint.h>

/* "Tue, 24 Nov 2026 17:00:00 +0900 (JST)". 0, or -1: it is none, or before
 * 1970. */
int mail_date_parse(int64_t *us, const char *text);
