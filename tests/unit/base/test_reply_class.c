/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/reply_class.h"

#define CLS(name) SEKISHO__REPLY_CLASS__REPLY_CLASS_##name

struct sample {
	uint16_t code;
	const char *enhanced, *text;
	Sekisho__ReplyClass cls;
};

/* As servers say it, in our own words. */
static const struct sample sentences[] = {
    {554, "5.7.1",
	"Service unavailable; Client host [192.0.2.7] blocked using bl.example",
	CLS(BLOCKLISTED)},
    {550, "5.7.1",
	"Mail from IP 192.0.2.7 was rejected due to listing in a DNSBL",
	CLS(BLOCKLISTED)},
    {553, "5.1.8", "<a@one.example> Sender address domain does not exist",
	CLS(SENDER)},
    {550, "5.1.1", "<b@two.example> User unknown in local table",
	CLS(UNKNOWN_USER)},
    {450, "4.1.1", "<b@two.example> unverified address", CLS(OTHER)},
    {450, "4.2.0", "Greylisted, come back in 300 seconds", CLS(GREYLISTED)},
    {550, "5.7.1", "Dynamic addresses may not connect here", CLS(POLICY)},
    {550, "5.7.23", "SPF check failed", CLS(POLICY)},
    {554, "5.7.1", "Relay access denied", CLS(POLICY)},
    {421, "4.7.0", "Too many connections from your address", CLS(RATE)},
    {552, "5.3.4", "Message size exceeds the limit", CLS(SIZE)},
    {552, "5.2.2", "Mailbox is full", CLS(OTHER)},
    {554, "5.6.0", "Message contains a virus", CLS(CONTENT)},
    {535, "5.7.8", "Bad credentials", CLS(AUTH)},
    {530, "5.7.0", "Must issue STARTTLS first", CLS(AUTH)},
    {503, "5.5.1", "RCPT first", CLS(SYNTAX)},
    {550, "", "Requested action not taken", CLS(OTHER)},
    {451, "4.3.0", "Local error", CLS(OTHER)},
    {550, "5.7.1", "Your message is no problem of ours, garble", CLS(POLICY)},
    /* a name in the text is no machine's */
    {554, "5.7.1", "A URL in it is listed in a block list; [192.0.2.7]",
	CLS(CONTENT)},
    {550, "", "Refused, a domain in your text is in the DBL", CLS(CONTENT)},
    /* the machine is kept out, by a list of the server's own */
    {550, "", "192.0.2.7 has been banned: your IP sent spam", CLS(BLOCKLISTED)},
    {421, "", "[192.0.2.7] sends at an unusual rate of spam, try again later",
	CLS(RATE)},
    {451, "", "Please try again later", CLS(OTHER)},
    {451, "", "Try again later, connection rate exceeded", CLS(RATE)},
    /* as mobile carriers say it */
    {550, "", "Unknown user b@mobile.example", CLS(UNKNOWN_USER)},
    {550, "", "<b@mobile.example>: User unknown", CLS(UNKNOWN_USER)},
    {550, "5.1.1", "unknown user", CLS(UNKNOWN_USER)},
    {550, "", "Invalid recipient: <b@mobile.example>", CLS(UNKNOWN_USER)},
    {550, "", "Host unknown user b@mobile.example unknown", CLS(UNKNOWN_USER)},
    {450, "", "Unknown user b@mobile.example", CLS(OTHER)},
    {421, "", "Too many recipients in one minute", CLS(RATE)},
    /* apostrophes of any kind, underscores, hyphens */
    {550, "", "That user doesn't exist", CLS(UNKNOWN_USER)},
    {550, "", "That user doesn\xe2\x80\x99t exist", CLS(UNKNOWN_USER)},
    {550, "", "x_is_on_our_block-list", CLS(BLOCKLISTED)},
};

/* Not what single words of theirs may suggest. */
static const struct sample others[] = {
    {550, "", "<spam@two.example> has moved", CLS(CONTENT)},
    {550, "", "spamhaus@two.example has moved", CLS(BLOCKLISTED)},
    {550, "", "We are not blacklisted, are we", CLS(BLOCKLISTED)},
    {550, "", "Marble and garble", CLS(BLOCKLISTED)},
    {550, "", "b@two.example is not listed in our directory", CLS(BLOCKLISTED)},
    {450, "", "User unknown for now", CLS(UNKNOWN_USER)},
    {550, "", "Too many hops", CLS(RATE)},
    {550, "", "Greylisted", CLS(GREYLISTED)},
    {550, "", "A user came from some other house, by an unknown road",
	CLS(UNKNOWN_USER)},
    {552, "", "Mailbox over quota, message too large", CLS(SIZE)},
};

static void enhanced_text(char *text, size_t size, unsigned n, uint16_t code)
{
	text[0] = '\0';
	if (n != 0)
		snprintf(
		    text, size, "%u.%u.%u", code / 100U, n / 1000, n % 1000);
}

/* The example holds what the rule asks for, and has its class. */
static void every_rule_catches_its_example(void **state)
{
	char enhanced[16];

	(void)state;
	for (size_t i = 0; i < smtp_reply_rules_n; i++) {
		const struct smtp_reply_rule *r = &smtp_reply_rules[i];
		struct smtp_ideas in;

		enhanced_text(
		    enhanced, sizeof(enhanced), r->enhanced, r->code_min);
		smtp_ideas_find(&in, r->example);
		if (r->a != IDEA_NONE && !(in.present >> r->a & 1))
			fail_msg("rule %zu: a not in: %s", i, r->example);
		if (r->b != IDEA_NONE && !(in.present >> r->b & 1))
			fail_msg("rule %zu: b not in: %s", i, r->example);
		if (smtp_reply_classify(r->code_max, enhanced, r->example) !=
		    r->cls)
			fail_msg("rule %zu: %u %s %s", i, r->code_max, enhanced,
			    r->example);
	}
}

static void sentences_are_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sentences) / sizeof(*sentences); i++) {
		const struct sample *s = &sentences[i];
		int got =
		    (int)smtp_reply_classify(s->code, s->enhanced, s->text);

		if (got != (int)s->cls)
			fail_msg(
			    "%u %s %s: %d", s->code, s->enhanced, s->text, got);
	}
}

static void single_words_do_not_mislead(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		const struct sample *s = &others[i];

		if (smtp_reply_classify(s->code, s->enhanced, s->text) ==
		    s->cls)
			fail_msg("%u %s", s->code, s->text);
	}
}

static void acceptance_is_never_evidence(void **state)
{
	(void)state;
	for (size_t i = 0; i < smtp_reply_rules_n; i++)
		assert_int_equal(smtp_reply_classify(
				     250, "2.1.1", smtp_reply_rules[i].example),
		    CLS(OK));
}

/* "We still look whether the user is unknown" is no unknown user. */
static void a_temporary_reply_knows_no_unknown_user(void **state)
{
	(void)state;
	for (size_t i = 0; i < smtp_reply_rules_n; i++)
		if (smtp_reply_rules[i].cls == CLS(UNKNOWN_USER))
			assert_true(smtp_reply_rules[i].code_min >= 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_rule_catches_its_example),
	    cmocka_unit_test(sentences_are_understood),
	    cmocka_unit_test(single_words_do_not_mislead),
	    cmocka_unit_test(acceptance_is_never_evidence),
	    cmocka_unit_test(a_temporary_reply_knows_no_unknown_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
