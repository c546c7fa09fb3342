/* SPDX-License-Identifier: Apache-2.0 */
#include "analyzer/observe.h"

#include <stdio.h>
#include <string.h>

#include "analyzer/identity/shared.h"
#include "analyzer/identity/unit.h"

#define OBSERVE_DKIM_MAX 3 /* docs/PROTOCOL.md */

static bool in_any(const struct conf_prefixes *list, const struct addr *a)
{
	return prefix_any_contains(list->v, list->n, a);
}

/* By prefix, or by what their names resolve to. */
static bool is_own_server(const struct conf *c, const struct addr *a)
{
	return in_any(&c->own_servers, a) || in_any(&c->own_named, a);
}

static int case_of(
    const struct conf *c, const struct addr *client, bool own_server)
{
	/* Our own servers deliver to foreign ones all day: they are no
	 * subscriber's line, even inside a network of ours. */
	bool on_net =
	    in_any(&c->own_networks, client) && !is_own_server(c, client);

	if (on_net)
		return own_server ? 1 : 2;
	return own_server ? 3 : 4;
}

int observe_case(
    const struct conf *c, const struct addr *client, const struct addr *server)
{
	return case_of(c, client, is_own_server(c, server));
}

static void copy(char *dst, size_t size, const char *src)
{
	snprintf(dst, size, "%s", src ? src : "");
}

static bool read_addr(struct addr *a, const ProtobufCBinaryData *b)
{
	if (b->len != sizeof(a->b))
		return false;
	memcpy(a->b, b->data, sizeof(a->b));
	return true;
}

static void take_helo(struct observation *o, const Sekisho__Helo *h)
{
	if (!h)
		return;
	o->helo_verb = (int)h->verb;
	o->helo_kind = (int)h->kind;
	o->helo_null_literal = h->null_literal;
	copy(o->helo, sizeof(o->helo), h->name);
}

/* How much a reply says against the sender: the order of the labels. */
static int reply_rank(const Sekisho__Reply *r)
{
	if (r->code < 400)
		return 0;
	if (r->cls == SEKISHO__REPLY_CLASS__REPLY_CLASS_BLOCKLISTED &&
	    r->names_client)
		return 5;
	if (r->cls == SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER)
		return 4;
	/* Not about the sender: a client that stumbles, or logs in wrong. */
	if (r->cls == SEKISHO__REPLY_CLASS__REPLY_CLASS_SYNTAX ||
	    r->cls == SEKISHO__REPLY_CLASS__REPLY_CLASS_AUTH)
		return 1;
	return r->code >= 500 ? 3 : 2;
}

static void take_replies(struct observation *o, Sekisho__Reply **v, size_t n)
{
	const Sekisho__Reply *best = NULL;

	for (size_t i = 0; i < n; i++) {
		if (v[i]->cls == SEKISHO__REPLY_CLASS__REPLY_CLASS_UNKNOWN_USER)
			o->unknown_users += (int)v[i]->count;
		/* Among equals the later one: it was the answer that stood. */
		if (!best || reply_rank(v[i]) >= reply_rank(best))
			best = v[i];
	}
	if (!best)
		return;
	o->reply_code = (int)best->code;
	o->reply_class = (int)best->cls;
	o->reply_stage = (int)best->stage;
	o->names_client = best->names_client;
	copy(o->reply_enhanced, sizeof(o->reply_enhanced), best->enhanced);
}

static void take_rcpt_domains(
    struct observation *o, const Sekisho__Transaction *t)
{
	size_t len = 0;

	for (size_t i = 0; i < t->n_rcpt_domains; i++) {
		const char *d = t->rcpt_domains[i]->domain;
		size_t n = strlen(d);

		if (n == 0 || len + n + 2 > sizeof(o->rcpt_domains))
			continue;
		if (len > 0)
			o->rcpt_domains[len++] = ' ';
		memcpy(o->rcpt_domains + len, d, n);
		len += n;
	}
}

static void take_sender(struct observation *o, const Sekisho__Transaction *t)
{
	const Sekisho__Mailbox *m = t->mail_from;

	o->header_from_count = (int)t->n_header_from;
	if (t->n_header_from > 0)
		copy(o->header_from, sizeof(o->header_from),
		    t->header_from[0]->domain);
	if (!m)
		return;
	o->mail_from_seen = true;
	o->mail_from_null = m->null_path;
	copy(o->mail_from, sizeof(o->mail_from), m->domain);
	if (m->address_hash.len == sizeof(o->mail_from_hash))
		memcpy(o->mail_from_hash, m->address_hash.data,
		    sizeof(o->mail_from_hash));
}

/* What has no room is left out from the end, and said. */
static void take_dkim(struct observation *o, const Sekisho__Transaction *t)
{
	Sekisho__Transaction only = SEKISHO__TRANSACTION__INIT;
	struct row_blob *b = &o->dkim_evidence;

	only.dkim = t->dkim;
	only.n_dkim = t->n_dkim;
	while (only.n_dkim > 0 &&
	       sekisho__transaction__get_packed_size(&only) > sizeof(b->b))
		only.n_dkim--;
	/* An agent tells no more than so many. */
	o->dkim_more = only.n_dkim < t->n_dkim || t->n_dkim >= OBSERVE_DKIM_MAX;
	if (only.n_dkim > 0)
		b->len = (uint16_t)sekisho__transaction__pack(&only, b->b);
}

static void take_transaction(
    struct observation *o, const Sekisho__Transaction *t)
{
	o->kind = OBS_TRANSACTION;
	o->start_us = t->start_us;
	take_helo(o, t->helo);
	take_sender(o, t);
	take_replies(o, t->replies, t->n_replies);
	take_rcpt_domains(o, t);
	if (t->rcpt_hash.len == sizeof(o->rcpt_hash))
		memcpy(o->rcpt_hash, t->rcpt_hash.data, sizeof(o->rcpt_hash));
	o->rcpt_count = (int)t->rcpt_count;
	o->rcpt_accepted = (int)t->rcpt_accepted;
	o->declared_bytes = (int64_t)(t->declared_bytes & INT64_MAX);
	o->seen_bytes = (int64_t)(t->seen_bytes & INT64_MAX);
	o->tls = (int)t->tls;
	o->end = (int)t->end;
	o->header_complete = t->header_complete;
	o->dkim_signature = t->dkim_signature;
	take_dkim(o, t);
	o->received_count = (int)(t->received_count & INT32_MAX);
	o->gap = t->gap;
	o->authenticated = t->authenticated;
}

static void take_close(struct observation *o, const Sekisho__Close *c)
{
	o->kind = OBS_CLOSE;
	o->start_us = c->start_us;
	take_helo(o, c->helo);
	take_replies(o, c->replies, c->n_replies);
	o->tls = (int)c->tls;
	o->gap = c->gaps > 0;
	o->auth_outcome = (int)c->auth;
	copy(o->auth_mechanism, sizeof(o->auth_mechanism), c->auth_mechanism);
	copy(o->dpi, sizeof(o->dpi), c->dpi);
	o->not_smtp = c->not_smtp;
	o->transactions = (int)(c->transactions & INT32_MAX);
}

/* A number that an agent tells; sums of it stay numbers. */
static uint64_t bounded(uint64_t n)
{
	return n < INT32_MAX ? n : INT32_MAX;
}

static void take_summary(struct observation *o, const Sekisho__Summary *s)
{
	/* What was evicted may have been answered: it is not counted. */
	uint64_t n = bounded(s->unanswered) + bounded(s->refused) +
		     bounded(s->half_open);
	uint64_t servers = s->failed_servers > 0 ? s->failed_servers : 1;

	n = s->error < n ? n - s->error : 0;
	o->kind = OBS_SUMMARY;
	o->start_us = s->start_us;
	o->server_port = (uint16_t)s->server_port;
	o->attempts = (int64_t)n;
	o->servers = (int64_t)(servers < n ? servers : n);
}

static bool take_body(struct observation *o, const Sekisho__Record *r)
{
	switch (r->body_case) {
	case SEKISHO__RECORD__BODY_ATTEMPT:
		o->kind = OBS_ATTEMPT;
		o->start_us = r->attempt->start_us;
		o->outcome = (int)r->attempt->outcome;
		return true;
	case SEKISHO__RECORD__BODY_TRANSACTION:
		take_transaction(o, r->transaction);
		return true;
	case SEKISHO__RECORD__BODY_CLOSE:
		take_close(o, r->close);
		return true;
	case SEKISHO__RECORD__BODY_SUMMARY:
		take_summary(o, r->summary);
		return true;
	case SEKISHO__RECORD__BODY_COUNTERS:
	case SEKISHO__RECORD__BODY_LEASE:
	case SEKISHO__RECORD__BODY__NOT_SET:
	case _SEKISHO__RECORD__BODY__CASE_IS_INT_SIZE:
		return false;
	}
	return false;
}

void observe_drop_names(struct observation *o)
{
	memset(o->helo, 0, sizeof(o->helo));
	memset(o->mail_from, 0, sizeof(o->mail_from));
	memset(o->mail_from_hash, 0, sizeof(o->mail_from_hash));
	memset(o->rcpt_hash, 0, sizeof(o->rcpt_hash));
	memset(o->header_from, 0, sizeof(o->header_from));
	memset(&o->dkim_evidence, 0, sizeof(o->dkim_evidence));
	memset(o->rcpt_domains, 0, sizeof(o->rcpt_domains));
}

const char *observe_own_domains(const struct conf *c, struct lease_book *leases,
    const struct observation *o)
{
	struct holding h;
	struct addr a;

	if (shared_inside(c, &o->client, o->client_port, &a) < 0 ||
	    lease_book_find(leases, &a, o->client_port, o->ts_us, &h) !=
		DIRECTORY_FOUND)
		return "";
	return h.own_domains;
}

/* Who, where and what; false: not a record of this protocol. */
static bool take_whole(
    struct observation *o, const struct conf *c, const Sekisho__Record *r)
{
	bool is_summary = r->body_case == SEKISHO__RECORD__BODY_SUMMARY;

	o->server_port = (uint16_t)r->server_port;
	if (!read_addr(&o->client, &r->client_addr) ||
	    !(is_summary || read_addr(&o->server, &r->server_addr)) ||
	    !take_body(o, r))
		return false;
	o->traffic_case = is_summary
			      ? case_of(c, &o->client, r->summary->own_servers)
			      : observe_case(c, &o->client, &o->server);
	return true;
}

enum observe_result observe_record(const struct conf *c,
    struct lease_book *leases, const char *agent, uint64_t boot,
    const Sekisho__Record *r, struct observation *o)
{
	struct holding h;
	struct addr holder;

	memset(o, 0, sizeof(*o));
	if (!take_whole(o, c, r))
		return OBSERVE_BAD;
	copy(o->agent, sizeof(o->agent), agent);
	o->boot = boot;
	o->seq = r->seq;
	o->flow_id = r->flow_id;
	o->ts_us = r->ts_us;
	o->client_port = (uint16_t)r->client_port;
	o->tier = r->tier <= SEKISHO__TIER__TIER_DOMAINS ? (enum tier)r->tier
							 : PRIVACY_FLOW;
	if (o->traffic_case > 2)
		return OBSERVE_NOT_OURS;
	/* The row keeps the address that the receiver sees. */
	if (shared_inside(c, &o->client, o->client_port, &holder) < 0)
		return OBSERVE_SHARED;
	switch (
	    lease_book_find(leases, &holder, o->client_port, o->ts_us, &h)) {
	case DIRECTORY_NOBODY:
		if (!unit_find(c, &holder, o->customer, &o->line_class))
			return OBSERVE_UNKNOWN;
		break;
	case DIRECTORY_SHARED:
		return OBSERVE_SHARED;
	case DIRECTORY_UNREADABLE:
		return OBSERVE_UNREADABLE;
	case DIRECTORY_FOUND:
		copy(o->customer, sizeof(o->customer), h.customer);
		o->line_class = h.line_class;
		break;
	}
	if (o->kind == OBS_SUMMARY && o->attempts == 0)
		return OBSERVE_NOTHING;
	o->source_validated = in_any(&c->source_validated, &o->client);
	return OBSERVE_ROW;
}
