/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "reports/complaint/mail_date.h"

static void dates_are_read(void **state)
{
	static const struct {
		const char *text, *want; /* NULL: it is none */
	} cases[] = {
	    {"Mon, 2 Nov 2026 09:34:00 +0900", "2026-11-02T00:34:00.000000Z"},
	    {"2 Nov 2026 00:34 GMT", "2026-11-02T00:34:00.000000Z"},
	    {" 02 nov 2026  00:34:05 -0000 (comment)",
		"2026-11-02T00:34:05.000000Z"},
	    {"Thu, 8 Mar 2005 14:00:00 EDT", "2005-03-08T18:00:00.000000Z"},
	    {"8 Mar 05 14:00:00 PST", "2005-03-08T22:00:00.000000Z"},
	    {"8 Mar 70 14:00:00 X", "1970-03-08T14:00:00.000000Z"},
	    {"8 Mar 105 14:00:00 UT", "2005-03-08T14:00:00.000000Z"},
	    {"29 Feb 2028 23:59:60 +0000", "2028-02-29T23:59:59.000000Z"},
	    {"1 Jan 2026 00:30:00 +0130", "2025-12-31T23:00:00.000000Z"},
	    {"29 Feb 2026 00:00:00 +0000", NULL},
	    {"31 Nov 2026 00:00:00 +0000", NULL},
	    {"0 Nov 2026 00:00:00 +0000", NULL},
	    {"2 Nov 2026 24:00:00 +0000", NULL},
	    {"2 Nov 2026 00:60:00 +0000", NULL},
	    {"2 Nov 2026 00:00:00 +00000", NULL},
	    {"2 Nov 2026 00:00:00 +0061", NULL},
	    {"2 Nov 2026 00:00:00 +0000 and more", NULL},
	    {"2 Novem 2026 00:00:00 +0000", NULL},
	    {"2 Nov 20260 00:00:00 +0000", NULL},
	    {"1 Jan 1960 00:00:00 +0000", NULL},
	    {"1 Jan 1970 00:00:00 +0100", NULL},
	    {"2026-11-02T00:34:00Z", NULL},
	    {"now", NULL},
	    {"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[CLOCK_STRLEN];
		int64_t us = 0;
		int rc = mail_date_parse(&us, cases[i].text);

		if (rc != (cases[i].want ? 0 : -1))
			fail_msg("\"%s\": %d", cases[i].text, rc);
		if (rc == 0)
			assert_string_equal(
			    clock_format(us, text), cases[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(dates_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
