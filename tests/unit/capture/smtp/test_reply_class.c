/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "capture/smtp/reply_class.h"

struct sample {
	uint16_t code;
	const char *enhanced, *text;
	Sekisho__ReplyClass cls;
};

/* One for each rule, in the order of the table. */
static const struct sample each[] = {
    {550, "", "Sorry, Greylist (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_GREYLISTED},
    {550, "", "Sorry, Graylist (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_GREYLISTED},
    {550, "", "Sorry, Grey List (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_GREYLISTED},
    {550, "", "Sorry, Grey-List (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_GREYLISTED},
    {451, "", "Sorry, Postgrey (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_GREYLISTED},
    {550, "", "Sorry, Not Blacklisted (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_OTHER},
    {550, "", "Sorry, Not Listed In (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Spamhaus (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Spamcop (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Barracudacentral (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Sorbs (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Uceprotect (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Dnsbl (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Rbl (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Blocked Using (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Blocklist (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Block List (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Block-List (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Blacklist (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Black List (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Black-List (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Denylist (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Listed In (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Listed By (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Listed On (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Listed At (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, Is Listed (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "", "Sorry, On Our Block (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {530, "", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH},
    {535, "", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH},
    {538, "", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH},
    {454, "4.7.0", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH},
    {550, "5.7.8", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH},
    {550, "5.7.9", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH},
    {550, "5.7.11", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH},
    {550, "", "Sorry, Authentication Required (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH},
    {550, "", "Sorry, Authentication Failed (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH},
    {550, "", "Sorry, Authentication Is Required (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH},
    {550, "", "Sorry, Must Authenticate (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH},
    {550, "", "Sorry, Not Authenticated (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH},
    {550, "", "Sorry, Please Authenticate (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH},
    {550, "", "Sorry, Smtp Auth (#42)", SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH},
    {550, "5.7.28", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Rate Limit (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Rate-Limit (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Rate Exceed (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Unusual Rate (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Sending Rate (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Throttl (#42)", SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Too Fast (#42)", SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Too Quickly (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Too Many Connections (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Too Many Concurrent (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Too Many Messages (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Too Many Mails (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Too Many Emails (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Too Many Sessions (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Too Much Mail (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Too Many Errors (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Too Many Invalid (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Too Many Unknown (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Connection Limit (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Connection Rate (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "", "Sorry, Quota For Sending (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {550, "5.1.7", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_SENDER},
    {550, "5.1.8", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_SENDER},
    {550, "5.7.27", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_SENDER},
    {550, "", "Sorry, Sender Address Rejected (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_SENDER},
    {550, "", "Sorry, Sender Address Domain (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_SENDER},
    {550, "", "Sorry, Sender Rejected (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_SENDER},
    {550, "", "Sorry, Sender Domain (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_SENDER},
    {550, "", "Sorry, Sender Verify (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_SENDER},
    {550, "", "Sorry, Invalid Sender (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_SENDER},
    {550, "", "Sorry, Domain Of Sender (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_SENDER},
    {550, "", "Sorry, Sender Unknown (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_SENDER},
    {550, "5.1.1", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "5.1.6", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, User Unknown (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Unknown User (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, No Such User (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, No Such Recipient (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, No Such Mailbox (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, No Such Address (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, No Such Person (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, No Mailbox (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Unknown Recipient (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Recipient Unknown (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Recipient Not Found (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, User Not Found (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Address Not Found (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Mailbox Not Found (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Mailbox Unknown (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Unknown Mailbox (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, User Doesn'T Exist (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, User Does Not Exist (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Mailbox Does Not Exist (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Recipient Does Not Exist (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Account Does Not Exist (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Address Does Not Exist (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Invalid Recipient (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Invalid Mailbox (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Not A Valid Mailbox (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Not A Known User (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Mailbox Unavailable (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Account Is Disabled (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "", "Sorry, Mailbox Disabled (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {550, "5.7.20", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "5.7.21", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "5.7.22", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "5.7.23", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "5.7.24", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "5.7.25", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "5.7.26", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Dynamic (#42)", SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Dial-Up (#42)", SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Dialup (#42)", SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Residential (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Generic Rdns (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Reverse Dns (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Ptr Record (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Reverse Hostname (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Spf (#42)", SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Dmarc (#42)", SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Sender Policy Framework (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Reputation (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Client Host Rejected (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Helo Command Rejected (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Relay (#42)", SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Local Policy (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Policy Reasons (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Access Denied (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "", "Sorry, Not Authorized (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "5.2.3", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_SIZE},
    {550, "5.3.4", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_SIZE},
    {550, "", "Sorry, Message Size Exceed (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_SIZE},
    {550, "", "Sorry, Message Too Large (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_SIZE},
    {550, "", "Sorry, Message Too Big (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_SIZE},
    {550, "", "Sorry, Message File Too Big (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_SIZE},
    {550, "", "Sorry, Size Limit (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_SIZE},
    {550, "", "Sorry, Exceeds Fixed Maximum (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_SIZE},
    {550, "", "Sorry, Exceeded Storage Allocation (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_OTHER},
    {550, "5.2.2", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_OTHER},
    {550, "5.6.0", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_CONTENT},
    {550, "5.7.17", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_CONTENT},
    {550, "", "Sorry, Spam (#42)", SEKISHO__REPLY_CLASS__REPLY_CLASS_CONTENT},
    {550, "", "Sorry, Virus (#42)", SEKISHO__REPLY_CLASS__REPLY_CLASS_CONTENT},
    {550, "", "Sorry, Malware (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_CONTENT},
    {550, "", "Sorry, Phish (#42)", SEKISHO__REPLY_CLASS__REPLY_CLASS_CONTENT},
    {550, "", "Sorry, Message Content (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_CONTENT},
    {550, "", "Sorry, Content Rejected (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_CONTENT},
    {550, "", "Sorry, Unsolicited (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_CONTENT},
    {550, "", "Sorry, Junk Mail (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_CONTENT},
    {550, "", "Sorry, Attachment (#42)",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_CONTENT},
    {552, "5.7.0", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_CONTENT},
    {550, "5.7.1", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {451, "4.7.1", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {502, "", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_SYNTAX},
    {550, "5.5.1", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_SYNTAX},
    {550, "5.5.2", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_SYNTAX},
    {550, "5.5.4", "no", SEKISHO__REPLY_CLASS__REPLY_CLASS_SYNTAX},
};

/* As servers say it. */
static const struct sample sentences[] = {
    {554, "5.7.1",
	"Service unavailable; Client host [192.0.2.7] blocked using bl.example",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {550, "5.7.1",
	"Mail from IP 192.0.2.7 was rejected due to listing in a DNSBL",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED},
    {553, "5.1.8", "<a@one.example> Sender address domain does not exist",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_SENDER},
    {550, "5.1.1", "<b@two.example> User unknown in local table",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER},
    {450, "4.1.1", "<b@two.example> unverified address",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_OTHER},
    {450, "4.2.0", "Greylisted, come back in 300 seconds",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_GREYLISTED},
    {550, "5.7.1", "Dynamic addresses may not connect here",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {550, "5.7.23", "SPF check failed",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {554, "5.7.1", "Relay access denied",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
    {421, "4.7.0", "Too many connections from your address",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE},
    {552, "5.3.4", "Message size exceeds the limit",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_SIZE},
    {552, "5.2.2", "Mailbox is full", SEKISHO__REPLY_CLASS__REPLY_CLASS_OTHER},
    {554, "5.6.0", "Message contains a virus",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_CONTENT},
    {535, "5.7.8", "Bad credentials", SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH},
    {530, "5.7.0", "Must issue STARTTLS first",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH},
    {503, "5.5.1", "RCPT first", SEKISHO__REPLY_CLASS__REPLY_CLASS_SYNTAX},
    {550, "", "Requested action not taken",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_OTHER},
    {451, "4.3.0", "Local error", SEKISHO__REPLY_CLASS__REPLY_CLASS_OTHER},
    {550, "5.7.1", "Your message is no problem of ours, garble",
	SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY},
};

static bool is_meant(const struct smtp_reply_rule *r, const struct sample *s)
{
	char text[128];
	size_t i;

	for (i = 0; s->text[i] != '\0'; i++)
		text[i] = (char)tolower((unsigned char)s->text[i]);
	text[i] = '\0';
	return s->code >= r->code_min && s->code <= r->code_max &&
	       (r->phrase == NULL || strstr(text, r->phrase) != NULL) &&
	       (r->enhanced == NULL ||
		   strcmp(s->enhanced + 2, r->enhanced) == 0);
}

static void every_rule_has_a_sample_that_it_catches(void **state)
{
	size_t n = sizeof(each) / sizeof(each[0]);

	(void)state;
	assert_int_equal(n, smtp_reply_rules_n);
	for (size_t i = 0; i < n; i++) {
		const struct sample *s = &each[i];

		if (!is_meant(&smtp_reply_rules[i], s))
			fail_msg("sample %zu is not of its rule", i);
		if (smtp_reply_classify(s->code, s->enhanced, s->text) !=
		    s->cls)
			fail_msg("%u %s %s", s->code, s->enhanced, s->text);
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

static void acceptance_is_never_evidence(void **state)
{
	(void)state;
	for (size_t i = 0; i < smtp_reply_rules_n; i++)
		if (smtp_reply_rules[i].phrase != NULL)
			assert_int_equal(smtp_reply_classify(250, "2.1.1",
					     smtp_reply_rules[i].phrase),
			    SEKISHO__REPLY_CLASS__REPLY_CLASS_OK);
}

/* "We still look whether the user is unknown" is no unknown user. */
static void a_temporary_reply_knows_no_unknown_user(void **state)
{
	(void)state;
	for (size_t i = 0; i < smtp_reply_rules_n; i++)
		if (smtp_reply_rules[i].cls ==
		    SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER)
			assert_true(smtp_reply_rules[i].code_min >= 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_rule_has_a_sample_that_it_catches),
	    cmocka_unit_test(sentences_are_understood),
	    cmocka_unit_test(acceptance_is_never_evidence),
	    cmocka_unit_test(a_temporary_reply_knows_no_unknown_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
