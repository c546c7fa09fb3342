/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/smtp/reply_class.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define UNKNOWN_USER SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER
#define BLOCKLISTED  SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED
#define POLICY       SEKISHO__REPLY_CLASS__REPLY_CLASS_POLICY
#define GREYLISTED   SEKISHO__REPLY_CLASS__REPLY_CLASS_GREYLISTED
#define RATE         SEKISHO__REPLY_CLASS__REPLY_CLASS_RATE
#define SIZE         SEKISHO__REPLY_CLASS__REPLY_CLASS_SIZE
#define CONTENT      SEKISHO__REPLY_CLASS__REPLY_CLASS_CONTENT
#define SENDER       SEKISHO__REPLY_CLASS__REPLY_CLASS_SENDER
#define AUTH         SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH
#define SYNTAX       SEKISHO__REPLY_CLASS__REPLY_CLASS_SYNTAX
#define OTHER        SEKISHO__REPLY_CLASS__REPLY_CLASS_OTHER

/* A temporary reply never says that a user is unknown: servers answer 450
 * while they still look, and greylisting answers 450 to everybody. */
const struct smtp_reply_rule smtp_reply_rules[] = {
    /* greylisting names lists of its own; before the block lists */
    {400, 599, NULL, "greylist", GREYLISTED},
    {400, 599, NULL, "graylist", GREYLISTED},
    {400, 599, NULL, "grey list", GREYLISTED},
    {400, 599, NULL, "grey-list", GREYLISTED},
    {400, 499, NULL, "postgrey", GREYLISTED},
    /* recipients that a directory does not list */
    {400, 599, NULL, "not blacklisted", OTHER},
    {500, 599, NULL, "not listed in", UNKNOWN_USER},
    {400, 599, NULL, "spamhaus", BLOCKLISTED},
    {400, 599, NULL, "spamcop", BLOCKLISTED},
    {400, 599, NULL, "barracudacentral", BLOCKLISTED},
    {400, 599, NULL, "sorbs", BLOCKLISTED},
    {400, 599, NULL, "uceprotect", BLOCKLISTED},
    {400, 599, NULL, "dnsbl", BLOCKLISTED},
    {400, 599, NULL, "rbl", BLOCKLISTED},
    {400, 599, NULL, "blocked using", BLOCKLISTED},
    {400, 599, NULL, "blocklist", BLOCKLISTED},
    {400, 599, NULL, "block list", BLOCKLISTED},
    {400, 599, NULL, "block-list", BLOCKLISTED},
    {400, 599, NULL, "blacklist", BLOCKLISTED},
    {400, 599, NULL, "black list", BLOCKLISTED},
    {400, 599, NULL, "black-list", BLOCKLISTED},
    {400, 599, NULL, "denylist", BLOCKLISTED},
    {400, 599, NULL, "listed in", BLOCKLISTED},
    {400, 599, NULL, "listed by", BLOCKLISTED},
    {400, 599, NULL, "listed on", BLOCKLISTED},
    {400, 599, NULL, "listed at", BLOCKLISTED},
    {400, 599, NULL, "is listed", BLOCKLISTED},
    {400, 599, NULL, "on our block", BLOCKLISTED},
    /* who the client must be */
    {530, 530, NULL, NULL, AUTH},
    {534, 535, NULL, NULL, AUTH},
    {538, 538, NULL, NULL, AUTH},
    {454, 454, "7.0", NULL, AUTH},
    {400, 599, "7.8", NULL, AUTH},
    {400, 599, "7.9", NULL, AUTH},
    {400, 599, "7.11", NULL, AUTH},
    {400, 599, NULL, "authentication required", AUTH},
    {400, 599, NULL, "authentication failed", AUTH},
    {400, 599, NULL, "authentication is required", AUTH},
    {400, 599, NULL, "must authenticate", AUTH},
    {400, 599, NULL, "not authenticated", AUTH},
    {400, 599, NULL, "please authenticate", AUTH},
    {400, 599, NULL, "smtp auth", AUTH},
    /* how much at a time */
    {400, 599, "7.28", NULL, RATE},
    {400, 599, NULL, "rate limit", RATE},
    {400, 599, NULL, "rate-limit", RATE},
    {400, 599, NULL, "rate exceed", RATE},
    {400, 599, NULL, "unusual rate", RATE},
    {400, 599, NULL, "sending rate", RATE},
    {400, 599, NULL, "throttl", RATE},
    {400, 599, NULL, "too fast", RATE},
    {400, 599, NULL, "too quickly", RATE},
    {400, 599, NULL, "too many connections", RATE},
    {400, 599, NULL, "too many concurrent", RATE},
    {400, 599, NULL, "too many messages", RATE},
    {400, 599, NULL, "too many mails", RATE},
    {400, 599, NULL, "too many emails", RATE},
    {400, 599, NULL, "too many sessions", RATE},
    {400, 599, NULL, "too much mail", RATE},
    {400, 599, NULL, "too many errors", RATE},
    {400, 599, NULL, "too many invalid", RATE},
    {400, 599, NULL, "too many unknown", RATE},
    {400, 599, NULL, "connection limit", RATE},
    {400, 599, NULL, "connection rate", RATE},
    {400, 599, NULL, "quota for sending", RATE},
    /* the sender's address */
    {400, 599, "1.7", NULL, SENDER},
    {400, 599, "1.8", NULL, SENDER},
    {400, 599, "7.27", NULL, SENDER},
    {400, 599, NULL, "sender address rejected", SENDER},
    {400, 599, NULL, "sender address domain", SENDER},
    {400, 599, NULL, "sender rejected", SENDER},
    {400, 599, NULL, "sender domain", SENDER},
    {400, 599, NULL, "sender verify", SENDER},
    {400, 599, NULL, "invalid sender", SENDER},
    {400, 599, NULL, "domain of sender", SENDER},
    {400, 599, NULL, "sender unknown", SENDER},
    /* nobody of that name */
    {500, 599, "1.1", NULL, UNKNOWN_USER},
    {500, 599, "1.6", NULL, UNKNOWN_USER},
    {500, 599, NULL, "user unknown", UNKNOWN_USER},
    {500, 599, NULL, "unknown user", UNKNOWN_USER},
    {500, 599, NULL, "no such user", UNKNOWN_USER},
    {500, 599, NULL, "no such recipient", UNKNOWN_USER},
    {500, 599, NULL, "no such mailbox", UNKNOWN_USER},
    {500, 599, NULL, "no such address", UNKNOWN_USER},
    {500, 599, NULL, "no such person", UNKNOWN_USER},
    {500, 599, NULL, "no mailbox", UNKNOWN_USER},
    {500, 599, NULL, "unknown recipient", UNKNOWN_USER},
    {500, 599, NULL, "recipient unknown", UNKNOWN_USER},
    {500, 599, NULL, "recipient not found", UNKNOWN_USER},
    {500, 599, NULL, "user not found", UNKNOWN_USER},
    {500, 599, NULL, "address not found", UNKNOWN_USER},
    {500, 599, NULL, "mailbox not found", UNKNOWN_USER},
    {500, 599, NULL, "mailbox unknown", UNKNOWN_USER},
    {500, 599, NULL, "unknown mailbox", UNKNOWN_USER},
    {500, 599, NULL, "user doesn't exist", UNKNOWN_USER},
    {500, 599, NULL, "user does not exist", UNKNOWN_USER},
    {500, 599, NULL, "mailbox does not exist", UNKNOWN_USER},
    {500, 599, NULL, "recipient does not exist", UNKNOWN_USER},
    {500, 599, NULL, "account does not exist", UNKNOWN_USER},
    {500, 599, NULL, "address does not exist", UNKNOWN_USER},
    {500, 599, NULL, "invalid recipient", UNKNOWN_USER},
    {500, 599, NULL, "invalid mailbox", UNKNOWN_USER},
    {500, 599, NULL, "not a valid mailbox", UNKNOWN_USER},
    {500, 599, NULL, "not a known user", UNKNOWN_USER},
    {500, 599, NULL, "mailbox unavailable", UNKNOWN_USER},
    {500, 599, NULL, "account is disabled", UNKNOWN_USER},
    {500, 599, NULL, "mailbox disabled", UNKNOWN_USER},
    /* the client's line, its name, or its standing */
    {400, 599, "7.20", NULL, POLICY},
    {400, 599, "7.21", NULL, POLICY},
    {400, 599, "7.22", NULL, POLICY},
    {400, 599, "7.23", NULL, POLICY},
    {400, 599, "7.24", NULL, POLICY},
    {400, 599, "7.25", NULL, POLICY},
    {400, 599, "7.26", NULL, POLICY},
    {400, 599, NULL, "dynamic", POLICY},
    {400, 599, NULL, "dial-up", POLICY},
    {400, 599, NULL, "dialup", POLICY},
    {400, 599, NULL, "residential", POLICY},
    {400, 599, NULL, "generic rdns", POLICY},
    {400, 599, NULL, "reverse dns", POLICY},
    {400, 599, NULL, "ptr record", POLICY},
    {400, 599, NULL, "reverse hostname", POLICY},
    {400, 599, NULL, "spf", POLICY},
    {400, 599, NULL, "dmarc", POLICY},
    {400, 599, NULL, "sender policy framework", POLICY},
    {400, 599, NULL, "reputation", POLICY},
    {400, 599, NULL, "client host rejected", POLICY},
    {400, 599, NULL, "helo command rejected", POLICY},
    {400, 599, NULL, "relay", POLICY},
    {400, 599, NULL, "local policy", POLICY},
    {400, 599, NULL, "policy reasons", POLICY},
    {400, 599, NULL, "access denied", POLICY},
    {400, 599, NULL, "not authorized", POLICY},
    /* how big */
    {400, 599, "2.3", NULL, SIZE},
    {400, 599, "3.4", NULL, SIZE},
    {400, 599, NULL, "message size exceed", SIZE},
    {400, 599, NULL, "message too large", SIZE},
    {400, 599, NULL, "message too big", SIZE},
    {400, 599, NULL, "message file too big", SIZE},
    {400, 599, NULL, "size limit", SIZE},
    {400, 599, NULL, "exceeds fixed maximum", SIZE},
    {400, 599, NULL, "exceeded storage allocation", OTHER},
    {400, 599, "2.2", NULL, OTHER}, /* a full mailbox is no size */
    /* what stands in it */
    {400, 599, "6.0", NULL, CONTENT},
    {500, 599, "7.17", NULL, CONTENT},
    {400, 599, NULL, "spam", CONTENT},
    {400, 599, NULL, "virus", CONTENT},
    {400, 599, NULL, "malware", CONTENT},
    {400, 599, NULL, "phish", CONTENT},
    {400, 599, NULL, "message content", CONTENT},
    {400, 599, NULL, "content rejected", CONTENT},
    {400, 599, NULL, "unsolicited", CONTENT},
    {400, 599, NULL, "junk mail", CONTENT},
    {400, 599, NULL, "attachment", CONTENT},
    {552, 552, "7.0", NULL, CONTENT},
    /* policy, where nothing above said more */
    {500, 599, "7.1", NULL, POLICY},
    {400, 499, "7.1", NULL, POLICY},
    /* the dialogue itself */
    {500, 504, NULL, NULL, SYNTAX},
    {500, 599, "5.1", NULL, SYNTAX},
    {500, 599, "5.2", NULL, SYNTAX},
    {500, 599, "5.4", NULL, SYNTAX},
};
const size_t smtp_reply_rules_n =
    sizeof(smtp_reply_rules) / sizeof(smtp_reply_rules[0]);

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool has_phrase(const char *text, const char *phrase)
{
	size_t n = strlen(phrase);

	for (const char *p = text; *p != '\0'; p++)
		if (strncasecmp(p, phrase, n) == 0 &&
		    (p == text || !is_letter(p[-1])))
			return true;
	return false;
}

static bool rule_applies(const struct smtp_reply_rule *r, uint16_t code,
    const char *enhanced, const char *text)
{
	if (code < r->code_min || code > r->code_max)
		return false;
	if (r->enhanced != NULL &&
	    (strlen(enhanced) < 3 || strcmp(enhanced + 2, r->enhanced) != 0))
		return false;
	return r->phrase == NULL || has_phrase(text, r->phrase);
}

Sekisho__ReplyClass smtp_reply_classify(
    uint16_t code, const char *enhanced, const char *text)
{
	if (code < 400)
		return SEKISHO__REPLY_CLASS__REPLY_CLASS_OK;
	for (size_t i = 0; i < smtp_reply_rules_n; i++)
		if (rule_applies(&smtp_reply_rules[i], code, enhanced, text))
			return smtp_reply_rules[i].cls;
	return OTHER;
}
