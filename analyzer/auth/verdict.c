/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/verdict.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Worth a question: two labels, and the last is no number. */
static bool is_fqdn(const char *name)
{
	const char *dot = strrchr(name, '.');

	return name[0] != '[' && dot && dot[1] != '\0' &&
	       strspn(dot + 1, "0123456789") != strlen(dot + 1);
}

/* The address that a receiver saw; false: nobody told us. */
static bool seen_address(
    const struct conf *c, const struct addr *client, struct addr *seen)
{
	for (size_t i = 0; i < c->n_egress; i++) {
		if (prefix_contains(&c->egress[i].inside, client)) {
			*seen = c->egress[i].outside;
			return true;
		}
	}
	*seen = *client;
	return !addr_is_private(client);
}

bool verdict_query(const struct observation *o, const struct conf *c,
    struct spf_query *q, const char **why_not)
{
	memset(q, 0, sizeof(*q));
	*why_not = NULL;
	if (o->kind != OBS_TRANSACTION || o->traffic_case != 2 ||
	    o->server_port != 25 || !o->mail_from_seen)
		return false;
	if (o->tier != PRIVACY_DOMAINS) {
		*why_not = "the privacy tier keeps no domains";
		return false;
	}
	/* Submission (RFC 6409) that still uses port 25: the server vouches
	 * for its user, and sends on from an address of its own. */
	if (o->authenticated) {
		*why_not = "the session is authenticated: a submission, whose "
			   "sender SPF does not judge here";
		return false;
	}
	q->helo = o->helo;
	q->domain = o->mail_from;
	if (o->mail_from_null) {
		q->domain = o->helo;
		/* RFC 7208 section 2.4: then the sender is postmaster@HELO */
		q->local_part = "postmaster";
	}
	if (!is_fqdn(q->domain)) {
		*why_not = o->mail_from_null
			       ? "null sender, and the HELO name is no domain"
			       : "the sender has no domain";
		return false;
	}
	if (!seen_address(c, &o->client, &q->ip)) {
		*why_not = "the address that receivers see is not known "
			   "(network.egress)";
		return false;
	}
	return true;
}

static bool is_own(const char *domain, const char *own)
{
	size_t dlen = strlen(domain);

	while (*own) {
		size_t n;

		own += strspn(own, " ");
		n = strcspn(own, " ");
		if (n > 0 && n <= dlen &&
		    strncasecmp(domain + dlen - n, own, n) == 0 &&
		    (n == dlen || domain[dlen - n - 1] == '.'))
			return true;
		own += n;
	}
	return false;
}

static void say(struct observation *o, enum verdict v, const char *text)
{
	o->verdict = v;
	snprintf(o->verdict_reason, sizeof(o->verdict_reason), "%s", text);
}

static void judge_fail(struct observation *o, const char *own_domains,
    const struct spf_outcome *out)
{
	if (out->needs_local_part)
		say(o, VERDICT_CANNOT_TELL,
		    "the record asks for the local part, which is not kept");
	else if (is_own(o->spf_domain, own_domains))
		say(o, VERDICT_CANNOT_TELL,
		    "the customer's own domain: its SPF record does not name "
		    "this line");
	else if (o->dkim_signature)
		say(o, VERDICT_CANNOT_TELL,
		    "SPF fails, but the message is DKIM-signed: it may be "
		    "forwarded");
	else if (o->line_class == CLASS_STATIC && o->received_count > 0)
		/* A static line may run a mail server, and not every domain
		 * signs. A bot's invented Received fields gain it this much:
		 * the other labels still count. */
		say(o, VERDICT_CANNOT_TELL,
		    "SPF fails, but the message came to this static line from "
		    "elsewhere (Received): it may be forwarded");
	else if (!o->header_complete)
		say(o, VERDICT_CANNOT_TELL,
		    "SPF fails, but the message header was not seen to its "
		    "end: a DKIM signature could be there");
	else {
		o->verdict = VERDICT_SPOOFED;
		snprintf(o->verdict_reason, sizeof(o->verdict_reason),
		    "SPF fails (%s) and no DKIM signature speaks for it",
		    out->term);
	}
}

void verdict_decide(struct observation *o, const char *own_domains,
    const struct spf_outcome *out)
{
	o->spf = out->result;
	o->spf_helo = o->mail_from_null;
	snprintf(o->spf_domain, sizeof(o->spf_domain), "%s",
	    o->mail_from_null ? o->helo : o->mail_from);
	snprintf(o->spf_term, sizeof(o->spf_term), "%s", out->term);
	snprintf(o->spf_record, sizeof(o->spf_record), "%s", out->record);
	o->spf_lookups = out->lookups;
	if (out->result == SPF_FAIL)
		judge_fail(o, own_domains, out);
	else if (out->result == SPF_PASS && !out->needs_local_part) {
		o->verdict = VERDICT_AUTHORISED;
		snprintf(o->verdict_reason, sizeof(o->verdict_reason),
		    "SPF pass (%s)", out->term);
	} else if (out->result == SPF_PASS) {
		say(o, VERDICT_CANNOT_TELL,
		    "SPF passes for some local parts, and ours is not kept");
	} else {
		o->verdict = VERDICT_CANNOT_TELL;
		snprintf(o->verdict_reason, sizeof(o->verdict_reason),
		    "SPF %s proves nothing", spf_result_name(out->result));
	}
}
