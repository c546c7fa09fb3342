/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/out/address.h"

#define A63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void one_address_or_none(void **state)
{
	static const char *const good[] = {"a@b.example",
	    "first.last+tag@sub.isp.example", "x@localhost", "1@localhost",
	    "a.b+c_d-e@x-y.example", "o'brien@isp.example",
	    "!#$%&'*+-/=?^_`{|}~@b.example", A63 "a@b.example",
	    "a@" A63 ".example", "a@1.2.example"};
	static const char *const bad[] = {"", "a", "@", "@b.example", "a@",
	    "a@b@c.example", "a b@c.example", "a@b.example\nBcc: c@d.example",
	    "a@b\r", "a@b.example, c@d.example", "a@b,c@d", "a@b;c",
	    "<a@b.example>", "\"a\"@b.example", "a(c)@b", "a\\@b",
	    "a@[192.0.2.1]", "-t@b.example", ".a@b.example", "a.@b.example",
	    "a..b@c.example", "a@-b.example", "a@b-.example", "a@b.example.",
	    "a@.b.example", "a@b..example", "a@b_c.example",
	    "a@b\xc3\xa9.example", "\xe6\x97\xa5@b.example", A63 "aa@b.example",
	    "a@" A63 "a.example", "a@" A63 "." A63 "." A63 "." A63};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!address_ok(good[i]))
			fail_msg("\"%s\" is no address", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (address_ok(bad[i]))
			fail_msg("\"%s\" is an address", bad[i]);
}

static void nothing_behind_the_part_counts(void **state)
{
	(void)state;
	assert_true(address_part_ok("a@b.example c@d.example", 11));
	assert_false(address_part_ok("a@b.example", 2));
	assert_false(address_part_ok("a@b\0.example", 12));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_address_or_none),
	    cmocka_unit_test(nothing_behind_the_part_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
