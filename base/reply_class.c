/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reply_class.h"

#include <stdbool.h>

#define CLS(name) SEKISHO__REPLY_CLASS__REPLY_CLASS_##name
/* one idea; two ideas near each other; an enhanced code */
#define IDEA(lo, hi, a, cls, text)                                             \
	{                                                                      \
		lo, hi, 0, IDEA_##a, IDEA_NONE, 0, CLS(cls), text              \
	}
#define NEAR(lo, hi, a, b, n, cls, text)                                       \
	{                                                                      \
		lo, hi, 0, IDEA_##a, IDEA_##b, n, CLS(cls), text               \
	}
#define CODE(lo, hi, subject, detail, cls)                                     \
	{                                                                      \
		lo, hi, SMTP_ENHANCED(subject, detail), IDEA_NONE, IDEA_NONE,  \
		    0, CLS(cls), "No."                                         \
	}
#define BASIC(lo, hi, cls)                                                     \
	{                                                                      \
		lo, hi, 0, IDEA_NONE, IDEA_NONE, 0, CLS(cls), "No."            \
	}

const struct smtp_reply_rule smtp_reply_rules[] = {
    /* 4xx only: a server that says it with 5xx means something else */
    IDEA(400, 499, GREY, GREYLISTED, "Greylisted for the next five minutes"),
    BASIC(530, 530, AUTH),
    BASIC(534, 535, AUTH),
    BASIC(538, 538, AUTH),
    CODE(525, 525, 7, 13, AUTH),
    CODE(454, 454, 7, 0, AUTH),
    /* before rate and size: says nothing about who sends */
    IDEA(400, 599, FULL, OTHER, "This mailbox is full"),
    /* names in the text, not the machine that brings it */
    IDEA(400, 599, URI, CONTENT, "A name in it is known to SURBL"),
    NEAR(400, 599, LINK, LISTED, 0, CONTENT, "The link stands listed as bad"),
    NEAR(400, 599, LINK, LIST, 0, CONTENT, "That URL is in our blocklist"),
    IDEA(400, 599, LIST, BLOCKLISTED, "Spamhaus knows you"),
    NEAR(400, 599, CLIENT, LISTED, 0, BLOCKLISTED, "Your host is listed"),
    NEAR(400, 599, VENDOR, BLOCKED, 0, BLOCKLISTED, "Blocked by Cloudmark"),
    /* who the client must be, what its line and its names are */
    IDEA(400, 599, PROOF, POLICY, "SPF says no"),
    IDEA(400, 599, LINE, POLICY, "No mail from dynamic lines"),
    CODE(400, 599, 7, 8, AUTH),
    CODE(400, 599, 7, 9, AUTH),
    CODE(400, 599, 7, 11, AUTH),
    CODE(400, 599, 7, 12, AUTH),
    CODE(400, 599, 7, 14, AUTH),
    CODE(500, 599, 5, 6, AUTH),
    NEAR(400, 599, LOGIN, NEED, 4, AUTH, "Please log in"),
    NEAR(400, 599, LOGIN, ABSENT, 4, AUTH, "Invalid credentials"),
    /* how much at a time */
    CODE(400, 599, 7, 28, RATE),
    CODE(400, 599, 5, 3, RATE),
    IDEA(400, 599, RATE, RATE, "You send too fast"),
    NEAR(400, 599, MANY, THING, 5, RATE, "Too many sessions"),
    NEAR(400, 599, CLIENT, MANY, 0, RATE, "Too much from that IP"),
    /* the sender's address */
    CODE(400, 599, 1, 7, SENDER),
    CODE(400, 599, 1, 8, SENDER),
    CODE(400, 599, 7, 27, SENDER),
    NEAR(400, 599, SENDER, REFUSED, 4, SENDER, "Sender refused here"),
    NEAR(400, 599, SENDER, ABSENT, 5, SENDER, "Unknown sender"),
    NEAR(400, 599, SENDER, RULE, 4, SENDER, "This sender is not allowed"),
    /* Nobody of that name. A temporary reply never says so: servers answer
     * 450 while they still look. */
    IDEA(500, 599, NOBODY, UNKNOWN_USER, "No such user lives here"),
    NEAR(500, 599, BOX, ABSENT, 4, UNKNOWN_USER, "That mailbox is unknown"),
    CODE(500, 599, 1, 1, UNKNOWN_USER),
    CODE(500, 599, 1, 2, UNKNOWN_USER),
    CODE(500, 599, 1, 3, UNKNOWN_USER),
    CODE(500, 599, 1, 4, UNKNOWN_USER),
    CODE(500, 599, 1, 6, UNKNOWN_USER),
    CODE(500, 599, 1, 10, UNKNOWN_USER),
    CODE(500, 599, 2, 1, UNKNOWN_USER),
    CODE(500, 599, 7, 17, UNKNOWN_USER),
    CODE(500, 599, 7, 18, UNKNOWN_USER),
    /* a list of the server's own */
    NEAR(400, 599, CLIENT, BLOCKED, 8, BLOCKLISTED, "Your IP is banned"),
    IDEA(400, 599, FAME, POLICY, "Your reputation is poor"),
    /* how big */
    CODE(400, 599, 2, 3, SIZE),
    CODE(400, 599, 3, 4, SIZE),
    CODE(400, 599, 7, 16, SIZE),
    NEAR(400, 599, SIZE, LARGE, 6, SIZE, "Its size is over the limit"),
    NEAR(400, 599, SIZE, MANY, 6, SIZE, "Its size exceeds what we take"),
    NEAR(400, 599, CONTENT, LARGE, 5, SIZE, "This attachment is too big"),
    IDEA(552, 552, LARGE, SIZE, "Mail too large"),
    IDEA(400, 599, SIZE, SIZE, "Not of that size"),
    /* what stands in it */
    IDEA(400, 599, SPAM, CONTENT, "This is spam"),
    IDEA(400, 599, CONTENT, CONTENT, "Its content is not wanted"),
    CODE(552, 552, 7, 0, CONTENT),
    CODE(400, 599, 6, 0, CONTENT),
    CODE(400, 599, 6, 1, CONTENT),
    CODE(400, 599, 6, 2, CONTENT),
    CODE(400, 599, 6, 3, CONTENT),
    CODE(400, 599, 6, 5, CONTENT),
    CODE(500, 599, 6, 7, SYNTAX),
    IDEA(500, 504, GRAMMAR, SYNTAX, "Syntax error there"),
    IDEA(400, 599, RELAY, POLICY, "We do not relay"),
    NEAR(400, 599, HELO, REFUSED, 4, POLICY, "HELO refused"),
    NEAR(400, 599, CLIENT, REFUSED, 4, POLICY, "Client refused"),
    IDEA(400, 599, RULE, POLICY, "Not by our policy"),
    /* RFC 3463 and the IANA registry, where no word said more */
    CODE(500, 599, 7, 0, POLICY),
    CODE(400, 599, 7, 1, POLICY),
    CODE(400, 599, 7, 2, POLICY),
    CODE(400, 599, 7, 7, POLICY),
    CODE(400, 599, 7, 10, AUTH),
    CODE(400, 599, 7, 15, POLICY),
    CODE(400, 599, 7, 19, POLICY),
    CODE(400, 599, 7, 20, POLICY),
    CODE(400, 599, 7, 21, POLICY),
    CODE(400, 599, 7, 22, POLICY),
    CODE(400, 599, 7, 23, POLICY),
    CODE(400, 599, 7, 24, POLICY),
    CODE(400, 599, 7, 25, POLICY),
    CODE(400, 599, 7, 26, POLICY),
    CODE(400, 599, 7, 29, POLICY),
    CODE(400, 599, 7, 30, POLICY),
    /* the dialogue itself */
    BASIC(500, 504, SYNTAX),
    CODE(500, 599, 5, 1, SYNTAX),
    CODE(500, 599, 5, 2, SYNTAX),
    CODE(500, 599, 5, 4, SYNTAX),
    IDEA(500, 599, GRAMMAR, SYNTAX, "Syntax error there"),
};
const size_t smtp_reply_rules_n =
    sizeof(smtp_reply_rules) / sizeof(smtp_reply_rules[0]);

/* "5.7.23" as SMTP_ENHANCED(7, 23); 0: none. */
static unsigned enhanced_number(const char *p)
{
	unsigned part[2] = {0, 0};

	if (p[0] == '\0' || p[1] != '.')
		return 0;
	p += 2;
	for (int i = 0; i < 2; i++) {
		while (*p >= '0' && *p <= '9' && part[i] < 1000)
			part[i] = part[i] * 10 + (unsigned)(*p++ - '0');
		if (i == 0 && *p++ != '.')
			return 0;
	}
	return SMTP_ENHANCED(part[0], part[1]);
}

static bool are_near(uint64_t a, uint64_t b, unsigned words)
{
	uint64_t wide = a;

	for (unsigned i = 1; i <= words; i++)
		wide |= a << i | a >> i;
	return (wide & b) != 0;
}

static bool rule_applies(const struct smtp_reply_rule *r, uint16_t code,
    unsigned enhanced, const struct smtp_ideas *in)
{
	uint64_t need = UINT64_C(1) << r->a | UINT64_C(1) << r->b;

	if (code < r->code_min || code > r->code_max)
		return false;
	if (r->enhanced != 0 && r->enhanced != enhanced)
		return false;
	/* Bit 0 is IDEA_NONE: always there. */
	if ((need & ~in->present & ~UINT64_C(1)) != 0)
		return false;
	return r->within == 0 ||
	       are_near(in->at[r->a], in->at[r->b], r->within);
}

Sekisho__ReplyClass smtp_reply_classify(
    uint16_t code, const char *enhanced, const char *text)
{
	struct smtp_ideas ideas;
	unsigned number;

	if (code < 400)
		return CLS(OK);
	number = enhanced_number(enhanced);
	smtp_ideas_find(&ideas, text);
	for (size_t i = 0; i < smtp_reply_rules_n; i++)
		if (rule_applies(&smtp_reply_rules[i], code, number, &ideas))
			return smtp_reply_rules[i].cls;
	return CLS(OTHER);
}
