/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/logins/postfix_answer.h"

#include "analyzer/detect/keyset.h"
#include "analyzer/logins/postfix.h"
#include "tests/unit/analyzer/logins/cases.h"

#define TO    "4Bq1Zs0Yxz3c: to=<bob@example.net>, "
#define RELAY "relay=mx.example.net[203.0.113.5]:25, "
#define DELAY "delay=1.2, delays=0.1/0/0.5/0.6, "

struct answer_case {
	const char *line;
	enum login_line want;
	int delivered, rejected, unknown;
};
#define TAKEN    LOGIN_LINE_MAIL, 1, 0, 0
#define REJECTED LOGIN_LINE_MAIL, 0, 1, 0
#define UNKNOWN  LOGIN_LINE_MAIL, 0, 0, 1
#define OTHER    LOGIN_LINE_OTHER, 0, 0, 0
#define BAD      LOGIN_LINE_BAD, 0, 0, 0

static const struct answer_case cases[] = {
    {TO RELAY DELAY "dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4C1)",
	TAKEN},
    {TO RELAY "conn_use=3, " DELAY "dsn=2.0.0, status=sent (250 Ok)", TAKEN},
    {"A1: to=<bob@example.net>, orig_to=<bob>, " RELAY DELAY
     "dsn=2.0.0, status=sent (250 Ok)",
	TAKEN},
    {TO "relay=local, " DELAY "dsn=2.0.0, status=sent (delivered to mailbox)",
	TAKEN},
    {TO "relay=mx1[private/dovecot-lmtp], " DELAY
	"dsn=2.0.0, status=sent (250 2.0.0 <bob@example.net> Saved)",
	TAKEN},
    {TO "relay=mx.example.net[2001:db8::5]:25, " DELAY
	"dsn=2.0.0, status=sent (250 Ok)",
	TAKEN},
    /* to a content filter: nothing is said yet */
    {TO "relay=127.0.0.1[127.0.0.1]:10024, " DELAY
	"dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025))",
	OTHER},
    {TO "relay=localhost[::1]:10024, " DELAY "dsn=2.0.0, status=sent (250 Ok)",
	OTHER},
    {TO RELAY DELAY
	"dsn=5.1.1, status=bounced (host mx.example.net[203.0.113.5] said: "
	"550 5.1.1 <bob@example.net>: Recipient address rejected: User "
	"unknown (in reply to RCPT TO command))",
	UNKNOWN},
    {TO RELAY DELAY
	"dsn=5.0.0, status=bounced (host mx.example.net[203.0.113.5] said: "
	"550-No such user here 550 bye (in reply to RCPT TO command))",
	UNKNOWN},
    {TO RELAY DELAY
	"dsn=5.7.1, status=bounced (host mx.example.net[203.0.113.5] said: "
	"554 5.7.1 This is spam (in reply to end of DATA command))",
	REJECTED},
    {TO RELAY DELAY
	"dsn=5.1.8, status=bounced (host mx.example.net[203.0.113.5] said: "
	"553 5.1.8 Sender refused here (in reply to MAIL FROM command))",
	REJECTED},
    {TO "relay=none, " DELAY
	"dsn=5.4.4, status=bounced (Host or domain name not found. Name "
	"service error for name=example.net type=AAAA: Host not found)",
	UNKNOWN},
    {TO "relay=virtual, " DELAY
	"dsn=5.1.1, status=bounced (unknown user: \"bob@example.net\")",
	UNKNOWN},
    /* our own fault, or our server's: all accounts meet it */
    {TO "relay=none, " DELAY
	"dsn=5.4.6, status=bounced (mail for example.net loops back)",
	OTHER},
    {TO RELAY DELAY
	"dsn=5.7.1, status=bounced (host mx.example.net[203.0.113.5] said: "
	"554 5.7.1 Spamhaus knows you: 192.0.2.25 (in reply to RCPT TO))",
	OTHER},
    {TO RELAY DELAY
	"dsn=5.7.1, status=bounced (host mx.example.net[203.0.113.5] said: "
	"550 5.7.1 Not by our policy (in reply to RCPT TO command))",
	OTHER},
    {TO RELAY DELAY
	"dsn=5.2.2, status=bounced (host mx.example.net[203.0.113.5] said: "
	"552 5.2.2 This mailbox is full (in reply to RCPT TO command))",
	OTHER},
    {TO RELAY DELAY
	"dsn=4.1.1, status=deferred (host mx.example.net[203.0.113.5] said: "
	"450 4.1.1 User unknown (in reply to RCPT TO command))",
	OTHER},
    {TO RELAY DELAY
	"dsn=5.0.0, status=bounced (host mx.example.net[203.0.113.5] said: )",
	OTHER},
    {TO RELAY DELAY
	"dsn=5.0.0, status=bounced (host mx.example.net[203.0.113.5] said: 5",
	OTHER},
    /* an address that brings fields along is an address */
    {"A1: to=<\"x>, relay=a, delay=1, delays=1, dsn=2.0.0, status=sent "
     "(\\\"\"@example.net>, " RELAY DELAY
     "dsn=5.1.1, status=bounced (host a said: 550 5.1.1 No such user)",
	UNKNOWN},
    {"A1: to=<a>b, " RELAY DELAY "dsn=2.0.0, status=sent (250 Ok)", BAD},
    {"A1: to=<\"a, " RELAY DELAY "dsn=2.0.0, status=sent (250 Ok)", BAD},
    {"A1: to=<a>, orig_to=<b, " RELAY DELAY "dsn=2.0.0, status=sent (250 Ok)",
	BAD},
    {TO DELAY "dsn=2.0.0, status=sent (250 Ok)", BAD},
    {TO RELAY "dsn=2.0.0, status=sent (250 Ok)", BAD},
    {TO RELAY DELAY "status=sent (250 Ok)", BAD},
};

static enum login_line parse(struct scan s, struct login_event *e)
{
	static const struct syslog_head smtp = {
	    .program = "postfix/smtp", .host = "mx1"};

	memset(e, 0, sizeof(*e));
	return postfix_line(&smtp, s, e);
}

static void what_is_said_of_the_sender_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct answer_case *c = &cases[i];
		struct login_event e;
		enum login_line got = parse(whole(c->line), &e);
		const struct login_answers *a = &e.mail.answers;

		if (got != c->want)
			fail_msg("%d instead of %d: %s", got, c->want, c->line);
		if (got == LOGIN_LINE_MAIL &&
		    (a->delivered != c->delivered ||
			a->rejected != c->rejected || a->unknown != c->unknown))
			fail_msg("%d %d %d: %s", (int)a->delivered,
			    (int)a->rejected, (int)a->unknown, c->line);
	}
}

static void keys_tell_servers_and_recipients(void **state)
{
	struct login_event e;
	struct addr server;

	(void)state;
	addr_parse(&server, "203.0.113.5");
	parse(whole(cases[0].line), &e);
	assert_int_equal(e.mail.step, LOGIN_MAIL_ANSWERED);
	assert_string_equal(e.mail.queue.id, "4Bq1Zs0Yxz3c");
	assert_true(e.mail.queue.host == key_of_name("mx1", 3));
	assert_true(e.mail.server == key_of_addr(&server));
	assert_true(e.mail.recipient == key_of_name("bob@example.net", 15));
	parse(whole(cases[3].line), &e);
	assert_true(e.mail.server == key_of_name("local", 5));
}

/* Wherever a line ends: nothing is read behind it, and no other answer is. */
static void a_cut_line_says_the_same_or_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t n = 0; n < strlen(cases[i].line); n++) {
			char *cut = malloc(n + 1);
			struct login_event e;

			assert_non_null(cut);
			memcpy(cut, cases[i].line, n);
			if (parse((struct scan){cut, cut + n}, &e) ==
			    LOGIN_LINE_MAIL)
				assert_int_equal(e.mail.answers.delivered,
				    cases[i].delivered);
			free(cut);
		}
}

static void the_queue_tells_of_begin_and_end(void **state)
{
	static const struct syslog_head smtpd = {.program = "postfix/smtpd"};
	struct login_event e;

	(void)state;
	assert_int_equal(parse(whole("4C1: removed"), &e), LOGIN_LINE_MAIL);
	assert_int_equal(e.mail.step, LOGIN_MAIL_REMOVED);
	assert_int_equal(parse(whole("4C1: removed?"), &e), LOGIN_LINE_OTHER);
	assert_int_equal(parse(whole("4C1: from=<a@example.com>, size=9, "
				     "nrcpt=1 (queue active)"),
			     &e),
	    LOGIN_LINE_OTHER);
	memset(&e, 0, sizeof(e));
	assert_int_equal(
	    postfix_line(&smtpd,
		whole("4C2: client=localhost[127.0.0.1]:9, orig_queue_id=4C1, "
		      "orig_client=unknown[192.0.2.7]:5"),
		&e),
	    LOGIN_LINE_MAIL);
	assert_int_equal(e.mail.step, LOGIN_MAIL_PASSED_ON);
	assert_string_equal(e.mail.queue.id, "4C2");
	assert_string_equal(e.mail.before.id, "4C1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_said_of_the_sender_is_taken),
	    cmocka_unit_test(keys_tell_servers_and_recipients),
	    cmocka_unit_test(a_cut_line_says_the_same_or_nothing),
	    cmocka_unit_test(the_queue_tells_of_begin_and_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
