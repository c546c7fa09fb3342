/* SPDX-License-Identifier: Apache-2.0 */
/* One long dialogue with all that a session knows, cut and torn at every
 * octet of both directions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "dialogue.h"
#include "hello.h"

static const char script[] =
    "C:PROXY TCP4 198.51.100.9 192.0.2.1 4000 25\n"
    "S:220-mx.example\nS:220 ESMTP\n"
    "C:EHLO client.example\n"
    "S:250-mx.example\nS:250-SIZE 1000\nS:250-SMTPUTF8\nS:250 STARTTLS\n"
    "C:XCLIENT ADDR=198.51.100.9\nS:220 mx.example ESMTP\n"
    "C:EHLO client.example\nS:250-mx.example\nS:250 STARTTLS\n"
    "C:AUTH LOGIN\nS:334 VXNlcg==\nC:bWFyaw==\nS:334 UGFzcw==\n"
    "C:bWFyazI=\nS:235 2.7.0 ok\n"
    "C:MAIL FROM:<a@one.example> SIZE=77 SMTPUTF8\nS:250 2.1.0 ok\n"
    "C:RCPT TO:<b@two.example>\nC:RCPT TO:<c@three.example>\nC:DATA\n"
    "S:250 2.1.5 ok\n"
    "S:550-5.1.1 <c@three.example>: no such\nS:550 5.1.1 user\n"
    "S:354 go\n"
    "C:Received: x\nC:From: A <a@one.example>,\nC: <d@four.example>\n"
    "C:\nC:MAIL FROM:<evil@body.example>\nC:RCPT TO:<evil@body.example>\n"
    "C:..\nC>bare~lf\nC:\nC:.\n"
    "S:250 2.0.0 taken\n"
    "C:MAIL FROM:<>\nS:250 2.1.0 ok\n"
    "C:MAIL FROM:<x@nested.example>\nS:503 5.5.1 nested\n"
    "C:RCPT TO:<b@two.example>\nS:250 2.1.5 ok\n"
    "C:BDAT 24\nC>From: <e@five.example>^~\nS:250 ok\n"
    "C:BDAT 17 LAST\nC>^~QUIT^~RSET^~x~~\nS:554 5.7.1 spam\n"
    "C:VRFY z\nS:252 2.1.5 perhaps\n"
    "C:what is this\nS:500 5.5.2 unknown\n"
    "C:MAIL FROM:<a@one.example>\nS:250 2.1.0 ok\n"
    "C:RCPT TO:<b@two.example>\n"
    "S:450 4.7.1 greylisted, 192.0.2.7 come back\n"
    "C:RSET\nS:250 2.0.0 ok\n"
    "C:STARTTLS\nS:220 2.0.0 go\n";

static const char whole[] =
    "T EHLO:FQDN:client.example from=a@one.example "
    "rcpt=1/2,two.example,three.example size=77 seen=132 "
    "hfrom=a@one.example hfrom=d@four.example utf8 complete received=1 "
    "tls=OFFERED auth end=DELIVERED | MAIL=250/2.1.0 RCPT=250/2.1.5 "
    "RCPT=550/5.1.1:UNKNOWN_USER DATA=354 MESSAGE=250/2.0.0\n"
    "T EHLO:FQDN:client.example from=x@nested.example rcpt=0/0 tls=OFFERED "
    "auth end=UNKNOWN | MAIL=503/5.5.1:SYNTAX\n"
    "T EHLO:FQDN:client.example from=<> rcpt=1/1,two.example seen=41 "
    "hfrom=e@five.example complete tls=OFFERED auth end=REJECTED | "
    "MAIL=250/2.1.0 RCPT=250/2.1.5 DATA=250 MESSAGE=554/5.7.1:CONTENT\n"
    "T EHLO:FQDN:client.example from=a@one.example rcpt=0/1,two.example "
    "tls=OFFERED auth end=RSET | MAIL=250/2.1.0 "
    "RCPT=450/4.7.1:GREYLISTED!\n"
    "S EHLO:FQDN:client.example n=4 LOGIN=SUCCEEDED tls=STARTED unknown=1 "
    "sni=mx.example version=0304 proxy xclient | GREETING=220 HELO=250x2 "
    "OTHER=220 AUTH=334x2 AUTH=235/2.7.0 OTHER=252/2.1.5 "
    "OTHER=500/5.5.2:SYNTAX OTHER=250/2.0.0 STARTTLS=220/2.0.0\n";

static struct story story;
static struct told told;

static void read_story(void)
{
	static const uint16_t offered[] = {0x0a0a, 0x0304, 0x0303};
	struct hello_spec spec = {0x0303, offered, 3, "mx.example", 5, 60};
	struct step *s;

	story_read(&story, script);
	s = &story.step[story.n++];
	s->dir = SMTP_CLIENT;
	s->len = hello_make((uint8_t *)s->text, &spec);
}

static void play_cut(size_t at, size_t cut)
{
	struct smtp_session *s = story_begin(&told);

	for (size_t i = 0; i < story.n; i++) {
		struct step *p = &story.step[i];

		feed(s, p, 0, i == at ? cut : p->len);
		if (i == at)
			feed(s, p, cut, p->len);
	}
	story_end(s, &told);
	assert_string_equal(told.text, whole);
}

static void any_cut_tells_the_same(void **state)
{
	(void)state;
	read_story();
	play_cut(story.n, 0);
	for (size_t i = 0; i < story.n; i++)
		for (size_t cut = 0; cut <= story.step[i].len; cut++)
			play_cut(i, cut);
}

static void pieces_of_any_size_tell_the_same(void **state)
{
	struct smtp_session *s;

	(void)state;
	read_story();
	for (size_t piece = 1; piece < 40; piece++) {
		s = story_begin(&told);
		for (size_t i = 0; i < story.n; i++) {
			struct step *p = &story.step[i];

			for (size_t k = 0; k < p->len; k += piece)
				feed(s, p, k,
				    k + piece < p->len ? k + piece : p->len);
		}
		story_end(s, &told);
		assert_string_equal(told.text, whole);
	}
}

/* What the dialogue says; all else is made up. */
static const char *const mailboxes[] = {
    "a@one.example", "x@nested.example", "d@four.example", "e@five.example"};
static const char *const names[] = {
    "client.example", "two.example", "three.example", "mx.example"};
static const char *const codes[] = {"220", "250", "334", "235", "550/5.1.1",
    "354", "250/2.1.0", "250/2.1.5", "250/2.0.0", "503/5.5.1", "554/5.7.1",
    "252/2.1.5", "500/5.5.2", "450/4.7.1", "220/2.0.0", "235/2.7.0",
    /* the line with the enhanced code is lost, or it is */
    "550"};

struct where {
	size_t step, from, to;
};
static struct where lost;

static void check_one_of(
    const char *what, const char *const *v, size_t n, const char *is)
{
	for (size_t i = 0; is != NULL && i < n; i++)
		if (strcmp(v[i], is) == 0)
			return;
	if (is != NULL)
		fail_msg("step %zu, octets %zu to %zu lost: %s \"%s\" is made "
			 "up",
		    lost.step, lost.from, lost.to, what, is);
}
#define CHECK(what, v, is) check_one_of(what, v, sizeof(v) / sizeof(v[0]), is)

static void check_box(const char *what, const struct smtp_address *m)
{
	char text[600];

	if (!m->seen || m->unparsed || m->null_path)
		return;
	snprintf(text, sizeof(text), "%s@%s", m->local, m->domain);
	CHECK(what, mailboxes, text);
}

static void check_replies(const struct smtp_reply *v, size_t n)
{
	char text[32];

	for (size_t i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "%d%s%s", v[i].code,
		    v[i].enhanced[0] != '\0' ? "/" : "", v[i].enhanced);
		CHECK("reply", codes, text);
	}
}

static void check_transaction(
    void *arg, const struct smtp_transaction *t, int64_t now_us)
{
	(void)arg;
	(void)now_us;
	CHECK("HELO", names, t->helo.name);
	check_box("MAIL FROM", &t->mail_from);
	for (size_t i = 0; i < t->n_rcpt_domains; i++)
		CHECK("RCPT", names, t->rcpt_domains[i].domain);
	for (size_t i = 0; i < t->n_header_from; i++)
		check_box("From", &t->header_from[i]);
	check_replies(t->replies, t->n_replies);
	if (t->declared_bytes != 0 && t->declared_bytes != 77)
		fail_msg("step %zu, octets %zu to %zu lost: SIZE", lost.step,
		    lost.from, lost.to);
}

static void check_summary(const struct smtp_session *s)
{
	struct smtp_summary sum;
	static const char *const login[] = {"LOGIN"};

	smtp_session_summary(s, &sum);
	CHECK("HELO", names, sum.helo.name);
	CHECK("mechanism", login, sum.auth_mechanism);
	CHECK("SNI", names, sum.sni);
	check_replies(sum.replies, sum.n_replies);
	if (sum.tls_version != 0)
		assert_int_equal(sum.tls_version, 0x0304);
}

/* Octets from..to of a step are lost, of length known or not. */
static void play_lost(bool known)
{
	struct addr client;
	struct smtp_session *s;

	assert_int_equal(addr_parse(&client, "192.0.2.7"), 0);
	s = smtp_session_new(&client, 25, 1, check_transaction, NULL);
	for (size_t i = 0; i < story.n; i++) {
		struct step *p = &story.step[i];

		feed(s, p, 0, i == lost.step ? lost.from : p->len);
		if (i != lost.step)
			continue;
		smtp_session_gap(s, p->dir, known ? lost.to - lost.from : 0, 1);
		feed(s, p, lost.to, p->len);
	}
	smtp_session_end(s, 1);
	check_summary(s);
	smtp_session_free(s);
}

/* The end of a step and the beginning of that side's next are lost, and
 * noticed only there. */
static void play_lost_across(size_t next)
{
	struct addr client;
	struct smtp_session *s;

	assert_int_equal(addr_parse(&client, "192.0.2.7"), 0);
	s = smtp_session_new(&client, 25, 1, check_transaction, NULL);
	for (size_t i = 0; i < story.n; i++) {
		struct step *p = &story.step[i];

		if (i == next)
			smtp_session_gap(s, p->dir,
			    story.step[lost.step].len - lost.from + lost.to, 1);
		feed(s, p, i == next ? lost.to : 0,
		    i == lost.step ? lost.from : p->len);
	}
	smtp_session_end(s, 1);
	check_summary(s);
	smtp_session_free(s);
}

static void no_loss_across_steps_invents_a_field(void **state)
{
	size_t next;

	(void)state;
	read_story();
	for (lost.step = 0; lost.step < story.n; lost.step++) {
		for (next = lost.step + 1; next < story.n; next++)
			if (story.step[next].dir == story.step[lost.step].dir)
				break;
		if (next == story.n)
			continue;
		for (lost.from = 0; lost.from < story.step[lost.step].len;
		     lost.from++)
			for (lost.to = 0; lost.to <= story.step[next].len;
			     lost.to++)
				play_lost_across(next);
	}
}

static void no_loss_invents_a_field(void **state)
{
	(void)state;
	read_story();
	for (lost.step = 0; lost.step < story.n; lost.step++) {
		size_t len = story.step[lost.step].len;

		for (lost.from = 0; lost.from < len; lost.from++)
			for (lost.to = lost.from + 1; lost.to <= len;
			     lost.to++) {
				play_lost(true);
				if (lost.to == len || lost.to % 7 == 0)
					play_lost(false);
			}
	}
}

/* A write of the client or the server that is lost as a whole costs its own
 * lines and no others. */
static void a_loss_that_ends_with_a_line_costs_no_other(void **state)
{
	struct smtp_session *s = story_begin(&told);

	(void)state;
	story_read(&story,
	    "S:220 mx.example\nC:HELO c.example\nS:250 ok\n"
	    "C:NOOP\nS:250 ok\n"
	    "C:MAIL FROM:<a@one.example>\nS:250 2.1.0 ok\n"
	    "C:RCPT TO:<b@two.example>\nS:550 5.1.1 no\nC:QUIT\nS:221 bye\n");
	for (size_t i = 0; i < story.n; i++)
		if (i == 3 || i == 4)
			smtp_session_gap(
			    s, story.step[i].dir, story.step[i].len, 1);
		else
			feed(s, &story.step[i], 0, story.step[i].len);
	story_end(s, &told);
	assert_string_equal(told.text,
	    "T HELO:FQDN:c.example from=a@one.example rcpt=0/1,two.example "
	    "end=QUIT | MAIL=250/2.1.0 RCPT=550/5.1.1:UNKNOWN_USER\n"
	    "S HELO:FQDN:c.example n=1 | GREETING=220 HELO=250 QUIT=221\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_cut_tells_the_same),
	    cmocka_unit_test(pieces_of_any_size_tell_the_same),
	    cmocka_unit_test(no_loss_invents_a_field),
	    cmocka_unit_test(no_loss_across_steps_invents_a_field),
	    cmocka_unit_test(a_loss_that_ends_with_a_line_costs_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
