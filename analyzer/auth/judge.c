/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/judge.h"

#include <assert.h>
#include <stdio.h>

/* The facts, reduced to what the table looks at. */
enum obstacle {
	CLEAR,
	NO_NAMES,
	SUBMISSION,
	NO_DOMAIN,
	NO_EGRESS,
	OVER_BUDGET,
	ENCRYPTED,
	LOST,
};
enum owner { FOREIGN, OWN, LISTED };
enum spf { UNCHECKED, PASS, FAIL, HANGS, WEAK, ERROR };
enum header { NO_MESSAGE, PART, WHOLE };
enum from { UNKNOWN, ALIGNED, UNALIGNED };
enum relayed { DIRECT, RELAYED };

#define B(value)   (1u << (value))
#define DKIM(says) B(DKIM_SAYS_##says)
/* What SPF was asked about, or would have been. */
#define ASKED .obstacle = B(CLEAR), .owner = B(FOREIGN)
/* A domain that is known to be the customer's needs no SPF. */
#define NAMED (B(CLEAR) | B(NO_EGRESS) | B(OVER_BUDGET) | B(LOST))
/* The rows where DKIM is heard. */
#define FAILS                                                                  \
	ASKED, .spf = B(FAIL), .header = B(WHOLE), .says_term = true,          \
	       .says_signature = true

static const struct judge_row table[] = {
    {VERDICT_CANNOT_TELL, "the privacy tier keeps no domains",
	.obstacle = B(NO_NAMES)},
    {VERDICT_CANNOT_TELL,
	"the session is authenticated: a submission, whose sender SPF does "
	"not judge here",
	.obstacle = B(SUBMISSION)},
    {VERDICT_CANNOT_TELL, "the session is encrypted", .obstacle = B(ENCRYPTED)},
    {VERDICT_CANNOT_TELL, "the sender has no domain", .obstacle = B(NO_DOMAIN)},
    {VERDICT_AUTHORISED, "the customer's own domain", .obstacle = NAMED,
	.owner = B(OWN)},
    {VERDICT_AUTHORISED, "a sender domain that the operator allows",
	.obstacle = NAMED, .owner = B(LISTED)},
    {VERDICT_CANNOT_TELL,
	"the address that receivers see is not known (network.egress)",
	.obstacle = B(NO_EGRESS), .owner = B(FOREIGN)},
    {VERDICT_CANNOT_TELL, "the hour's budget of sender checks is spent",
	.obstacle = B(OVER_BUDGET), .owner = B(FOREIGN)},
    {VERDICT_CANNOT_TELL, "a part of the transaction was not seen",
	.obstacle = B(LOST), .owner = B(FOREIGN)},
    {VERDICT_CANNOT_TELL, "SPF was not checked", ASKED, .spf = B(UNCHECKED)},
    {VERDICT_CANNOT_TELL, "SPF asks for the local part, which is not kept",
	ASKED, .spf = B(HANGS), .says_term = true},
    {VERDICT_CANNOT_TELL, "SPF proves nothing", ASKED, .spf = B(WEAK),
	.says_term = true},
    {VERDICT_CANNOT_TELL, "SPF could not be evaluated", ASKED, .spf = B(ERROR),
	.says_term = true},
    {VERDICT_AUTHORISED, "SPF passes, and no message followed", ASKED,
	.spf = B(PASS), .header = B(NO_MESSAGE), .says_term = true},
    {VERDICT_CANNOT_TELL,
	"SPF passes, but the message header was not seen to its end", ASKED,
	.spf = B(PASS), .header = B(PART), .says_term = true},
    {VERDICT_AUTHORISED, "SPF passes", ASKED, .spf = B(PASS),
	.header = B(WHOLE), .from = B(ALIGNED), .says_term = true},
    {VERDICT_CANNOT_TELL,
	"SPF passes, but for another domain than that of header From", ASKED,
	.spf = B(PASS), .header = B(WHOLE), .from = B(UNALIGNED),
	.says_term = true},
    {VERDICT_CANNOT_TELL,
	"SPF passes, but header From has no domain to compare with", ASKED,
	.spf = B(PASS), .header = B(WHOLE), .from = B(UNKNOWN),
	.says_term = true},
    {VERDICT_CANNOT_TELL,
	"SPF fails, but no message followed: a DKIM signature could have "
	"been in it",
	ASKED, .spf = B(FAIL), .header = B(NO_MESSAGE), .says_term = true},
    {VERDICT_CANNOT_TELL,
	"SPF fails, but the message header was not seen to its end: a DKIM "
	"signature could be there",
	ASKED, .spf = B(FAIL), .header = B(PART), .says_term = true},
    {VERDICT_AUTHORISED,
	"SPF fails, but the domain of header From signed it: forwarded", FAILS,
	.dkim = DKIM(ALIGNED)},
    {VERDICT_CANNOT_TELL,
	"SPF fails, but another domain than that of header From signed it",
	FAILS, .dkim = DKIM(UNALIGNED)},
    {VERDICT_CANNOT_TELL,
	"SPF fails, and a DKIM signature is genuine, but does not count", FAILS,
	.dkim = DKIM(GENUINE)},
    {VERDICT_CANNOT_TELL, "SPF fails, but a DKIM key could not be fetched",
	FAILS, .dkim = DKIM(TEMPERROR)},
    {VERDICT_CANNOT_TELL, "SPF fails, but not all that verifies DKIM is known",
	FAILS, .dkim = DKIM(UNSEEN)},
    {VERDICT_CANNOT_TELL,
	"SPF fails, but the message came to this line, which may run a mail "
	"server, from elsewhere (Received): it may be forwarded",
	FAILS, .dkim = DKIM(FAILED) | DKIM(NOTHING), .relayed = B(RELAYED)},
    {VERDICT_SPOOFED, "SPF fails and no DKIM signature is valid", FAILS,
	.dkim = DKIM(FAILED), .relayed = B(DIRECT), .says_policy = true},
    {VERDICT_SPOOFED, "SPF fails and no DKIM signature speaks for it", FAILS,
	.dkim = DKIM(NOTHING), .relayed = B(DIRECT), .says_policy = true},
};

static enum obstacle obstacle_of(const struct judge_facts *f)
{
	if (!f->names_kept)
		return NO_NAMES;
	if (f->authenticated)
		return SUBMISSION;
	if (f->encrypted)
		return ENCRYPTED;
	if (!f->has_domain)
		return NO_DOMAIN;
	if (!f->address_known)
		return NO_EGRESS;
	if (f->over_budget)
		return OVER_BUDGET;
	return f->gap ? LOST : CLEAR;
}

static enum owner owner_of(const struct judge_facts *f)
{
	if (f->own_domain)
		return OWN;
	return f->listed_domain ? LISTED : FOREIGN;
}

static enum spf spf_of(const struct judge_facts *f)
{
	switch (f->spf) {
	case SPF_PASS:
		return f->spf_hangs ? HANGS : PASS;
	case SPF_FAIL:
		return f->spf_hangs ? HANGS : FAIL;
	case SPF_NONE:
	case SPF_NEUTRAL:
	case SPF_SOFTFAIL:
		return WEAK;
	case SPF_TEMPERROR:
	case SPF_PERMERROR:
		return ERROR;
	case SPF_UNCHECKED:
	case SPF_RESULT_COUNT:
		break;
	}
	return UNCHECKED;
}

static enum header header_of(const struct judge_facts *f)
{
	if (f->header_complete)
		return WHOLE;
	return f->message ? PART : NO_MESSAGE;
}

static enum from from_of(const struct judge_facts *f)
{
	if (!f->from_known)
		return UNKNOWN;
	return f->from_aligned ? ALIGNED : UNALIGNED;
}

/* A mail server forwards, and not every domain signs. A bot's
 * invented Received fields gain it this much: other labels still count. */
static enum relayed relayed_of(const struct judge_facts *f)
{
	return f->may_relay && f->received_count > 0 ? RELAYED : DIRECT;
}

static bool has(unsigned values, unsigned value)
{
	return values == 0 || (values & B(value)) != 0;
}

bool judge_row_holds(const struct judge_row *row, const struct judge_facts *f)
{
	return has(row->obstacle, obstacle_of(f)) &&
	       has(row->owner, owner_of(f)) && has(row->spf, spf_of(f)) &&
	       has(row->header, header_of(f)) && has(row->from, from_of(f)) &&
	       has(row->dkim, f->dkim) && has(row->relayed, relayed_of(f));
}

const struct judge_row *judge_table(size_t *n)
{
	*n = sizeof(table) / sizeof(table[0]);
	return table;
}

const struct judge_row *judge(const struct judge_facts *f)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (judge_row_holds(&table[i], f))
			return &table[i];
	assert(!"the table has a row for everything");
	return &table[0];
}

/* Pass and fail are in the row's text. */
static void say_spf(const struct judge_details *d, char *out, size_t size)
{
	bool named = d->spf == SPF_PASS || d->spf == SPF_FAIL;
	bool term = d->spf_term != NULL && *d->spf_term != '\0';

	if (!named || term)
		snprintf(out, size, " (%s%s%s)",
		    named ? "" : spf_result_name(d->spf),
		    !named && term ? ", " : "", term ? d->spf_term : "");
}

void judge_words(const struct judge_row *row, const struct judge_details *d,
    char *out, size_t size)
{
	char term[320] = "", signature[500] = "", policy[320] = "";
	const struct dkim_result *s = d->signature;

	if (row->says_term)
		say_spf(d, term, sizeof(term));
	if (row->says_signature && s != NULL)
		snprintf(signature, sizeof(signature), "; DKIM %s of %s: %s",
		    dkim_code_name(s->code),
		    s->domain[0] != '\0' ? s->domain : "an unnamed domain",
		    s->reason);
	if (row->says_policy && d->dmarc != NULL &&
	    d->dmarc->state == DMARC_FOUND)
		snprintf(policy, sizeof(policy), "; DMARC of %s asks for %s",
		    d->dmarc->domain, dmarc_policy_name(d->dmarc->asked));
	snprintf(out, size, "%s%s%s%s", row->text, term, signature, policy);
}
