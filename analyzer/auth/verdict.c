/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/auth/verdict.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "analyzer/auth/judge.h"

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

/* Mail that a customer hands to our servers: will receivers take this sender
 * from them? Each of their addresses gets its turn. */
static bool own_mail_query(
    const struct observation *o, const struct conf *c, struct spf_query *q)
{
	const struct conf_prefixes *from = &c->server_egress;

	if (from->n == 0 || o->tier != PRIVACY_DOMAINS || o->mail_from_null ||
	    !is_fqdn(o->mail_from))
		return false;
	q->domain = o->mail_from;
	/* What our servers say in HELO is not seen here. */
	q->helo = "";
	q->ip = from->v[o->seq % from->n].addr;
	return true;
}

bool verdict_query(const struct observation *o, const struct conf *c,
    struct spf_query *q, const char **why_not)
{
	memset(q, 0, sizeof(*q));
	*why_not = NULL;
	if (o->kind == OBS_TRANSACTION && o->traffic_case == 1 &&
	    o->mail_from_seen)
		return own_mail_query(o, c, q);
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

const char *verdict_header_from(const struct observation *o)
{
	return o->header_from_count == 1 ? o->header_from : "";
}

/* The domain, or one above it, is on the list. */
static bool is_on_list(const char *domain, const char *own)
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

static void say_dkim(struct observation *o, const struct auth_outcome *a)
{
	const struct dkim_result *s = a->signature;

	if (a->dkim == NULL)
		return;
	if (s == NULL)
		snprintf(
		    o->dkim, sizeof(o->dkim), "%s", dkim_code_name(DKIM_NONE));
	else
		snprintf(o->dkim, sizeof(o->dkim), "%s %s%s: %s",
		    dkim_code_name(s->code), s->domain,
		    a->says == DKIM_SAYS_ALIGNED ? " aligned" : "", s->reason);
}

static void say_dmarc(struct observation *o, const struct dmarc_outcome *d)
{
	if (d == NULL)
		return;
	if (d->state == DMARC_FOUND)
		snprintf(o->dmarc, sizeof(o->dmarc), "%s %s",
		    dmarc_policy_name(d->asked), d->domain);
	else
		snprintf(o->dmarc, sizeof(o->dmarc), "%s",
		    dmarc_state_name(d->state));
}

static void keep_spf(struct observation *o, const struct auth_outcome *a)
{
	o->spf = a->spf->result;
	o->spf_helo = o->mail_from_null;
	snprintf(o->spf_domain, sizeof(o->spf_domain), "%s",
	    o->mail_from_null ? o->helo : o->mail_from);
	snprintf(o->spf_term, sizeof(o->spf_term), "%s", a->spf->term);
	snprintf(o->spf_record, sizeof(o->spf_record), "%s", a->spf->record);
	snprintf(o->spf_trail, sizeof(o->spf_trail), "%s", a->spf->trail);
	o->spf_lookups = a->lookups;
}

/* Advice: it stands only where somebody needs it, and so does the name. */
static void advise(struct observation *o, const struct auth_outcome *a)
{
	char address[ADDR_STRLEN];

	o->spf = a->spf->needs_local_part ? SPF_UNCHECKED : a->spf->result;
	o->spf_lookups = a->lookups;
	if (o->spf == SPF_FAIL || o->spf == SPF_SOFTFAIL) {
		keep_spf(o, a);
		snprintf(o->verdict_reason, sizeof(o->verdict_reason),
		    "advice: receivers that check SPF %s %s through our server "
		    "%s (%.100s)",
		    o->spf == SPF_FAIL ? "refuse mail of" : "suspect mail of",
		    o->spf_domain, addr_format(&o->spf_address, address),
		    a->spf->term);
	}
}

void verdict_decide(struct observation *o, const struct conf *c,
    const char *own_domains, const struct auth_outcome *a)
{
	const char *allowed = c->allowed_sender_domains;
	const struct judge_row *row;
	/* verdict_query() asked for a domain and an address. */
	struct judge_facts f = {.names_kept = o->tier == PRIVACY_DOMAINS,
	    .authenticated = o->authenticated,
	    .has_domain = true,
	    .address_known = true,
	    .gap = o->gap,
	    .spf = a->spf->result,
	    .spf_hangs = a->spf->needs_local_part,
	    .message = o->seen_bytes > 0,
	    .header_complete = o->header_complete,
	    .from_known = verdict_header_from(o)[0] != '\0',
	    .from_aligned = a->from_aligned,
	    .dkim = a->says,
	    .may_relay = o->line_class != CLASS_UNKNOWN &&
			 conf_class_rules(c, o->line_class).port25_open,
	    .received_count = o->received_count};
	struct judge_details d = {.spf = a->spf->result,
	    .spf_term = a->spf->term,
	    .signature = a->signature,
	    .dmarc = a->dmarc};

	if (o->traffic_case == 1) {
		advise(o, a);
		return;
	}
	keep_spf(o, a);
	say_dkim(o, a);
	say_dmarc(o, a->dmarc);
	f.own_domain = is_on_list(o->spf_domain, own_domains);
	f.listed_domain = allowed && is_on_list(o->spf_domain, allowed);
	row = judge(&f);
	o->verdict = row->verdict;
	judge_words(row, &d, o->verdict_reason, sizeof(o->verdict_reason));
}
