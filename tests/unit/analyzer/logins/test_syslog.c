/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/syslog.h"

#include "tests/unit/analyzer/logins/cases.h"

#include "base/clock.h"

static void heads_come_off(void **state)
{
	static const struct {
		const char *line, *program, *rest;
	} cases[] = {
	    {"Nov 25 18:43:53 mx1 postfix/smtpd[123]: hello", "postfix/smtpd",
		"hello"},
	    {"<22>Nov 25 18:43:53 mx1 dovecot: hello", "dovecot", "hello"},
	    {"2026-11-25T18:43:53Z mx1 postfix/submission/smtpd[1]: a: b",
		"postfix/submission/smtpd", "a: b"},
	    {"<22>1 2026-11-25T18:43:53Z mx1 postfix/smtpd 99 - - hello",
		"postfix/smtpd", "hello"},
	    {"1 2026-11-25T18:43:53.000000Z mx1 dovecot - ID47 "
	     "[x@1 a=\"]\\\"b\"][y@1 c=\"d\"] \xef\xbb\xbfhello",
		"dovecot", "hello"},
	    /* Dovecot's own file */
	    {"Nov 25 18:43:53 submission-login: Info: hello",
		"submission-login", "Info: hello"},
	    {"Nov 25 18:43:53 auth-worker(12): hello", "auth-worker", "hello"},
	    {"Nov 25 18:43:53 mx1 postfix/smtpd[1]: ", "postfix/smtpd", ""},
	};
	struct stamp_zone utc = {0};
	int64_t now, want;

	(void)state;
	assert_int_equal(clock_parse(&want, "2026-11-25T18:43:53Z", 0), 0);
	now = want + US_PER_S;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct scan s = whole(cases[i].line);
		struct syslog_head h;

		assert_true(syslog_head(&s, &utc, now, &h));
		assert_int_equal(h.ts_us, want);
		assert_string_equal(h.program, cases[i].program);
		assert_string_equal(s.p, cases[i].rest);
	}
}

static void what_has_no_head_is_refused(void **state)
{
	static const char *const bad[] = {"", "<", "<22", "<22>", "hello",
	    "Nov 25 18:43:53", "Nov 25 18:43:53 mx1", "Nov 25 18:43:53 mx1 x",
	    "Nov 25 18:43:53 mx1 last message repeated 3 times",
	    "Nov 25 18:43:53 mx1 a b[1]: c", "Nov 25 18:43:53 mx1 a[1: c",
	    "Nov 25 18:43:53 mx1 a[x]: c", "1 2026-11-25T18:43:53Z mx1 a 1",
	    "1 2026-11-25T18:43:53Z mx1 a 1 - [x a=\"b] c",
	    "1 Nov 25 18:43:53 mx1 a: b"};
	struct stamp_zone utc = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct scan s = whole(bad[i]);
		struct syslog_head h;

		if (syslog_head(&s, &utc, INT64_C(1795650000) * US_PER_S, &h))
			fail_msg("%s", bad[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(heads_come_off),
	    cmocka_unit_test(what_has_no_head_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
