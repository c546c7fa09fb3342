/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/dovecot.h"

#include "tests/unit/analyzer/logins/cases.h"

#define EVENT(line, account, client, result, n)                                \
	{                                                                      \
		line, LOGIN_LINE_EVENT, account, client, result, n, 0          \
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
    EVENT("submission-login: Login: user=<foo@example.com>, method=PLAIN, "
	  "rip=192.0.2.7, lip=198.51.100.1, mpid=4711, TLS, session=<a/B+c>",
	"foo@example.com", "192.0.2.7", LOGIN_SUCCESS, 1),
    EVENT("submission-login: Info: Login: user=<foo>, rip=2001:db8::7", "foo",
	"2001:db8::7", LOGIN_SUCCESS, 1),
    EVENT("submission-login: Disconnected (auth failed, 2 attempts in 4 "
	  "secs): user=<foo>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.1, "
	  "TLS, session=<x>",
	"foo", "192.0.2.7", LOGIN_FAILURE, 2),
    EVENT("imap-login: Aborted login (auth failed, 1 attempts in 2 secs): "
	  "user=<foo>, method=PLAIN, rip=192.0.2.7, lip=198.51.100.1",
	"foo", "192.0.2.7", LOGIN_FAILURE, 1),
    EVENT("submission-login: Login aborted: Connection closed (auth failed, "
	  "3 attempts in 9 secs) (auth_failed): user=<foo>, method=LOGIN, "
	  "rip=192.0.2.7, lip=198.51.100.1",
	"foo", "192.0.2.7", LOGIN_FAILURE, 3),
    EVENT("auth-worker(123): conn unix:auth-worker (pid=1,uid=97): "
	  "auth-worker<4>: sql(foo,192.0.2.7,<a/B+c>): Password mismatch",
	"foo", "192.0.2.7", LOGIN_FAILURE, 1),
    EVENT("auth: passwd-file(foo@example.com,2001:db8::7): unknown user "
	  "(SHA1 of given password: 5baa61)",
	"foo@example.com", "2001:db8::7", LOGIN_FAILURE, 1),
    OTHER("imap-login: Login: user=<foo>, method=PLAIN, rip=192.0.2.7, "
	  "lip=198.51.100.1"),
    OTHER("submission-login: Disconnected (no auth attempts in 0 secs): "
	  "user=<>, rip=192.0.2.7, lip=198.51.100.1"),
    OTHER("submission-login: Disconnected (auth failed, 1 attempts in 2 "
	  "secs): user=<>, rip=192.0.2.7"),
    OTHER("imap(foo)<12><s>: Disconnected: Logged out in=1 out=2"),
    OTHER("auth: passwd-file(foo,192.0.2.7): no such field"),
    OTHER("lmtp(1): Connect from local"),
    OTHER(""),
    BAD("submission-login: Login: user=<foo>, method=PLAIN, rip=192.0.2."),
    BAD("submission-login: Login: user=<foo>, method=PLAIN"),
    BAD("submission-login: Login: user=<foo"),
    /* names that bring fields along */
    BAD("submission-login: Disconnected (auth failed, 1 attempts in 2 secs): "
	"user=<victim>, method=PLAIN, rip=198.51.100.9, lip=203.0.113.1, x>, "
	"method=PLAIN, rip=192.0.2.7, lip=198.51.100.1"),
    BAD("submission-login: Disconnected (auth failed, 1 attempts in 2 secs): "
	"user=<a b>, method=PLAIN, rip=192.0.2.7"),
    BAD("auth: sql(victim,198.51.100.9,<s>): Password mismatch,192.0.2.7,"
	"<t>): unknown user"),
    BAD("auth: sql(victim,198.51.100.9,<s>): Password mismatch (,192.0.2.7,"
	"<t>): unknown user"),
    BAD("auth: sql(foo,192.0.2.7,<s"),
};

static void lines_are_taken_as_dovecot_writes_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct login_event e = {0};

		check_case(&cases[i],
		    dovecot_line("dovecot", whole(cases[i].line),
			"submission-login managesieve-login", &e),
		    &e);
	}
}

static void only_listed_services_count_as_log_ins(void **state)
{
	const char *line = "imap-login: Login: user=<foo>, rip=192.0.2.7";
	struct login_event e = {0};

	(void)state;
	assert_int_equal(
	    dovecot_line("dovecot", whole(line), "submission-login", &e),
	    LOGIN_LINE_OTHER);
	assert_int_equal(
	    dovecot_line("dovecot", whole(line), "", &e), LOGIN_LINE_OTHER);
	assert_int_equal(
	    dovecot_line("dovecot", whole(line), "ximap-login imap-login", &e),
	    LOGIN_LINE_EVENT);
}

static void its_own_log_file_names_the_process_first(void **state)
{
	struct login_event e = {0};

	(void)state;
	assert_true(dovecot_is_program("submission-login"));
	assert_true(dovecot_is_program("auth-worker"));
	assert_false(dovecot_is_program("sshd"));
	assert_int_equal(
	    dovecot_line("submission-login",
		whole("Info: Login: user=<foo>, rip=192.0.2.7, lip=192.0.2.1"),
		"submission-login", &e),
	    LOGIN_LINE_EVENT);
	assert_string_equal(e.account, "foo");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_are_taken_as_dovecot_writes_them),
	    cmocka_unit_test(only_listed_services_count_as_log_ins),
	    cmocka_unit_test(its_own_log_file_names_the_process_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
