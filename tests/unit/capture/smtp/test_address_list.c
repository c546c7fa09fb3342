/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "capture/smtp/address_list.h"

static const struct {
	const char *in, *told;
} rows[] = {
    {"a@one.example", "a@one.example"},
    {" \"A\r\n B, C\" <a@one.example> ,\r\n\tb@two.example",
	"a@one.example b@two.example"},
    {"team: a@one.example, B <b@two.example>; c@three.example",
	"a@one.example b@two.example c@three.example"},
    {"none:;", ""},
    {",,a@one.example,,", "a@one.example"},
    {"(a (b\\)) c) a(x)@(y)one.example(z)", "a@one.example"},
    {"(never closed a@one.example", ""},
    {"\"never closed <a@one.example>", "?"},
    {"<@r.example:a@one.example>", "a@one.example"},
    {"<a@one.example> x@y.example", "a@one.example"},
    {"=?utf-8?Q?a=40b=2C_c?= <a@one.example>", "a@one.example"},
    {"=?utf-8?Q?a,b@x.example?=\r\n =?utf-8?Q?,?= <a@one.example>",
	"a@one.example"},
    {"=?broken, a@one.example", "? a@one.example"},
    {"\"a@b\"@one.example", "a@b@one.example"},
    {"<>", "?"},
    {"<a@one.example", "?"},
    {"a@one.example b", "?"},
    {"a@one_x.example", "a@one_x.example"},
    {"a@", "?"},
    {"a@[IPv6:2001:db8::1]", "?"},
};

static void lists_are_read(void **state)
{
	struct smtp_mailbox v[SMTP_HEADER_FROM_MAX];
	char told[1024];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = 0, at = 0;

		smtp_address_list(rows[i].in, strlen(rows[i].in), v, &n,
		    SMTP_HEADER_FROM_MAX);
		told[0] = '\0';
		for (size_t k = 0; k < n; k++)
			at += (size_t)snprintf(told + at, sizeof(told) - at,
			    "%s%s%s%s", k > 0 ? " " : "", v[k].local,
			    v[k].unparsed ? "?" : "@", v[k].domain);
		if (strcmp(told, rows[i].told) != 0)
			fail_msg("%s: %s", rows[i].in, told);
	}
}

static void no_more_than_the_room(void **state)
{
	static const char in[] = "a@a.example,b@b.example,c@c.example";
	struct smtp_mailbox v[2];
	size_t n = 1;

	(void)state;
	smtp_address_list(in, sizeof(in) - 1, v, &n, 2);
	assert_int_equal(n, 2);
	assert_string_equal(v[1].domain, "a.example");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lists_are_read),
	    cmocka_unit_test(no_more_than_the_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
