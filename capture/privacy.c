/* SPDX-License-Identifier: Apache-2.0 */
#include "capture/privacy.h"

#include <endian.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/keyed_hash.h"
#include "capture/dkim/evidence.h"
#include "capture/smtp/path.h"

_Static_assert(
    PRIVACY_HASH_BYTES == KEYED_HASH_BYTES, "a record has whole hashes");

struct privacy {
	enum tier tier;
	struct keyed_hash *hash;
};

/* A record's parts, on the stack while put() runs. */
struct parts {
	Sekisho__Helo helo;
	uint8_t helo_hash[PRIVACY_HASH_BYTES];
	struct part_mailbox {
		Sekisho__Mailbox box;
		uint8_t domain_hash[PRIVACY_HASH_BYTES];
		uint8_t address_hash[PRIVACY_HASH_BYTES];
	} from, message_id, header[SMTP_HEADER_FROM_MAX];
	Sekisho__DkimEvidence dkim[DKIM_SIGNATURES_MAX];
	Sekisho__DkimEvidence *dkim_v[DKIM_SIGNATURES_MAX];
	uint8_t sni_hash[PRIVACY_HASH_BYTES];
	Sekisho__Mailbox *header_v[SMTP_HEADER_FROM_MAX];
	Sekisho__RcptDomain rcpt[SMTP_RCPT_DOMAINS_MAX];
	uint8_t rcpt_hash[SMTP_RCPT_DOMAINS_MAX][PRIVACY_HASH_BYTES];
	uint8_t rcpts_hash[PRIVACY_HASH_BYTES];
	Sekisho__RcptDomain *rcpt_v[SMTP_RCPT_DOMAINS_MAX];
	Sekisho__Reply reply[SMTP_REPLIES_MAX];
	char enhanced[SMTP_REPLIES_MAX][12];
	Sekisho__Reply *reply_v[SMTP_REPLIES_MAX];
};

struct privacy *privacy_new(enum tier tier, const void *key, size_t key_len)
{
	struct privacy *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->tier = tier;
	if (tier == PRIVACY_FLOW)
		return p; /* nothing is hashed, no key is needed */
	p->hash = keyed_hash_new(key, key_len);
	if (p->hash == NULL) {
		privacy_free(p);
		return NULL;
	}
	return p;
}

void privacy_free(struct privacy *p)
{
	if (p == NULL)
		return;
	keyed_hash_free(p->hash);
	free(p);
}

enum tier privacy_tier(const struct privacy *p)
{
	return p->tier;
}

/* When it fails there is no hash: never the name instead. */
static void hash(struct privacy *p, ProtobufCBinaryData *field,
    uint8_t out[static PRIVACY_HASH_BYTES], const char *purpose, const char *a,
    const char *b)
{
	if (!keyed_hash(p->hash, purpose, a, b, out))
		return;
	field->data = out;
	field->len = PRIVACY_HASH_BYTES;
}

/* The parser promised it; what leaves is looked at once more. */
static bool may_leave(const char *name)
{
	size_t len = name != NULL ? strlen(name) : 0;

	return smtp_domain_is_valid(name, len) ||
	       smtp_literal_parse(name, len, NULL);
}

static void put_helo(
    struct privacy *p, struct parts *b, const struct smtp_helo *h)
{
	Sekisho__Helo *out = &b->helo;

	sekisho__helo__init(out);
	out->verb = h->verb;
	if (p->tier == PRIVACY_FLOW)
		return;
	out->kind = h->kind;
	out->null_literal = h->null_literal;
	if (!may_leave(h->name))
		return;
	if (p->tier == PRIVACY_DOMAINS)
		out->name = (char *)h->name;
	else
		hash(p, &out->name_hash, b->helo_hash, "helo", h->name, NULL);
}

static void put_mailbox(
    struct privacy *p, struct part_mailbox *b, const struct smtp_address *m)
{
	Sekisho__Mailbox *out = &b->box;

	sekisho__mailbox__init(out);
	out->null_path = m->null_path;
	out->unparsed = m->unparsed;
	if (m->null_path || m->unparsed)
		return;
	if (!may_leave(m->domain)) {
		out->unparsed = true;
		return;
	}
	if (m->local != NULL)
		hash(p, &out->address_hash, b->address_hash, "address",
		    m->local, m->domain);
	if (p->tier == PRIVACY_DOMAINS)
		out->domain = (char *)m->domain;
	else
		hash(p, &out->domain_hash, b->domain_hash, "domain", m->domain,
		    NULL);
}

uint64_t privacy_rcpt(struct privacy *p, const char *local, const char *domain)
{
	uint8_t out[PRIVACY_HASH_BYTES];
	uint64_t v;

	if (p->tier == PRIVACY_FLOW ||
	    !keyed_hash(p->hash, "recipient", local, domain, out))
		return 0;
	memcpy(&v, out, sizeof(v));
	return le64toh(v);
}

/* With the sender's, so that nobody can see who else wrote to somebody. */
static void put_rcpt_sum(struct privacy *p, struct parts *b,
    const struct smtp_transaction *t, Sekisho__Transaction *out)
{
	const ProtobufCBinaryData *from = &b->from.box.address_hash;
	char sum[17], sender[2 * PRIVACY_HASH_BYTES + 1];

	if (t->rcpt_sum == 0 || !t->mail_from.seen || from->len == 0)
		return;
	snprintf(sum, sizeof(sum), "%016" PRIx64, t->rcpt_sum);
	for (size_t i = 0; i < PRIVACY_HASH_BYTES; i++)
		snprintf(sender + 2 * i, 3, "%02x", from->data[i]);
	hash(p, &out->rcpt_hash, b->rcpts_hash, "recipients", sum, sender);
	if (out->rcpt_hash.len > PRIVACY_RCPT_BYTES)
		out->rcpt_hash.len = PRIVACY_RCPT_BYTES;
}

static void put_rcpts(struct privacy *p, struct parts *b,
    const struct smtp_transaction *t, Sekisho__Transaction *out)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_rcpt_domains && n < SMTP_RCPT_DOMAINS_MAX;
	     i++) {
		const struct smtp_rcpt_domain *d = &t->rcpt_domains[i];
		Sekisho__RcptDomain *r = &b->rcpt[n];

		if (!may_leave(d->domain))
			continue;
		sekisho__rcpt_domain__init(r);
		r->count = d->count;
		r->accepted = d->accepted;
		if (p->tier == PRIVACY_DOMAINS)
			r->domain = (char *)d->domain;
		else
			hash(p, &r->domain_hash, b->rcpt_hash[n], "domain",
			    d->domain, NULL);
		b->rcpt_v[n++] = r;
	}
	out->rcpt_domains = b->rcpt_v;
	out->n_rcpt_domains = n;
	out->rcpt_domains_cut = t->rcpt_domains_cut;
}

/* Digits and dots, whatever a parser hands over. */
static bool is_enhanced(const char *s)
{
	return s[0] != '\0' && strlen(s) < 12 &&
	       s[strspn(s, "0123456789.")] == '\0';
}

static size_t put_replies(struct parts *b, const struct smtp_reply *v, size_t n)
{
	if (n > SMTP_REPLIES_MAX)
		n = SMTP_REPLIES_MAX;
	for (size_t i = 0; i < n; i++) {
		Sekisho__Reply *r = &b->reply[i];

		sekisho__reply__init(r);
		r->stage = (Sekisho__Stage)v[i].stage;
		r->code = v[i].code;
		r->cls = (Sekisho__ReplyClass)v[i].cls;
		r->names_client = v[i].names_client;
		r->count = v[i].count;
		if (is_enhanced(v[i].enhanced)) {
			snprintf(b->enhanced[i], sizeof(b->enhanced[i]), "%s",
			    v[i].enhanced);
			r->enhanced = b->enhanced[i];
		}
		b->reply_v[i] = r;
	}
	return n;
}

/* Names, and what stood in the header of the message. */
static void put_names(struct privacy *p, struct parts *b,
    const struct smtp_transaction *t, Sekisho__Transaction *out)
{
	struct smtp_address message_id = t->message_id;

	if (t->mail_from.seen) {
		put_mailbox(p, &b->from, &t->mail_from);
		out->mail_from = &b->from.box;
	}
	for (size_t i = 0; i < t->n_header_from; i++) {
		put_mailbox(p, &b->header[i], &t->header_from[i]);
		b->header_v[i] = &b->header[i].box;
	}
	out->header_from = b->header_v;
	out->n_header_from = t->n_header_from;
	out->header_complete = t->header_complete;
	out->dkim_signature = t->dkim_signature;
	out->received_count = t->received_count;
	if (t->message_id.seen) {
		/* Its left side names the message, not a mailbox. */
		message_id.local = NULL;
		put_mailbox(p, &b->message_id, &message_id);
		out->message_id = &b->message_id.box;
	}
	out->list_id = t->list_id;
	out->auto_submitted = t->auto_submitted;
	put_rcpts(p, b, t, out);
	put_rcpt_sum(p, b, t, out);
}

/* Public names: a domain publishes its keys. Only where domains may leave. */
static void put_dkim(struct parts *b, const struct smtp_transaction *t,
    Sekisho__Transaction *out)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_dkim && n < DKIM_SIGNATURES_MAX; i++) {
		const struct dkim_evidence *e = &t->dkim[i];
		Sekisho__DkimEvidence *r = &b->dkim[n];

		sekisho__dkim_evidence__init(r);
		r->malformed = e->malformed || !may_leave(e->domain) ||
			       !may_leave(e->selector) ||
			       (e->identity_domain[0] != '\0' &&
				   !may_leave(e->identity_domain));
		b->dkim_v[n++] = r;
		if (r->malformed)
			continue;
		r->domain = (char *)e->domain;
		r->selector = (char *)e->selector;
		r->identity_domain = (char *)e->identity_domain;
		r->algorithm = e->algorithm;
		r->signed_s = e->signed_s;
		r->expires_s = e->expires_s;
		r->body = e->body;
		r->body_length = e->body_length;
		r->from_signed = e->from_signed;
		r->digest.data = (uint8_t *)e->digest;
		r->digest.len = e->digest_len;
		r->signature.data = (uint8_t *)e->signature;
		r->signature.len = e->signature_len;
	}
	out->dkim = b->dkim_v;
	out->n_dkim = n;
}

void privacy_transaction(struct privacy *p, const struct smtp_transaction *t,
    Sekisho__Record *r, privacy_put put, void *arg)
{
	Sekisho__Transaction out = SEKISHO__TRANSACTION__INIT;
	struct parts b;

	out.start_us = t->start_us;
	put_helo(p, &b, &t->helo);
	out.helo = &b.helo;
	if (p->tier != PRIVACY_FLOW)
		put_names(p, &b, t, &out);
	if (p->tier == PRIVACY_DOMAINS)
		put_dkim(&b, t, &out);
	out.smtputf8 = t->smtputf8;
	out.rcpt_count = t->rcpt_count;
	out.rcpt_accepted = t->rcpt_accepted;
	out.n_replies = put_replies(&b, t->replies, t->n_replies);
	out.replies = b.reply_v;
	out.declared_bytes = t->declared_bytes;
	out.seen_bytes = t->seen_bytes;
	out.tls = t->tls;
	out.end = t->end;
	out.gap = t->gap;
	out.authenticated = t->authenticated;
	r->tier = (Sekisho__Tier)p->tier;
	r->body_case = SEKISHO__RECORD__BODY_TRANSACTION;
	r->transaction = &out;
	put(arg, r);
	r->body_case = SEKISHO__RECORD__BODY__NOT_SET;
	r->transaction = NULL;
}

/* A SASL mechanism as RFC 4422 section 3.1 writes it. */
static bool is_mechanism(const char *s)
{
	size_t len = strlen(s);

	return len > 0 && len <= 20 &&
	       s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")] == '\0';
}

void privacy_close(struct privacy *p, const struct smtp_summary *s,
    Sekisho__Close *c, Sekisho__Record *r, privacy_put put, void *arg)
{
	struct parts b;
	char mechanism[24];

	put_helo(p, &b, &s->helo);
	c->helo = &b.helo;
	c->n_replies = put_replies(&b, s->replies, s->n_replies);
	c->replies = b.reply_v;
	if (s->auth_mechanism != NULL) {
		snprintf(mechanism, sizeof(mechanism), "%s",
		    is_mechanism(s->auth_mechanism) ? s->auth_mechanism : "?");
		c->auth_mechanism = mechanism;
	}
	c->auth = s->auth;
	c->tls = s->tls;
	c->transactions = s->transactions;
	c->unknown_commands = s->unknown_commands;
	c->not_smtp = s->not_smtp;
	c->tls_version = s->tls_version;
	c->proxy = s->proxy;
	c->xclient = s->xclient;
	c->overlong_lines = s->overlong_lines;
	if (p->tier == PRIVACY_DOMAINS && may_leave(s->sni))
		c->sni = (char *)s->sni;
	else if (p->tier == PRIVACY_ENVELOPE && may_leave(s->sni))
		hash(p, &c->sni_hash, b.sni_hash, "helo", s->sni, NULL);
	r->tier = (Sekisho__Tier)p->tier;
	r->body_case = SEKISHO__RECORD__BODY_CLOSE;
	r->close = c;
	put(arg, r);
	c->helo = NULL;
	c->n_replies = 0;
	c->replies = NULL;
	c->auth_mechanism = (char *)protobuf_c_empty_string;
	c->sni = (char *)protobuf_c_empty_string;
	c->sni_hash.len = 0;
	r->body_case = SEKISHO__RECORD__BODY__NOT_SET;
	r->close = NULL;
}
