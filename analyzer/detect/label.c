/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/detect/label.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/record.pb-c.h"

#define SMTP_PORT 25

bool label_bears_evidence(const struct observation *o)
{
	return o->traffic_case == 2 && o->server_port == SMTP_PORT &&
	       o->customer[0] != '\0';
}

static enum label label_attempt(const struct observation *o)
{
	switch (o->outcome) {
	case SEKISHO__OUTCOME__OUTCOME_UNANSWERED:
		return LABEL_UNANSWERED;
	case SEKISHO__OUTCOME__OUTCOME_REFUSED:
		return LABEL_REFUSED;
	case SEKISHO__OUTCOME__OUTCOME_HALF_OPEN:
		/* Whoever forges a source never sees the SYN-ACK, so that
		 * this is just what forgery looks like. */
		return o->source_validated ? LABEL_UNANSWERED : LABEL_NONE;
	default:
		return LABEL_NONE;
	}
}

/* "[192.0.2.7]" or "[IPv6:2001:db8::1]", RFC 5321 section 4.1.3. */
static int parse_literal(const char *helo, struct addr *a)
{
	char text[ADDR_STRLEN + 8];
	size_t len = strlen(helo);

	if (len < 3 || helo[0] != '[' || helo[len - 1] != ']')
		return -1;
	if (strncasecmp(helo + 1, "ipv6:", 5) == 0)
		helo += 5, len -= 5;
	if (len - 2 >= sizeof(text))
		return -1;
	snprintf(text, sizeof(text), "%.*s", (int)(len - 2), helo + 1);
	return addr_parse(a, text);
}

static bool helo_is_forged(const struct observation *o)
{
	struct addr literal;

	/* Submission software names itself as it likes (RFC 6409). */
	if (o->helo_verb == SEKISHO__HELO_VERB__HELO_NONE || o->authenticated)
		return false;
	if (o->helo_null_literal)
		return true;
	if (o->helo_kind != SEKISHO__HELO_KIND__HELO_KIND_LITERAL_OTHER)
		return false;
	if (addr_is_private(&o->client))
		return false;
	/* A mail program behind home NAT honestly gives its inside address;
	 * without the text (below tier domains) that cannot be excluded. */
	return parse_literal(o->helo, &literal) == 0 &&
	       !addr_is_private(&literal);
}

/* Stages at which a refusal is about the mail or who sends it. */
static bool stage_counts(int stage)
{
	switch (stage) {
	case SEKISHO__STAGE__STAGE_GREETING:
	case SEKISHO__STAGE__STAGE_HELO:
	case SEKISHO__STAGE__STAGE_MAIL:
	case SEKISHO__STAGE__STAGE_RCPT:
	case SEKISHO__STAGE__STAGE_DATA:
	case SEKISHO__STAGE__STAGE_MESSAGE:
		return true;
	default:
		return false;
	}
}

static bool is_too_big(const struct policy *p, const struct observation *o)
{
	return o->declared_bytes > p->conf->oversize_bytes ||
	       o->seen_bytes > p->conf->oversize_bytes;
}

static enum label label_refusal(
    const struct policy *p, const struct observation *o)
{
	if (!stage_counts(o->reply_stage) || o->reply_code < 400 ||
	    o->reply_code > 599)
		return LABEL_NONE;
	if (o->reply_class == SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH ||
	    o->reply_class == SEKISHO__REPLY_CLASS__REPLY_CLASS_SYNTAX)
		return LABEL_NONE;
	if (o->reply_code < 500)
		return LABEL_DEFERRED;
	if (o->reply_class == SEKISHO__REPLY_CLASS__REPLY_CLASS_SIZE &&
	    (o->reply_code == 552 || is_too_big(p, o)))
		return LABEL_OVERSIZE;
	return LABEL_REJECTED;
}

/* A block list is evidence only when the reply speaks about this client: a
 * listing of the provider's range says nothing about the customer. */
static bool is_blocklisted(const struct observation *o)
{
	return o->names_client &&
	       o->reply_class == SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED;
}

static bool is_unknown_user(const struct observation *o)
{
	return o->unknown_users > 0 ||
	       (o->reply_class ==
		       SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER &&
		   o->reply_code >= 500);
}

static enum label label_transaction(
    const struct policy *p, const struct observation *o)
{
	enum label refusal;

	if (is_blocklisted(o))
		return LABEL_BLOCKLISTED;
	if (is_unknown_user(o))
		return LABEL_UNKNOWN_USER;
	if (o->verdict == VERDICT_SPOOFED)
		return LABEL_SPF_FAIL;
	if (helo_is_forged(o))
		return LABEL_HELO_FORGED;
	refusal = label_refusal(p, o);
	if (refusal >= LABEL_DEFERRED)
		return refusal;
	if (o->not_smtp)
		return LABEL_NOT_SMTP;
	if (refusal == LABEL_OVERSIZE || is_too_big(p, o))
		return LABEL_OVERSIZE;
	if (o->end == SEKISHO__END_OF__END_DELIVERED)
		return LABEL_DELIVERED;
	return LABEL_NONE;
}

static enum label label_close(
    const struct policy *p, const struct observation *o)
{
	enum label refusal;

	/* Each transaction has spoken for itself. */
	if (o->transactions > 0)
		return LABEL_NONE;
	if (is_blocklisted(o))
		return LABEL_BLOCKLISTED;
	if (helo_is_forged(o))
		return LABEL_HELO_FORGED;
	refusal = label_refusal(p, o);
	if (refusal >= LABEL_DEFERRED)
		return refusal;
	if (o->not_smtp)
		return LABEL_NOT_SMTP;
	if (o->tls == SEKISHO__TLS_STATE__TLS_STARTED ||
	    o->tls == SEKISHO__TLS_STATE__TLS_IMPLICIT)
		return LABEL_OPAQUE;
	return LABEL_NONE;
}

enum label label_of(const struct policy *p, const struct observation *o)
{
	if (!label_bears_evidence(o))
		return LABEL_NONE;
	switch (o->kind) {
	case OBS_ATTEMPT:
		return label_attempt(o);
	case OBS_TRANSACTION:
		return label_transaction(p, o);
	case OBS_CLOSE:
		return label_close(p, o);
	case OBS_SUMMARY: /* the score counts once a server; it names none */
	case OBS_TICK:
	case OBS_OPERATOR:
	case OBS_POLICY:
	case OBS_MOVE:
	case OBS_LOGIN:
	case OBS_FILTERED:
	case OBS_KIND_COUNT:
		break;
	}
	return LABEL_NONE;
}
