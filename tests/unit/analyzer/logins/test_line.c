/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/line.h"

#include "tests/unit/analyzer/logins/cases.h"

#include "base/clock.h"

#define P "Nov 25 18:43:53 mx1 postfix/submission/smtpd[1]: "
#define C "client=h[192.0.2.7]:1, sasl_method=PLAIN, sasl_username="

static const struct line_case cases[] = {
    {P "ABCDE: " C "foo", LOGIN_LINE_EVENT, "foo", "192.0.2.7", LOGIN_SUCCESS,
	1, 1},
    {P "ABCDE: " C "foo\r", LOGIN_LINE_EVENT, "foo", "192.0.2.7", LOGIN_SUCCESS,
	1, 1},
    {"Nov 25 18:43:53 mx1 dovecot: submission-login: Login: user=<foo>, "
     "rip=192.0.2.7",
	LOGIN_LINE_EVENT, "foo", "192.0.2.7", LOGIN_SUCCESS, 1, 0},
    {"{\"time\":\"2026-11-25T18:43:53Z\",\"account\":\"foo\",\"client\":"
     "\"192.0.2.7\",\"result\":\"success\",\"messages\":2}",
	LOGIN_LINE_EVENT, "foo", "192.0.2.7", LOGIN_SUCCESS, 1, 2},
    {"", LOGIN_LINE_OTHER, NULL, NULL, LOGIN_NONE, 0, 0},
    /* another program may write what it likes */
    {"Nov 25 18:43:53 mx1 sshd[1]: Invalid user postfix/smtpd[1]: ABCDE: " C
     "victim",
	LOGIN_LINE_OTHER, NULL, NULL, LOGIN_NONE, 0, 0},
    {"Nov 25 18:43:53 mx1 sshd[1]: " P "ABCDE: " C "victim", LOGIN_LINE_OTHER,
	NULL, NULL, LOGIN_NONE, 0, 0},
    {"x" P "ABCDE: " C "victim", LOGIN_LINE_OTHER, NULL, NULL, LOGIN_NONE, 0,
	0},
    /* a line feed that syslog wrote as #012 does not begin a line */
    {P "NOQUEUE: reject: RCPT from h[192.0.2.9]: 501 helo=<a#012" P "ABCDE: " C
       "victim>",
	LOGIN_LINE_OTHER, NULL, NULL, LOGIN_NONE, 0, 0},
    {P "ABCDE: " C "foo bar", LOGIN_LINE_BAD, NULL, NULL, LOGIN_NONE, 0, 0},
    {"{\"", LOGIN_LINE_BAD, NULL, NULL, LOGIN_NONE, 0, 0},
};

static void each_line_has_its_own_form(void **state)
{
	struct login_context c = {.services = "submission-login",
	    .now_us = INT64_C(1795650000) * US_PER_S};
	int64_t want;

	(void)state;
	assert_int_equal(clock_parse(&want, "2026-11-25T18:43:53Z", 0), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *line = cases[i].line;
		struct login_event e;
		enum login_line got =
		    login_line_parse(&c, line, strlen(line), &e);

		check_case(&cases[i], got, &e);
		if (got == LOGIN_LINE_EVENT)
			assert_int_equal(e.ts_us, want);
	}
}

static void long_lines_and_nul_bytes_are_bad(void **state)
{
	struct login_context c = {.services = ""};
	static char line[LOGIN_LINE_MAX + 1];
	struct login_event e;

	(void)state;
	memset(line, 'x', sizeof(line));
	assert_int_equal(
	    login_line_parse(&c, line, LOGIN_LINE_MAX, &e), LOGIN_LINE_OTHER);
	assert_int_equal(
	    login_line_parse(&c, line, LOGIN_LINE_MAX + 1, &e), LOGIN_LINE_BAD);
	line[3] = '\0';
	assert_int_equal(login_line_parse(&c, line, 9, &e), LOGIN_LINE_BAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_line_has_its_own_form),
	    cmocka_unit_test(long_lines_and_nul_bytes_are_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
