/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "capture/smtp/path.h"

/* what: "local@domain", "<>" or "?"; rest: what is left for parameters. */
static const struct {
	const char *in, *what, *rest;
} paths[] = {
    {"<a@one.example>", "a@one.example", ""},
    {" <a@one.example> SIZE=1", "a@one.example", " SIZE=1"},
    {"a@one.example SIZE=1", "a@one.example", " SIZE=1"},
    {"< a@One.Example. >", "a@one.example", ""},
    {"<>", "<>", ""},
    {"< > X", "<>", " X"},
    {"<@x.example,@y.example:a@one.example>", "a@one.example", ""},
    {"<\"a b\"@one.example>", "a b@one.example", ""},
    {"<\"a>b\"@one.example> X", "a>b@one.example", " X"},
    {"<\"a\\\"@\"@one.example>", "a\"@@one.example", ""},
    {"<a@[192.0.2.1]>", "a@[192.0.2.1]", ""},
    {"<a@[IPv6:2001:db8::1]>", "a@[ipv6:2001:db8::1]", ""},
    {"<a%b@one.example>", "a%b@one.example", ""},
    {"<a@b@one.example>", "?", ""},
    {"<a>", "?", ""},
    {"<a@>", "?", ""},
    {"<@one.example>", "?", ""},
    {"<a@one.example", "?", ""},
    {"a@one.example>", "?", ""},
    {"<a b@one.example>", "?", ""},
    {"<a@one example>", "?", ""},
    {"<a@one..example>", "?", ""},
    {"<a@-one.example>", "?", ""},
    {"<a@[192.0.2.1>", "?", ""},
    {"<a@[mark]>", "?", ""},
    {"Bob <a@one.example>", "?", " <a@one.example>"},
};

static void paths_are_read(void **state)
{
	struct smtp_mailbox m;
	char text[600];

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const char *in = paths[i].in;
		const char *rest = smtp_path_parse(&m, in, in + strlen(in));

		snprintf(text, sizeof(text), "%s@%s", m.local, m.domain);
		if (m.null_path)
			strcpy(text, "<>");
		else if (m.unparsed)
			strcpy(text, "?");
		if (strcmp(text, paths[i].what) != 0 ||
		    strcmp(rest, paths[i].rest) != 0)
			fail_msg("%s: %s, %s", in, text, rest);
		/* Nothing of what was not understood is kept. */
		if (m.unparsed) {
			assert_string_equal(m.local, "");
			assert_string_equal(m.domain, "");
		}
	}
}

static void domains_are_names_and_nothing_else(void **state)
{
	static const char *const good[] = {"one.example", "localhost", "a-b",
	    "_dmarc.one.example", "xn--4gbwdl.example", "192.0.2.1",
	    "\xe9\x96\xa2\xe6\x89\x80.example", "m\xc3\xbcller.example"};
	static const char *const bad[] = {"", ".", "one.", ".one", "a..b", "-a",
	    "a-", "a b", "a@b", "a%b", "a\tb", "a/b", "a\"b", "\xc3.example",
	    "\xc0\xaf", "\xed\xa0\x80", "\xe2\x80\x8b",
	    ("a\xc2\xa0"
	     "b"),
	    "\xef\xbc\xa0", "\xf4\x90\x80\x80"};
	char longest[300];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!smtp_domain_is_valid(good[i], strlen(good[i])))
			fail_msg("%s", good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (smtp_domain_is_valid(bad[i], strlen(bad[i])))
			fail_msg("%s", bad[i]);
	memset(longest, 'a', sizeof(longest));
	assert_true(smtp_domain_is_valid(longest, 63));
	assert_false(smtp_domain_is_valid(longest, 64));
	for (size_t i = 50; i < sizeof(longest); i += 50)
		longest[i] = '.';
	assert_true(smtp_domain_is_valid(longest, 253));
	assert_false(smtp_domain_is_valid(longest, 254));
	assert_false(smtp_domain_is_valid("a\0b", 3));
}

static void long_local_parts_are_refused(void **state)
{
	struct smtp_mailbox m;
	char text[600];

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text + SMTP_LOCAL_MAX - 1, "@x.example", 10);
	smtp_address_parse(&m, text, SMTP_LOCAL_MAX + 9);
	assert_false(m.unparsed);
	memset(text, 'a', sizeof(text));
	memcpy(text + SMTP_LOCAL_MAX, "@x.example", 10);
	smtp_address_parse(&m, text, SMTP_LOCAL_MAX + 10);
	assert_true(m.unparsed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths_are_read),
	    cmocka_unit_test(domains_are_names_and_nothing_else),
	    cmocka_unit_test(long_local_parts_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
