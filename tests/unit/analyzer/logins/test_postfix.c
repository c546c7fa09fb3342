/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/postfix.h"

#include "tests/unit/analyzer/logins/cases.h"

#define OK(line, account, client)                                              \
	{                                                                      \
		line, LOGIN_LINE_EVENT, account, client, LOGIN_SUCCESS, 1, 1   \
	}
#define FAILED(line, account, client)                                          \
	{                                                                      \
		line, LOGIN_LINE_EVENT, account, client, LOGIN_FAILURE, 1, 0   \
	}
#define OTHER(line)                                                            \
	{                                                                      \
		line, LOGIN_LINE_OTHER, NULL, NULL, LOGIN_NONE, 0, 0           \
	}
#define BAD(line)                                                              \
	{                                                                      \
		line, LOGIN_LINE_BAD, NULL, NULL, LOGIN_NONE, 0, 0             \
	}

static const struct line_case cases[] = {
    OK("4Bq1Zs0Yxz3c: client=host.example[192.0.2.7]:54321, "
       "sasl_method=PLAIN, sasl_username=foo@example.com",
	"foo@example.com", "192.0.2.7"),
    OK("A1B2C3D4E5: client=unknown[2001:db8::7]:1, sasl_method=LOGIN, "
       "sasl_username=foo",
	"foo", "2001:db8::7"),
    /* older ones give no port */
    OK("A1B2C3D4E5: client=unknown[192.0.2.7], sasl_method=CRAM-MD5, "
       "sasl_username=foo",
	"foo", "192.0.2.7"),
    OK("A1B2C3D4E5: client=unknown[192.0.2.7]:1, sasl_method=PLAIN, "
       "sasl_username=foo, sasl_sender=bar@example.org",
	"foo", "192.0.2.7"),
    /* a sender of the client's choosing brings no other name along */
    OK("A1B2C3D4E5: client=unknown[192.0.2.7]:1, sasl_method=PLAIN, "
       "sasl_username=foo, sasl_sender=x, sasl_username=victim",
	"foo", "192.0.2.7"),
    OK("A1B2C3D4E5: client=localhost[127.0.0.1]:1, sasl_method=PLAIN, "
       "sasl_username=foo, orig_queue_id=99, "
       "orig_client=victim.example[198.51.100.9]",
	"foo", "127.0.0.1"),
    FAILED("warning: host.example[192.0.2.7]: SASL LOGIN authentication "
	   "failed: UGFzc3dvcmQ6",
	"", "192.0.2.7"),
    FAILED("warning: unknown[192.0.2.7]:4242: SASL PLAIN authentication "
	   "failed: authentication failure, sasl_username=foo@example.com",
	"foo@example.com", "192.0.2.7"),
    FAILED("warning: unknown[2001:db8::7]: SASL PLAIN authentication "
	   "failed: (reason unavailable), sasl_username=(unavailable)",
	"", "2001:db8::7"),
    OTHER(""),
    OTHER("connect from host.example[192.0.2.7]:54321"),
    OTHER("disconnect from host.example[192.0.2.7] ehlo=2 auth=1 mail=1"),
    OTHER("A1B2C3D4E5: client=host.example[192.0.2.7]:54321"),
    OTHER("NOQUEUE: reject: RCPT from unknown[192.0.2.7]: 554 5.7.1 "
	  "<x>: Relay access denied; from=<a@example.com> to=<x> proto=ESMTP "
	  "helo=<A1: client=v[198.51.100.9]:1, sasl_method=PLAIN, "
	  "sasl_username=victim>"),
    OTHER("warning: hostname A1.example does not resolve to address "
	  "192.0.2.7: Name or service not known"),
    OTHER("warning: unknown[192.0.2.7]: SASL PLAIN authentication aborted"),
    /* cut off */
    BAD("A1B2C3D4E5: client=host.example[192.0.2."),
    BAD("A1B2C3D4E5: client=host.example[192.0.2.7]:1, sasl_method=PLAIN"),
    BAD("A1B2C3D4E5: client=host.example[192.0.2.7]:1, sasl_method=PLAIN, "
	"sasl_username="),
    /* a name with what separates fields in it */
    BAD("A1B2C3D4E5: client=a[192.0.2.7]:1, sasl_method=PLAIN, "
	"sasl_username=foo bar"),
    BAD("A1B2C3D4E5: client=a[192.0.2.7]:1, sasl_method=PLAIN, "
	"sasl_username=foo,sasl_sender=x"),
    OTHER("A1B2C3D4E5: client=a[198.51.100.9]:1, b[192.0.2.7]:1, "
	  "sasl_method=PLAIN"),
    BAD("A1B2C3D4E5: client=a b[192.0.2.7]:1, sasl_method=PLAIN"),
    BAD("warning: unknown[192.0.2.7]: SASL PLAIN authentication failed: x, "
	"sasl_username=a, sasl_username=victim"),
    BAD("warning: unknown[192.0.2.7]: SASL PLAIN authentication failed: x, "
	"sasl_username=a]: SASL"),
    BAD("warning: unknown[192.0.2.7]: SASL PLAIN authentication failed: x, "
	"sasl_username="),
    BAD("warning: unknown[192.0.2.7]: SASL PLAIN authentication failed: x, "
	"sasl_username=(unavailable), y"),
};

static const struct syslog_head smtpd = {
    .program = "postfix/submission/smtpd", .host = "mx1"};

static void lines_are_taken_as_smtpd_writes_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct login_event e = {0};

		check_case(&cases[i],
		    postfix_line(&smtpd, whole(cases[i].line), &e), &e);
	}
}

/* Wherever a line ends, it names either the whole account or none. */
static void a_cut_line_names_no_other_account(void **state)
{
	const char *line = cases[3].line;

	(void)state;
	for (size_t n = 0; n < strlen(line); n++) {
		char *cut =
		    malloc(n + 1); /* so that a sanitizer sees the end */
		struct login_event e = {0};
		struct scan s = {cut, cut + n};

		assert_non_null(cut);
		memcpy(cut, line, n);
		if (postfix_line(&smtpd, s, &e) == LOGIN_LINE_EVENT)
			assert_memory_equal(
			    e.account, "foo", strlen(e.account));
		free(cut);
	}
}

static void programs_are_told_by_their_names(void **state)
{
	(void)state;
	assert_true(postfix_is_program("postfix/smtpd"));
	assert_true(postfix_is_program("postfix/submission/smtpd"));
	assert_true(postfix_is_program("postfix-out/smtps/smtpd"));
	assert_true(postfix_is_program("postfix/qmgr"));
	assert_false(postfix_is_program("postfix"));
	assert_false(postfix_is_program("notpostfix/smtpd"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_are_taken_as_smtpd_writes_them),
	    cmocka_unit_test(a_cut_line_names_no_other_account),
	    cmocka_unit_test(programs_are_told_by_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
