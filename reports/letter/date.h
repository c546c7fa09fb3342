/* SPDX-License-Identifier: Apache-2.0 */
/* Times as a reader of a letter knows them. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define LETTER_DATE_BYTES 64

enum letter_date_form {
	LETTER_DATE_TIME, /* 2 November 2026, 9:33 (JST); 2026年11月2日... */
	LETTER_DATE_DAY,
	LETTER_DATE_HEADER /* RFC 5322: Mon, 02 Nov 2026 09:33:07 +0900 */
};

/* zone: timezone_exists(). lang "ja", "en"; any other gives 2026-11-02 09:33
 * +0900. Returns buf. */
const char *letter_date(int64_t ts_us, enum letter_date_form form,
    const char *zone, const char *lang, char buf[static LETTER_DATE_BYTES]);
